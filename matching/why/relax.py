"""A problem with changes applied: what a what-if run solves, and what an easing is verified on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from matching.problem import Problem
from matching.records import ContractLine
from matching.values import ProblemError
from matching.why.easing import CARER_CODES, LIMIT_CODES, LINE_CODES, Easing, Step

# A qualification that somebody would still have to get is taken to be valid for a year.
VALID_FOR = timedelta(days=365)

Record = TypeVar("Record")


def relaxed(problem: Problem, easing: Easing | Iterable[Step]) -> Problem:
    """The problem with every step applied; a limit that is as high already stays. Raises ProblemError for strangers."""
    for step in easing.steps if isinstance(easing, Easing) else easing:
        problem = _applied(problem, step)
    return problem


def _applied(problem: Problem, step: Step) -> Problem:
    if step.code in CARER_CODES:
        return _carers(problem, step, lambda c: _raised(c, CARER_CODES[step.code], step))
    if step.code == "organisation":
        key = _known(problem.organisation_of, step.organisation, "organisation")
        made = [_raised(o, "minutes_per_4_weeks", step) if o.id == key else o for o in problem.organisations]
        return replace(problem, organisations=tuple(made))
    if step.code in LINE_CODES:
        line = _known(problem.line_of, (step.organisation, step.service), "contract line")
        keys = [(x.organisation, x.service) for x in problem.contract_lines]
        lines = zip(keys, problem.contract_lines, strict=True)
        raised = [_raised(x, LINE_CODES[step.code], step) if key == line else x for key, x in lines]
        return replace(problem, contract_lines=tuple(raised))
    if step.code in LIMIT_CODES:
        limit = _known(problem.limit_of, step.limit, "limit")
        kept = [_raised(x, LIMIT_CODES[step.code], step) if x.id == limit else x for x in problem.limits]
        return replace(problem, limits=tuple(kept))
    return _otherwise(problem, step)


def _otherwise(problem: Problem, step: Step) -> Problem:
    if step.code == "need_weekday":
        return _needs(problem, step, windows=lambda need: (*need.windows, *step.windows))
    if step.code == "gender":
        return _needs(problem, step, gender_required=lambda need: None)
    if step.code == "carer_weekday":
        return _carers(problem, step, lambda c: replace(c, windows=(*c.windows, *step.windows)))
    if step.code == "qualification":
        until = dict.fromkeys(step.codes, problem.as_of + VALID_FOR)
        return _carers(problem, step, lambda c: replace(c, qualifications={**c.qualifications, **until}))
    return _with_line(problem, step)


def _with_line(problem: Problem, step: Step) -> Problem:
    if (step.organisation, step.service) in problem.line_of:
        return problem
    visits, price = int(step.to or 0), step.price or 0
    line = ContractLine(
        organisation=str(step.organisation),
        service=str(step.service),
        unit_price_fen=price,
        max_visits=visits,
        max_fen=visits * price,
    )
    return replace(problem, contract_lines=(*problem.contract_lines, line))


def _carers(problem: Problem, step: Step, change: Callable[[Any], Any]) -> Problem:
    wanted = _known(problem.carer_of, step.carer, "carer")
    return replace(problem, carers=tuple(change(c) if c.id == wanted else c for c in problem.carers))


def _needs(problem: Problem, step: Step, **changed: Callable[[Any], Any]) -> Problem:
    wanted = _known(problem.need_of, step.need, "need")
    made = (
        replace(need, **{name: change(need) for name, change in changed.items()}) if need.id == wanted else need
        for need in problem.needs
    )
    return replace(problem, needs=tuple(made))


def _raised(record: Record, name: str, step: Step) -> Record:
    """The record with a limit of at least `to`; a limit that is not set stays open."""
    now = getattr(record, name)
    if now is None or step.to is None or now >= step.to:
        return record
    changed: Any = replace(record, **{name: step.to if isinstance(now, float) else int(step.to)})  # type: ignore[type-var]
    return changed  # type: ignore[no-any-return]


def _known(known: Mapping[Any, Any], key: Any, record: str) -> Any:
    if key not in known:
        said = "/".join(str(part) for part in key) if isinstance(key, tuple) else key
        raise ProblemError(f"{record} {said}", "", "is not part of the problem")
    return key
