"""The hard rules, one a file, listed here in the order in which MATCHING.md judges them.

Rules 1-5 judge a pair: `judge(problem, need, carer) -> Finding` for one, `holds(...) -> bool array` for many.
Rule 6 (one carer a need) holds by the form of a plan: a mapping from need to carer. What an extension asks of two
carers at one need (two_carers, experience) judges the team.
Rules 7-10, shared limits and an organisation's share judge a whole plan: `faults(ledger, ...)` for one carer,
organisation, line or limit. In the solver they are the limits of `assign.model.Model`.
"""

from types import ModuleType

from matching.records import Need
from matching.rules import (
    capacity,
    contract_line,
    distance,
    exclusion,
    experience,
    households,
    kind,
    organisation,
    organisation_share,
    qualification,
    shared_limit,
    time,
    two_carers,
)
from matching.rules.finding import Finding

PAIR_RULES = (kind, qualification, exclusion, distance, time)
TEAM_RULES = (two_carers, experience)
PLAN_RULES = (capacity, households, organisation, organisation_share, contract_line, shared_limit)

REASON_OF = {rule.CODE: rule.REASON for rule in PAIR_RULES} | {
    capacity.CODE: capacity.REASON,
    households.CODE: households.REASON,
    organisation.CODE: organisation.REASON,
    organisation_share.CODE: organisation_share.REASON,
    experience.CODE: experience.REASON,
    two_carers.CODE: two_carers.REASON,
    contract_line.VISITS: contract_line.REASON,
    contract_line.FEN: contract_line.REASON,
    shared_limit.VISITS: shared_limit.REASON,
    shared_limit.FEN: shared_limit.REASON,
}

__all__ = ["PAIR_RULES", "PLAN_RULES", "REASON_OF", "TEAM_RULES", "Finding", "pair_rules"]


def pair_rules(need: Need) -> tuple[ModuleType, ...]:
    """The rules that judge a carer for this need: rules 1-5, and experience where the need asks for it."""
    return (*PAIR_RULES, experience) if need.experienced_only else PAIR_RULES
