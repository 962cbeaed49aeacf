"""The monthly list as people and other offices read it: on the page masked, in a file masked or whole."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.divisions.tables import Division
from bangfu.errors import N_, FormError, NotAllowed
from bangfu.exchange.change_rules import Change
from bangfu.exchange.changes import Monthly, people_of
from bangfu.exchange.export_rules import MOST_UNMASKED, Watermark
from bangfu.exchange.exporting import Made, file_of, note_reads
from bangfu.exchange.gathering import shown
from bangfu.households import rules
from bangfu.shared import audit, i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.permissions import allows
from bangfu.shared.tabular import Field
from bangfu.shared.tabular.parsers import text

FIELDS = tuple(
    Field(code, zh, en, text())
    for code, zh, en in (
        ("village", "村（社区）名称", "Village name"),
        ("household_number", "家庭编号", "Household number"),
        ("name", "姓名", "Name"),
        ("id_number", "身份证号", "ID number"),
        ("kind", "变更事项", "Change"),
        ("before", "变更前", "Before"),
        ("after", "变更后", "After"),
        ("on", "生效日期", "Holds from"),
        ("recorded", "登记日期", "Recorded on"),
    )
)


@dataclass(frozen=True, slots=True)
class Line:
    """A change in words; `household` links to its page."""

    household: str
    village: str
    household_number: str
    name: str
    id_number: str
    kind: str
    before: str
    after: str
    on: str
    recorded: str


async def lines(
    changes: Sequence[Change], today: date, roles: Collection[str] = frozenset(), groups: Collection[str] = ()
) -> list[Line]:
    """The changes in words. Without roles a child under 14 is named by the first character only."""
    people = await people_of(changes)
    codes = sorted({one.division for one in changes})
    rows = await Division.raw("SELECT code, name FROM division WHERE code = ANY({})", codes)
    names = {row["code"]: row["name"] for row in rows}
    return [_line(one, people, names, today, roles, groups) for one in changes]


def _line(
    one: Change, people: Mapping[str, dict[str, Any]], names: Mapping[str, str], today: date, roles: Collection[str],
    groups: Collection[str],
) -> Line:  # fmt: skip
    row = people.get(one.person or one.household)
    view = shown(row, today, roles, groups) if row else None
    group = "household_category" if one.kind in {"entered", "category"} else "household_status"
    return Line(
        one.household, names.get(one.division, one.division), one.number, view.name if view else "",
        view.id_number if view else "", i18n.word("change_kind", one.kind), i18n.word(group, one.before),
        i18n.word(group, one.after), one.on, one.at[:10],
    )  # fmt: skip


async def export_changes(actor: Actor, found: Monthly, area: str, file_format: str, reason: str, at: datetime) -> Made:
    """The list as a file, on record before it is handed out; `reason` "" for a masked one.

    Raises:
        NotAllowed: for a role that may not.
        FormError: for more rows than one unmasked export may have.
    """
    if not allows(actor.roles, "exchange.unmasked" if reason else "exchange.export"):
        raise NotAllowed
    if reason and len(found.changes) > MOST_UNMASKED:
        message = N_("{number} rows fit; whole data are exported up to {most} rows at a time. Narrow the filters.")
        raise FormError({"": (message, {"number": f"{len(found.changes):,}", "most": f"{MOST_UNMASKED:,}"})})
    groups = rules.unmaskable(actor.roles) if reason else []
    told = await lines(found.changes, civil_date(at), actor.roles if reason else frozenset(), groups)
    month = found.month.strftime("%Y-%m")
    about = " · ".join(part for part in (month, area, f"SHA-256 {found.sha256}") if part)
    mark = Watermark(
        actor.display_name, actor.username, at, i18n._("Monthly change list"), bool(reason), len(told), about, reason
    )
    rows = [{field.code: getattr(line, field.code) for field in FIELDS} for line in told]
    made = await asyncio.to_thread(file_of, file_format, FIELDS, mark, rows)
    data = {"subject": "changes", "month": month, "area": area, "format": file_format, "rows": len(rows),
            "list": found.sha256, "sha256": made.sha256}  # fmt: skip
    reads = {(UUID(one.household), UUID(one.person) if one.person else None, "export") for one in found.changes}
    async with transaction():
        if reason:
            await note_reads(actor, sorted(reads, key=str), reason, at)
        await audit.record(
            actor, "exchange.exported_whole" if reason else "exchange.exported", "export", uuid4(),
            division=actor.scope, reason=reason, data=data, at=at,
        )  # fmt: skip
    return made
