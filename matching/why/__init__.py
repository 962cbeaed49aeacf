"""Answers about a plan that take solving again: why this carer, why nobody, where it is short (docs/decisions/0049).

case = Case(problem, solution) once, then as many questions as wanted. Answers are data with stable codes; pages word
them. Importing this loads no solver, asking does.
"""

from matching.why.binding import Binding
from matching.why.carer import Choice, WhyCarer, why_carer, why_carers
from matching.why.case import Case, Move
from matching.why.easing import Easing, EasingCosts, Step
from matching.why.groups import GroupWorth, LineGroupWorth
from matching.why.nobody import Verified, WhyNobody, verify, why_nobodies, why_nobody
from matching.why.plain import document
from matching.why.relax import relaxed
from matching.why.shortage import Checked, Shortage, Worth, worth

__all__ = [
    "Binding",
    "Case",
    "Checked",
    "Choice",
    "Easing",
    "EasingCosts",
    "GroupWorth",
    "LineGroupWorth",
    "Move",
    "Shortage",
    "Step",
    "Verified",
    "WhyCarer",
    "WhyNobody",
    "Worth",
    "document",
    "relaxed",
    "verify",
    "why_carer",
    "why_carers",
    "why_nobodies",
    "why_nobody",
    "worth",
]
