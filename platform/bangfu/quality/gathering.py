"""From the database to the facts of a quarter (quality.snapshot): a handful of queries, whatever the number of visits.

What counts where is not decided here but in counting.py: this module only says what was the case. A visit belongs to
the quarter of its planned start (or, come too late for that, to the next: late_visits); a due window to that of the
visit which fills it, else to the one in which it ends. Windows of which a task covers less than half are owed by
nobody and left out (docs/decisions/0032).
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from bangfu.contracts.queries import burn_of
from bangfu.contracts.tables import ContractLine
from bangfu.quality import late_visits, life_facts, sources, standards
from bangfu.quality.goal_facts import goals_in
from bangfu.quality.snapshot import LineFact, Snapshot, VisitFact, WindowFact
from bangfu.quality.subjects import Subject, subject_of, terms_of
from bangfu.quality.towns import Home, Towns, county_of
from bangfu.quality.voices import shown, voice_of
from bangfu.shared.civil_time import civil_date, day_span, quarter_span
from bangfu.shared.database import one_moment
from bangfu.visits import afterwards_rules, due
from bangfu.visits.tables import Visit

LEFT_OUT: Final = ("planned", "in_progress", "cancelled")
"""Visits that say nothing yet, or nothing any more."""
DUE: Final = frozenset({"filled", "missed", "excused"})
"""States of windows that a quarter counts; a planned or coming one is not over yet."""
_FORGED: Final = "forged"

_COLUMNS: Final = (
    "SELECT v.id, v.contract_line, v.service, v.household, v.carer, v.division, v.window_start, v.window_end,"
    " v.started_at, v.ended_at, v.minutes, v.submitted_at, v.status, v.status_reason, v.evidence, v.payable,"
    " v.unpayable_reason, v.unit_price, v.planned_start, f.detail AS lacks FROM visit v"
    " LEFT JOIN visit_flag f ON f.visit = v.id AND f.flag = 'incomplete' AND f.status <> 'cleared'"
)
_VISITS: Final = _COLUMNS + " WHERE v.planned_start >= {} AND v.planned_start < {} AND v.status <> ALL({}::varchar[])"
_OF_CONTRACT: Final = (
    " AND v.contract_line IN (SELECT id FROM contract_line WHERE contract = {}) ORDER BY v.planned_start, v.id"
)
_OF_AGREEMENT: Final = (
    " AND v.carer = {} AND v.household = {} AND v.contract_line IS NULL"
    " AND EXISTS (SELECT 1 FROM need n WHERE n.id = v.need AND (n.person = {} OR n.person IS NULL))"
    " ORDER BY v.planned_start, v.id"
)


async def gather(kind: str, subject: UUID, year: int, quarter: int, at: datetime) -> Snapshot:
    """The facts of a quarter as of one moment; inside a transaction, as a part of it.

    Raises:
        NotYours: if there is no such contract, or no agreement in force with a known caregiver.
        Refused: where its scoring standard has no published version.
    """
    async with one_moment():
        return await life_facts.with_vetoes(await _gather(await subject_of(kind, subject), year, quarter, at))


class _Numbers:
    """R1, R2 ... for households, S1 ... for carers: by the order of their random ids, so that the order of reading
    changes nothing; new ones come behind."""

    def __init__(self, letter: str, known: Iterable[UUID]) -> None:
        self._letter = letter
        self._known = {each: n for n, each in enumerate(sorted(set(known)), 1)}

    def __call__(self, key: UUID) -> str:
        return f"{self._letter}{self._known.setdefault(key, len(self._known) + 1)}"


async def _gather(subject: Subject, year: int, quarter: int, at: datetime) -> Snapshot:
    first, last = quarter_span(year, quarter)
    visits = await _visits(subject, first, last)
    tasks, own = await _tasks(subject, first, last), {row["id"] for row in visits}
    windows = await _windows(subject, tasks, own, first, last, at)
    visits += await _late(subject, year, quarter, first)
    homes = {row["household"] for row in visits} | {tasks[task]["household"] for task, _ in windows}
    recipient, server = _Numbers("R", homes), _Numbers("S", (row["carer"] for row in visits))
    voice, call = (voice_of(str(subject.id), year, quarter, kind) for kind in ("voice", "call"))
    ratings, withheld = shown(await sources.ratings(subject, year, quarter, voice))
    cohorts, reasons = await _homes(homes), await _excuses(windows)
    towns = Towns([*((row["household"], row["division"]) for row in visits),
                   *((key, home.division) for key, home in cohorts.items())])  # fmt: skip
    checks = await sources.checks(subject, year, quarter, [row["id"] for row in visits])
    passed = {each.visit for each in checks if each.result == "pass"}
    late = _held_afterwards(subject, visits, passed)
    standard = await standards.in_force(subject.standard, subject.fixed_on)
    return Snapshot(
        kind=subject.kind, subject=str(subject.id), number=subject.number, organization=str(subject.organization or ""),
        division=subject.division if subject.kind == "contract" else county_of(subject.division),
        year=year, quarter=quarter, standard=standards.data_of(standard),
        terms=terms_of(subject, year, quarter),
        checks_required=await sources.checks_required(subject, year, quarter),
        lines=await _lines(subject),
        windows=tuple(
            _window(tasks[task], each, recipient, cohorts, towns, reasons.get((task, each.start), ""))
            for task, each in windows
        ),
        visits=tuple(
            replace(_visit(row, recipient, server, cohorts, towns, late), late=row["id"] not in own) for row in visits
        ),
        checks=checks,
        ratings=ratings,
        ratings_withheld=withheld,
        draws=await sources.draws(subject, year, quarter),
        callbacks=await sources.callbacks(subject, year, quarter, call),
        goals=await goals_in(subject, first, last, recipient),
        complaints=await sources.decided_complaints(subject, first, last),
    )  # fmt: skip


async def _visits(subject: Subject, first: date, last: date) -> list[dict[str, Any]]:
    span = (day_span(first)[0], day_span(last)[1], list(LEFT_OUT))
    if subject.kind == "contract":
        rows: list[dict[str, Any]] = await Visit.raw(_VISITS + _OF_CONTRACT, *span, subject.id)
        return rows
    begin = max(first, subject.starts_on)
    end = min(last, subject.ends_on)
    rows = await Visit.raw(_VISITS + _OF_AGREEMENT, *span, subject.carer, subject.household, subject.person)
    return [row for row in rows if begin <= civil_date(row["planned_start"]) <= end]


async def _late(subject: Subject, year: int, quarter: int, first: date) -> list[dict[str, Any]]:
    """Visits of earlier quarters that came in too late for their own facts; a caregiver is paid by the month."""
    found = await late_visits.carried(subject.id, year, quarter, first) if subject.kind == "contract" else []
    return await Visit.raw(_COLUMNS + " WHERE v.id = ANY({}::uuid[]) ORDER BY v.id", found) if found else []


async def _tasks(subject: Subject, first: date, last: date) -> dict[UUID, dict[str, Any]]:
    """The tasks that may owe windows in the quarter: assignment -> household, service, contract line."""
    columns = (
        "SELECT a.id, a.service, a.contract_line, n.household FROM assignment a JOIN need n ON n.id = a.need WHERE"
    )
    alive = " AND a.answered_at IS NOT NULL AND a.answered_at < {} AND (a.ended_at IS NULL OR a.ended_at > {})"
    span = (day_span(last)[1], day_span(first)[0])
    if subject.kind == "contract":
        where = " a.contract_line IN (SELECT id FROM contract_line WHERE contract = {})"
        rows = await Visit.raw(columns + where + alive, subject.id, *span)
    else:
        where = " a.carer = {} AND n.household = {} AND a.contract_line IS NULL AND (n.person = {} OR n.person IS NULL)"
        rows = await Visit.raw(columns + where + alive, subject.carer, subject.household, subject.person, *span)
    return {row["id"]: row for row in rows}


async def _windows(
    subject: Subject, tasks: Mapping[UUID, Any], own: Collection[UUID], first: date, last: date, at: datetime
) -> list[tuple[UUID, due.DueWindow]]:
    """The due windows of the quarter with their tasks; `own`: the visits of the quarter."""
    begin, end = day_span(first)[0], day_span(last)[1]
    found = []
    for task, windows in (await due.windows_of(list(tasks), first, last, at)).items():
        for each in windows:
            if each.state not in DUE or each.optional or not _in_force(subject, each):
                continue
            here = each.visit in own if each.state == "filled" else begin < each.end <= end
            if here:
                found.append((task, each))
    return found


def _in_force(subject: Subject, window: due.DueWindow) -> bool:
    """A contract's tasks end with it by themselves; a caregiver's tasks may be older than the agreement."""
    if subject.kind == "contract":
        return True
    return window.start >= day_span(subject.starts_on)[0] and window.end <= day_span(subject.ends_on)[1]


async def owes(kind: str, subject: UUID, year: int, quarter: int, at: datetime) -> bool:
    """Whether windows of a quarter without a single visit were due: none came, and none is excused."""
    about, (first, last) = await subject_of(kind, subject), quarter_span(year, quarter)
    tasks = await _tasks(about, first, last)
    return any(each.state != "excused" for _, each in await _windows(about, tasks, (), first, last, at))


async def _homes(homes: Collection[UUID]) -> dict[UUID, Home]:
    """Household -> care grade, area and place, as the register knows them now."""
    rows = await Visit.raw(
        "SELECT h.id, h.division, coalesce((SELECT nullif(p.selfcare_level, '') FROM person p WHERE p.household = h.id"
        " AND p.left_on IS NULL ORDER BY p.assisted DESC, p.is_head DESC, p.created_at, p.id LIMIT 1),"
        " h.selfcare_level, '') AS grade, CASE WHEN d.rural THEN 'rural' ELSE 'urban' END AS area FROM household h"
        " LEFT JOIN division d ON d.code = h.division WHERE h.id = ANY({}::uuid[])",
        list(homes),
    )
    return {row["id"]: Home(row["grade"], row["area"], row["division"]) for row in rows}


async def _excuses(windows: Iterable[tuple[UUID, due.DueWindow]]) -> dict[tuple[UUID, datetime], str]:
    """Task and start of an excused window -> the reason that the township confirmed."""
    excused = [(task, each) for task, each in windows if each.state == "excused"]
    rows = await Visit.raw(
        "SELECT assignment, due_from, code FROM visit_excuse WHERE assignment = ANY({}::uuid[])"
        " AND status = 'confirmed' ORDER BY due_from",
        sorted({task for task, _ in excused}),
    )
    visits = await Visit.raw(
        "SELECT id, status_reason FROM visit WHERE id = ANY({}::uuid[])",
        [each.visit for _, each in excused if each.visit is not None],
    )
    by_visit = {row["id"]: row["status_reason"] for row in visits}
    found = {}
    for task, each in excused:
        said = [row["code"] for row in rows if row["assignment"] == task and each.start <= row["due_from"] < each.end]
        found[task, each.start] = said[0] if said else by_visit.get(each.visit, "")
    return found


async def _lines(subject: Subject) -> tuple[LineFact, ...]:
    if subject.kind != "contract":
        return ()
    rows = await ContractLine.raw(
        "SELECT id, service, fund_source, unit_price FROM contract_line WHERE contract = {} ORDER BY id", subject.id
    )
    burns = await burn_of([row["id"] for row in rows])
    found = []
    for row in rows:
        burn = burns[row["id"]]
        gone = burn.settled + burn.held
        left = burn.ceiling - gone
        found.append(
            LineFact(
                str(row["id"]), row["service"], row["fund_source"], f"{row['unit_price']:.2f}", left.units,
                f"{left.amount:.2f}",
            )
        )  # fmt: skip
    return tuple(found)


def _held_afterwards(subject: Subject, visits: Iterable[Mapping[str, Any]], passed: Collection[str]) -> set[UUID]:
    """Visits that are not paid because too many of their carer were entered afterwards (as visits.afterwards_shares
    says it for one carer, here for all at once)."""
    if subject.kind != "contract":
        return set()
    share = Decimal(str(subject.terms["afterwards_share"]))
    by_carer: dict[UUID, list[afterwards_rules.Delivered]] = defaultdict(list)
    for row in visits:
        if row["status"] in {"verified", "settled"}:
            by_carer[row["carer"]].append(
                afterwards_rules.Delivered(
                    row["id"], row["started_at"] or row["planned_start"], row["evidence"] == "afterwards",
                    str(row["id"]) in passed,
                )
            )  # fmt: skip
    return {visit for own in by_carer.values() for visit in afterwards_rules.weigh(own, share).held}


def _visit(
    row: Mapping[str, Any], recipient: _Numbers, server: _Numbers, homes: Mapping[UUID, Home], towns: Towns,
    late: Collection[UUID],
) -> VisitFact:  # fmt: skip
    lacks = json.loads(row["lacks"]) if row["lacks"] else {}
    reason = row["unpayable_reason"] if not row["payable"] else "afterwards_share" if row["id"] in late else ""
    home = homes.get(row["household"], Home())
    return VisitFact(
        id=str(row["id"]), line=str(row["contract_line"] or ""), service=row["service"],
        recipient=recipient(row["household"]), server=server(row["carer"]), division=towns.shown(row["division"]),
        window_start=iso(row["window_start"]), window_end=iso(row["window_end"]), started_at=iso(row["started_at"]),
        ended_at=iso(row["ended_at"]), standard_minutes=row["minutes"], submitted_at=iso(row["submitted_at"]),
        status=row["status"], evidence=row["evidence"], record_complete=row["lacks"] is None,
        missing=tuple(str(code) for key in ("elements", "items") for code in lacks.get(key, ())),
        qualified=row["unpayable_reason"] != "cred_gap", payable=not reason, unpayable_reason=reason,
        forged=row["status"] == "rejected" and row["status_reason"] == _FORGED,
        unit_price=f"{row['unit_price']:.2f}", grade=home.grade, area=home.area,
    )  # fmt: skip


def _window(
    task: Mapping[str, Any], window: due.DueWindow, recipient: _Numbers, homes: Mapping[UUID, Home], towns: Towns,
    excuse: str,
) -> WindowFact:  # fmt: skip
    home = homes.get(task["household"], Home())
    return WindowFact(
        id=f"{task['id']}:{int(window.start.timestamp())}", line=str(task["contract_line"] or ""),
        service=task["service"], recipient=recipient(task["household"]), start=iso(window.start), end=iso(window.end),
        state=window.state, visit=str(window.visit or "") if window.state == "filled" else "",
        excuse=excuse, grade=home.grade, area=home.area, township=towns.shown(home.division),
    )  # fmt: skip


def iso(at: datetime | None) -> str:
    """An instant as the snapshot keeps it: UTC, whole seconds; "" for none."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""
