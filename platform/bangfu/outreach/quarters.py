"""The quarterly lists (按季度核实): every person in special difficulty of a township, verified once a quarter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.errors import NotAllowed, NotYours
from bangfu.households.actions import on_relocation
from bangfu.households.sealing import seal, unseal
from bangfu.households.tables import Household
from bangfu.outreach import rules
from bangfu.outreach.facts import Verified
from bangfu.outreach.tables import QuarterLine, QuarterList
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.civil_time import civil_date, day_span, quarter_of
from bangfu.shared.database import transaction
from bangfu.shared.masking import mask_name
from bangfu.supervision.actions import Timed, settle, watch

KIND: Final = "tekun.quarter"

_TOWNSHIPS = (
    "SELECT left(division, 9) || '000' AS township FROM household WHERE category = 'tekun'"
    " AND status IN ('active', 'grace') AND division LIKE {} GROUP BY 1 ORDER BY 1"
)
_LINES = (
    "INSERT INTO quarter_line (id, quarter_list, household, division, status, finding, how, words_enc)"
    " SELECT gen_random_uuid(), {}, h.id, h.division, 'open', '', '', '' FROM household h"
    " WHERE h.category = 'tekun' AND h.status IN ('active', 'grace') AND left(h.division, 9) = {}"
    " ON CONFLICT (quarter_list, household) DO NOTHING RETURNING id"
)
_LIST = (
    "SELECT q.*, coalesce(d.name, '') AS division_name, count(l.id) AS lines,"
    " count(l.id) FILTER (WHERE l.status = 'verified') AS verified,"
    " count(l.id) FILTER (WHERE l.finding NOT IN ('', 'at_home')) AS changes"
    " FROM quarter_list q LEFT JOIN division d ON d.code = q.division LEFT JOIN quarter_line l ON l.quarter_list = q.id"
    " AND l.division LIKE {} WHERE q.division LIKE {}"
)
_LINE = (
    "SELECT l.*, h.number, h.head_name, h.support_mode, h.selfcare_level, h.category, coalesce(d.name, '') AS"
    " division_name, coalesce(u.display_name, '') AS verifier FROM quarter_line l JOIN household h ON h.id ="
    " l.household LEFT JOIN division d ON d.code = l.division LEFT JOIN app_user u ON u.id = l.verified_by"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One household of a list; the name is masked, the evidence opened for those who may see the line."""

    id: UUID
    quarter_list: UUID
    household: UUID
    number: str
    head: str
    division: str
    division_name: str
    support_mode: str
    selfcare_level: str
    status: str
    finding: str
    how: str
    words: str
    verifier: str
    verified_at: datetime | None

    @property
    def asks_for_more(self) -> bool:
        """Whether what was found has to be entered with the household as well."""
        return self.finding in rules.CHANGES


async def make_lists(actor: Actor, at: datetime) -> int:
    """The lists of this quarter for every township of the actor's scope, and lines for who has come since; how many
    lines are new. Repeating it adds nothing.

    Raises:
        NotAllowed: for other people than a township's officer and the system.
    """
    if not actor.has("township_officer", "system"):
        raise NotAllowed
    scope = "" if actor is SYSTEM else actor.scope[:9] or "-"
    townships = await Household.raw(_TOWNSHIPS, f"{scope}%")
    return sum([await _make(actor, row["township"], at) for row in townships])


async def _make(actor: Actor, township: str, at: datetime) -> int:
    day = civil_date(at)
    year, quarter = quarter_of(day)
    async with transaction():
        await QuarterList.raw(
            "INSERT INTO quarter_list (id, division, year, quarter, due_on, made_by, made_at)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (division, year, quarter) DO NOTHING",
            uuid4(), township, year, quarter, rules.due_on(day), actor.user, at,
        )  # fmt: skip
        rows = await QuarterList.raw(
            "SELECT id, due_on FROM quarter_list WHERE division = {} AND year = {} AND quarter = {} FOR UPDATE",
            township, year, quarter,
        )  # fmt: skip
        made, due_on = rows[0]["id"], rows[0]["due_on"]
        new = await QuarterLine.raw(_LINES, made, township[:9])
        if new:
            await audit.record(
                actor, "quarter_list.made", "quarter_list", made, division=township, at=at,
                data={"number": f"{year}-Q{quarter}", "lines": len(new)},
            )  # fmt: skip
            await watch(actor, _timed(made, township, year, quarter, due_on), at)
    return len(new)


def _timed(made: UUID, township: str, year: int, quarter: int, due_on: date) -> Timed:
    end = day_span(due_on)[1] - timedelta(minutes=1)
    return Timed(
        KIND, "quarter_list", made, f"/outreach/quarters/{made}", township, end, number=f"{year}-Q{quarter}",
        role="township_officer",
    )  # fmt: skip


async def verify(actor: Actor, line: UUID, found: Verified, at: datetime) -> UUID:
    """open -> verified with what was found; again by anyone allowed: a correction that keeps the audit trail. The last
    line of a list ends its clock. Returns the list.

    Raises:
        NotYours: for a line of another area.
        NotAllowed: by role.
    """
    async with transaction():
        row = await QuarterLine.objects().where(QuarterLine.id == line).first().lock_rows("UPDATE")
        if row is None or not actor.sees(row.division):
            raise NotYours
        made: UUID = row.quarter_list
        if row.status == "verified" and row.verified_by == actor.user and _same(row, found):
            return made
        step = rules.MACHINE.step(row.status, "verify" if row.status == "open" else "correct")
        if step.roles.isdisjoint(actor.roles):
            raise NotAllowed
        await QuarterLine.update(
            status=step.target, finding=found.finding, how=found.how, verified_by=actor.user, verified_at=at,
            words_enc=seal("quarter_line", "words_enc", line, found.words),
        ).where(QuarterLine.id == line)  # fmt: skip
        await audit.record(
            actor, f"quarter_line.{step.event}", "quarter_line", line, division=row.division, at=at,
            data={"household": str(row.household), "finding": found.finding, "how": found.how},
            before={"finding": row.finding}, after={"finding": found.finding},
        )  # fmt: skip
        await _end_if_complete(actor, made, at)
    return made


def _same(row: Any, found: Verified) -> bool:
    words = unseal("quarter_line", {"id": row.id, "words_enc": row.words_enc}, "words_enc")
    return (row.finding, row.how, words) == (found.finding, found.how, found.words)


async def _end_if_complete(actor: Actor, made: UUID, at: datetime) -> None:
    rows = await QuarterList.raw("SELECT id, division FROM quarter_list WHERE id = {} FOR UPDATE", made)
    waiting = QuarterLine.exists().where((QuarterLine.quarter_list == made) & (QuarterLine.status == "open"))
    if await waiting:
        return
    await audit.record(actor, "quarter_list.complete", "quarter_list", made, division=rows[0]["division"], at=at)
    await settle(actor, KIND, made, at, evidence="quarter_list.complete")


async def lists(actor: Actor) -> list[dict[str, Any]]:
    """The lists of the actor's scope, the newest first, with how far they are."""
    own, towns = _scopes(actor)
    sql = _LIST + " GROUP BY q.id, d.name ORDER BY q.year DESC, q.quarter DESC, q.division LIMIT 200"
    found: list[dict[str, Any]] = await QuarterList.raw(sql, own, towns)
    return found


async def list_for(actor: Actor, made: UUID) -> dict[str, Any]:
    """One list of the actor's scope.

    Raises:
        NotYours: if there is none.
    """
    own, towns = _scopes(actor)
    rows: list[dict[str, Any]] = await QuarterList.raw(_LIST + " AND q.id = {} GROUP BY q.id, d.name", own, towns, made)
    if not rows:
        raise NotYours
    return rows[0]


async def lines_of(actor: Actor, made: UUID, filters: Mapping[str, str]) -> list[Line]:
    """The lines of a list in the actor's scope, by village and number; `filters`: status, finding."""
    own, _ = _scopes(actor)
    parts, values = ["l.quarter_list = {}", "l.division LIKE {}"], [made, own]
    for name in ("status", "finding"):
        if filters.get(name):
            parts.append(f"l.{name} = {{}}")
            values.append(filters[name])
    sql = "".join((_LINE, " WHERE ", " AND ".join(parts), " ORDER BY l.division, h.number"))
    return [_line(row) for row in await QuarterLine.raw(sql, *values)]


async def line_for(actor: Actor, line: UUID) -> Line:
    """One line of the actor's scope.

    Raises:
        NotYours: if there is none.
    """
    own, _ = _scopes(actor)
    rows = await QuarterLine.raw(_LINE + " WHERE l.id = {} AND l.division LIKE {}", line, own)
    if not rows:
        raise NotYours
    return _line(rows[0])


def _line(row: Mapping[str, Any]) -> Line:
    plain = {name: row[name] for name in Line.__slots__ if name not in {"head", "words"}}
    return Line(**plain, head=mask_name(row["head_name"]), words=unseal("quarter_line", row, "words_enc"))


async def waiting(actor: Actor, today: date) -> int:
    """Lines of this quarter that wait in the actor's scope."""
    year, quarter = quarter_of(today)
    rows = await QuarterLine.raw(
        "SELECT count(*) AS n FROM quarter_line l JOIN quarter_list q ON q.id = l.quarter_list"
        " WHERE q.year = {} AND q.quarter = {} AND l.status = 'open' AND l.division LIKE {}",
        year, quarter, _scopes(actor)[0],
    )  # fmt: skip
    return int(rows[0]["n"])


def _scopes(actor: Actor) -> tuple[str, str]:
    """The LIKE patterns for lines (the actor's area) and for lists (the township that the area lies in)."""
    return (f"{actor.scope}%", f"{actor.scope[:9]}%") if actor.scope else ("", "")


async def _follow_household(household: UUID, division: str) -> None:
    await QuarterLine.update({QuarterLine.division: division}).where(
        (QuarterLine.household == household) & (QuarterLine.status == "open")
    )


on_relocation(_follow_household)
