"""Where it is short: what one more unit of each limit is worth by the duals, the top ones checked by solving again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from matching.assign.model import NONE, Model
from matching.assign.nearby import NearEffort, reoptimise
from matching.records import ContractLine
from matching.tables import Ints
from matching.why.case import Case
from matching.why.groups import GroupWorth, LineGroupWorth, by_group, by_line_group, by_service

HOUR, TEN_THOUSAND_YUAN = 60, 1_000_000
CARER_HOUR, HOUSEHOLD, ORGANISATION_HOUR = "carer_hour", "household", "organisation_hour"
LINE_VISIT, LINE_MONEY, LIMIT_VISIT, LIMIT_MONEY = "line_visit", "line_money", "limit_visit", "limit_money"
CODES = (CARER_HOUR, HOUSEHOLD, ORGANISATION_HOUR, LINE_VISIT, LINE_MONEY, LIMIT_VISIT, LIMIT_MONEY)
# What a dual values below this, in units of the objective, is not worth a check.
LEAST_WORTH = 0.5
# A large unit fills up in several neighbourhoods.
ROUNDS = 5
# Arcs and work of a check, in those of one question; ten thousand yuan reach further than an hour.
WIDE, WIDER = (1, 1), (2, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The plan solved again near a limit that got one unit more: how much better it is, how many more needs are
    served, how many change their carer; `exact` where no better plan exists at all."""

    worth: int
    served: int
    moved: int
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """One more unit of one limit: `worth` is what the duals promise, in units of the objective (a first unit; later
    ones are worth less), `checked` what solving again gives, None where that was not tried.

    `code`: carer_hour and organisation_hour (60 minutes), household (one), line_visit (one visit with its money) and
    line_money (10,000 yuan with the `visits` they pay for), limit_visit (one), limit_money (10,000 yuan), all in 4
    weeks. `used` and `limit` in minutes, households, visits (of a line: those that visits and money allow) or fen.
    """

    code: str
    carer: str | None = None
    organisation: str | None = None
    service: str | None = None
    shared: str | None = None
    visits: int = 0
    used: int
    limit: int
    worth: float
    checked: Checked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """All of it, each list by falling worth, then by id; `bound` is what the duals prove for `objective`."""

    objective: int
    bound: float
    carers: tuple[Worth, ...]
    households: tuple[Worth, ...]
    organisations: tuple[Worth, ...]
    lines: tuple[Worth, ...]
    money: tuple[Worth, ...]
    limits: tuple[Worth, ...]
    services: tuple[GroupWorth, ...]
    groups: tuple[GroupWorth, ...]
    line_groups: tuple[LineGroupWorth, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A worth with where its unit goes: a resource of the model or the households of a carer."""

    worth: Worth
    resource: int
    amount: int


def worth(
    case: Case,
    *,
    top: int = 5,
    groups: Mapping[str, str] | None = None,
    line_groups: Mapping[tuple[str, str], str] | None = None,
) -> Shortage:
    """What one more unit of every limit is worth; the `top` of each kind are checked by solving again.

    `groups` (need id -> division, or anything) and `line_groups` ((organisation, service) -> anything) add lists by
    group. The duals take a second at 10,000 needs, each
    check about a fifth of one.
    """
    asked = [*_of_carers(case), *_of_organisations(case), *_of_lines(case), *_of_limits(case)]
    listed: dict[str, list[Worth]] = {code: [] for code in CODES}
    for code in CODES:
        ordered = sorted((entry for entry in asked if entry.worth.code == code), key=_rank)
        for at, entry in enumerate(ordered):
            tried = at < top and entry.worth.worth >= LEAST_WORTH
            listed[code].append(replace(entry.worth, checked=_checked(case, entry)) if tried else entry.worth)
    return Shortage(
        objective=case.objective,
        bound=case.prices.bound,
        carers=tuple(listed[CARER_HOUR]),
        households=tuple(listed[HOUSEHOLD]),
        organisations=tuple(listed[ORGANISATION_HOUR]),
        lines=tuple(listed[LINE_VISIT]),
        money=tuple(listed[LINE_MONEY]),
        limits=tuple(listed[LIMIT_VISIT] + listed[LIMIT_MONEY]),
        services=by_service(case),
        groups=by_group(case, groups) if groups is not None else (),
        line_groups=by_line_group(case, line_groups) if line_groups is not None else (),
    )


def _rank(entry: _Asked) -> tuple[float, str, str, str, str]:
    found = entry.worth
    return -found.worth, found.carer or "", found.organisation or "", found.service or "", found.shared or ""


def _promise(price: float, amount: float) -> float:
    """A price times an amount, to a hundredth: prices are not more precise."""
    return round(float(price) * amount, 2)


def _of_carers(case: Case) -> list[_Asked]:
    prices, used, homes = case.prices, case.model.used(case.chosen), case.model.homes(case.chosen)
    found = []
    for number, carer in enumerate(case.problem.carers):
        hour = Worth(
            code=CARER_HOUR,
            carer=carer.id,
            used=int(used[number]),
            limit=carer.minutes_per_4_weeks,
            worth=_promise(prices.resource[number], HOUR),
        )
        home = Worth(
            code=HOUSEHOLD,
            carer=carer.id,
            used=int(homes[number]),
            limit=carer.max_households,
            worth=_promise(prices.homes[number], 1),
        )
        found += [_Asked(hour, number, HOUR), _Asked(home, number, 1)]
    return found


def _of_organisations(case: Case) -> list[_Asked]:
    if case.problem.given_pairs:
        return []
    used, first = case.model.used(case.chosen), len(case.problem.carers)
    return [
        _Asked(
            Worth(
                code=ORGANISATION_HOUR,
                organisation=organisation.id,
                used=int(used[first + number]),
                limit=organisation.minutes_per_4_weeks,
                worth=_promise(case.prices.resource[first + number], HOUR),
            ),
            first + number,
            HOUR,
        )
        for number, organisation in enumerate(case.problem.organisations)
    ]


def _of_lines(case: Case) -> list[_Asked]:
    if case.problem.given_pairs:
        return []
    first = len(case.problem.carers) + len(case.problem.organisations)
    used, found = case.model.used(case.chosen), []
    for number, line in enumerate(case.problem.contract_lines, first):
        found.append(_line(case, line, number, int(used[number]), LINE_VISIT, 1))
        if line.unit_price_fen:
            visits = max(1, TEN_THOUSAND_YUAN // line.unit_price_fen)
            found.append(_line(case, line, number, int(used[number]), LINE_MONEY, visits))
    return found


def _line(case: Case, line: ContractLine, number: int, used: int, code: str, visits: int) -> _Asked:
    exact = TEN_THOUSAND_YUAN / line.unit_price_fen if code == LINE_MONEY else visits
    entry = Worth(
        code=code,
        organisation=line.organisation,
        service=line.service,
        visits=visits,
        used=used,
        limit=int(case.model.limit[number]),
        worth=_promise(case.prices.resource[number], exact),
    )
    return _Asked(entry, number, visits)


def _of_limits(case: Case) -> list[_Asked]:
    """Shared limits stand after the lines: visits, then money, where they are given."""
    if case.problem.given_pairs:
        return []
    number = len(case.problem.carers) + len(case.problem.organisations) + len(case.problem.contract_lines)
    used, found = case.model.used(case.chosen), []
    for limit in case.problem.limits:
        for code, most, unit in (
            (LIMIT_VISIT, limit.max_visits, 1),
            (LIMIT_MONEY, limit.max_fen, TEN_THOUSAND_YUAN),
        ):
            if most is not None:
                promise = _promise(case.prices.resource[number], unit)
                entry = Worth(code=code, shared=limit.id, used=int(used[number]), limit=most, worth=promise)
                found.append(_Asked(entry, number, unit))
                number += 1
    return found


def _checked(case: Case, asked: _Asked) -> Checked:
    """What the unit changes in a plan that is first made as good as it gets near the limit without it."""
    wide, deep = WIDER if asked.worth.code in (LINE_MONEY, LIMIT_MONEY) else WIDE
    effort = replace(case.effort, arcs=wide * case.effort.arcs, work=deep * case.effort.work)
    before = _solved(case, case.model, case.chosen, asked, effort)
    after = _solved(case, _raised(case.model, asked), before[0], asked, effort)
    start, end = before[0], after[0]
    return Checked(
        worth=case.model.objective(start) - case.model.objective(end),
        served=int((end != NONE).sum() - (start != NONE).sum()),
        moved=int((end != start).sum()),
        exact=before[1] and after[1],
    )


def _raised(model: Model, asked: _Asked) -> Model:
    if asked.worth.code == HOUSEHOLD:
        homes = model.homes_limit.copy()
        homes[asked.resource] += 1
        return replace(model, homes_limit=homes)
    limit = model.limit.copy()
    limit[asked.resource] += asked.amount
    return replace(model, limit=limit)


def _solved(case: Case, model: Model, chosen: Ints, asked: _Asked, effort: NearEffort) -> tuple[Ints, bool]:
    """The plan improved near the limit, a few times over while that helps; and whether it is proven best of all."""
    near = case.near.under(model)
    for _ in range(ROUNDS):
        found = reoptimise(near, chosen, eased=[asked.resource], effort=effort)
        if found is None or found.objective >= model.objective(chosen):
            return chosen, found is not None and found.whole
        chosen = found.chosen
        if found.whole:
            return chosen, True
    return chosen, False
