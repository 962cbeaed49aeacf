"""Reading the forms of supervision: a task by hand, to whom a task goes, and a year of working days."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bangfu.divisions.queries import division_for
from bangfu.errors import N_, NotYours
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import parse_date
from bangfu.shared.web.forms import Form
from bangfu.shared.working_calendar import SpecialDay
from bangfu.supervision.handling import Unit
from bangfu.supervision.queries import organizations_for
from bangfu.supervision.rules import UNITS

_YES = frozenset({"yes", "y", "1", "true", "是", "班", "上班", "调休上班", "工作日"})
_NO = frozenset({"no", "n", "0", "false", "否", "休", "放假", "休息", "假日"})
_HEIGHT = {"village": 5, "station": 4, "township": 4, "bureau": 3, "organization": 3}
"""The level of the division that a unit works for (1 province to 5 village)."""
MOST_LINES = 400
MOST_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in a line of the list (1 = its first line): a message id and what fills it."""

    line: int
    message: str
    value: str = ""


async def read_unit(form: Form, actor: Actor) -> Unit:
    """To whom a task goes: the kind of unit, a division of the actor's area at its height or below, an organisation."""
    unit = form.choice("unit", UNITS)
    code = form.text("division", most=12)
    organization = form.uuid("organization") if unit == "organization" else None
    if organization is not None and str(organization) not in dict(await organizations_for(actor)):
        form.fault("organization", N_("Please choose one of the list."))
    if code:
        level = await _level(actor, code.ljust(12, "0"))
        if level == 0:
            form.fault("division", N_("This area does not exist, or it is not yours."))
        elif level < _HEIGHT.get(unit, 3):
            form.fault("division", N_("Choose the unit's own area: this one is larger than the unit."))
    return Unit(unit, code.ljust(12, "0"), organization)


async def _level(actor: Actor, code: str) -> int:
    try:
        return int((await division_for(actor, code)).level)
    except NotYours:
        return 0


def read_days(text: str) -> tuple[int, list[SpecialDay], list[RowFault]]:
    """A year's list: date, working (yes/no or 班/休), occasion; with or without a line of titles.

    Returns:
        The year, the days, and what is wrong by line.
    """
    faults: list[RowFault] = []
    days: dict[date, SpecialDay] = {}
    rows = list(csv.reader(text.lstrip("\ufeff").splitlines()))
    if len(rows) > MOST_LINES:
        return 0, [], [RowFault(len(rows), N_("A year has at most {value} such days."), str(MOST_LINES))]
    for line, cells in enumerate(rows, start=1):
        row = [cell.strip() for cell in cells]
        if not any(row) or (line == 1 and _is_title(row)):
            continue
        day = _read_row(line, row, faults)
        if day is not None and day.day in days:
            faults.append(RowFault(line, N_("This day stands in the list twice: {value}."), day.day.isoformat()))
        elif day is not None:
            days[day.day] = day
    year = min((day.year for day in days), default=0)
    faults += [
        RowFault(0, N_("A list holds one year; this day is of another: {value}."), day.isoformat())
        for day in sorted(days)
        if day.year != year
    ]
    if not days and not faults:
        faults.append(RowFault(0, N_("The list holds no day.")))
    return year, sorted(days.values(), key=lambda special: special.day), faults


def _is_title(row: Sequence[str]) -> bool:
    return not any(character.isdigit() for character in row[0])


def _read_row(line: int, row: Sequence[str], faults: list[RowFault]) -> SpecialDay | None:
    try:
        day = parse_date(row[0])
    except ValueError:
        faults.append(RowFault(line, N_("This is not a date: {value}."), row[0][:40]))
        return None
    word = row[1].lower() if len(row) > 1 else ""
    if word not in _YES | _NO:
        faults.append(
            RowFault(line, N_("Write “yes” for a working day or “no” for a day off, not “{value}”."), word[:20])
        )
        return None
    occasion = row[2][:40] if len(row) > 2 else ""
    english = row[3][:40] if len(row) > 3 else ""
    return SpecialDay(day, word in _YES, len(row) > 4 and row[4].lower() in _YES, occasion, english)
