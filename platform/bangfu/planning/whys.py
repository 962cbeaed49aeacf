"""Questions to a run's plan that take solving again (docs/decisions/0049): asked for one need, on demand.

One question at a time, in a thread of its own: the pages of everybody else go on meanwhile. The plan is the one that
counts now, after the dispatcher's edits. Answers are data; why_pages.py words them.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from bangfu.planning.plan import plan_of, problem_of
from matching import Problem
from matching.measure import measure
from matching.why import Case, Choice, Move, Verified, WhyCarer, WhyNobody, relaxed, why_carer, why_nobody

KEPT = 2
OTHERS = 6
_cases: OrderedDict[UUID, Case] = OrderedDict()
_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="why")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What changes in the whole plan, in its own units: straight km of the served needs, fen and visits in 4 weeks
    and needs with a carer."""

    km: float
    fen: int
    visits: int
    served: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CarerAnswer:
    """Why a need has its carer; for each choice in the same order what it changes (None where it is impossible)."""

    why: WhyCarer
    effects: tuple[Effect | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyAnswer:
    """Why nobody serves a need; what each verified easing changes, and the better plan without any."""

    why: WhyNobody
    effects: tuple[Effect, ...]
    rearranged: Effect | None


async def ask_carer(run: UUID, need: str) -> CarerAnswer:
    """Why the need has its carer. Raises matching.ProblemError if the plan breaks a rule or the need is unknown."""
    return await _asked(run, lambda case: _carer(case, need))


async def ask_nobody(run: UUID, need: str) -> NobodyAnswer:
    """Why nobody serves the need, and what would help. Raises matching.ProblemError as ask_carer, or if it is served
    by now."""
    return await _asked(run, lambda case: _nobody(case, need))


async def _asked(run: UUID, question: Callable[[Case], Answer]) -> Answer:
    problem, plan = await problem_of(run), await plan_of(run)
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_thread, lambda: question(_case(run, problem, plan)))


def _case(run: UUID, problem: Problem, plan: dict[str, str]) -> Case:
    """The prepared plan; the last ones are kept while nobody changes them. Without prices, which take a second."""
    known = _cases.get(run)
    if known is None or known.plan != plan:
        _cases[run] = Case(problem, plan, priced=False)
        while len(_cases) > KEPT:
            _cases.popitem(last=False)
    _cases.move_to_end(run)
    return _cases[run]


def _carer(case: Case, need: str) -> CarerAnswer:
    why = why_carer(case, need, OTHERS)
    return CarerAnswer(why=why, effects=tuple(_of_choice(case, why, choice) for choice in why.choices))


def _of_choice(case: Case, why: WhyCarer, choice: Choice) -> Effect | None:
    if choice.plan_difference is None:
        return None
    return effect(case.problem, [Move(need=why.need, before=why.carer, after=choice.carer), *choice.moves])


def _nobody(case: Case, need: str) -> NobodyAnswer:
    why = why_nobody(case, need)
    return NobodyAnswer(
        why=why,
        effects=tuple(_of_verified(case, need, found) for found in why.easings),
        rearranged=None if why.rearranged is None else _of_verified(case, need, why.rearranged),
    )


def _of_verified(case: Case, need: str, found: Verified) -> Effect:
    # A new contract line pays only in the relaxed problem.
    new_line = any(step.code == "line" for step in found.easing.steps)
    problem = relaxed(case.problem, found.easing) if new_line else case.problem
    return effect(problem, [Move(need=need, before=None, after=found.served_by), *found.moves])


def effect(problem: Problem, moves: Iterable[Move]) -> Effect:
    """What the moves change together."""
    km, fen, visits, served = 0.0, 0, 0, 0
    for move in moves:
        for carer, sign in ((move.before, -1), (move.after, 1)):
            if carer is not None:
                need = problem.need_of[move.need]
                numbers = measure(problem, need, problem.carer_of[carer])
                km += sign * ((numbers.km or 0.0) if numbers else 0.0)
                fen += sign * (numbers.fen if numbers else 0)
                visits += sign * need.visits
                served += sign
    return Effect(km=km, fen=fen, visits=visits, served=served)
