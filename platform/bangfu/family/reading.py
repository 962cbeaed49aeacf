"""What the household's page shows: the next visits and the last ones, in few words and without a whole name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.errors import N_, NotYours
from bangfu.family import policy
from bangfu.family.day_words import day_words, span_words
from bangfu.family.entering import Home
from bangfu.family.rules import SAID_PLAINLY
from bangfu.feedback import codes
from bangfu.feedback import policy as feedback_policy
from bangfu.shared import i18n
from bangfu.shared.civil_time import civil_date, quarter_of, quarter_span
from bangfu.shared.names import surname
from bangfu.shared.phones import national_phone
from bangfu.visits.life_rules import DELIVERED
from bangfu.visits.tables import Visit

_LANG: Final = {True: "zh", False: "en"}
_TITLES: Final = {
    "worker": N_("Carer {name}"), "social_worker": N_("Social worker {name}"), "volunteer": N_("Volunteer {name}"),
}  # fmt: skip
"""Family name and title: nobody's whole name."""
_ROWS: Final = (
    "SELECT v.id, v.service, v.status, v.planned_start, v.window_start, v.window_end, v.started_at, v.contract_line,"
    " v.carer_kind, c.name AS carer_name, coalesce(o.name, '') AS organization, coalesce(o.phone, '') AS phone,"
    " EXISTS (SELECT 1 FROM carer_photo p WHERE p.carer = v.carer) AS photo, coalesce(a.answer, '') AS answer,"
    " EXISTS (SELECT 1 FROM family_wish w WHERE w.visit = v.id AND w.status = 'open') AS wished,"
    " coalesce((SELECT w.outcome FROM family_wish w WHERE w.visit = v.id AND w.status = 'done'"
    " ORDER BY w.done_at DESC LIMIT 1), '') AS outcome,"
    " EXISTS (SELECT 1 FROM rating r WHERE r.visit = v.id AND NOT r.replaced) AS scored"
    " FROM visit v JOIN need n ON n.id = v.need JOIN carer c ON c.id = v.carer"
    " LEFT JOIN organization o ON o.id = v.organization"
    " LEFT JOIN family_answer a ON a.visit = v.id AND NOT a.replaced AND a.planned_start = v.planned_start"
    " WHERE v.household = {} AND has_ground(v.household, 'service', {}::date, n.person) "
)
"""Visits to a member who has no ground for services any more are not told to the others."""


@dataclass(frozen=True, slots=True)
class VisitView:
    """A visit as its household sees it."""

    id: UUID
    day: str
    hours: str
    what: str
    who: str
    organization: str
    phone: str
    photo: bool
    status: str
    answer: str
    """home, away or ""."""
    wished: bool
    outcome: str
    scored: bool
    """Stars were given for this very visit."""
    may_score: bool

    @property
    def phone_words(self) -> str:
        """The organisation's phone as people write it."""
        return national_phone(self.phone)

    @property
    def words(self) -> str:
        """One line that tells the visits apart."""
        return i18n._("{day}, {hours}: {what}", day=self.day, hours=self.hours, what=self.what)


async def coming(home: Home, at: datetime) -> list[VisitView]:
    """The next visits, the soonest first; one under way stands on top."""
    rows = await Visit.raw(
        _ROWS + "AND v.status IN ('planned', 'in_progress') AND v.planned_end >= {} AND v.planned_start < {}"
        " ORDER BY v.planned_start, v.id LIMIT {}",
        home.household, civil_date(at), at, at + policy.AHEAD, policy.MOST_NEXT,
    )  # fmt: skip
    return [_view(row, at) for row in rows]


async def past(home: Home, at: datetime) -> list[VisitView]:
    """The last visits that took place or should have, the latest first."""
    rows = await Visit.raw(
        _ROWS + "AND (v.status = ANY({}::varchar[]) OR v.status = 'missed') AND v.planned_start > {}"
        " AND v.planned_start <= {} ORDER BY v.planned_start DESC, v.id LIMIT {}",
        home.household, civil_date(at), sorted(DELIVERED), at - policy.BACK, at, policy.MOST_LAST,
    )  # fmt: skip
    return [_view(row, at) for row in rows]


async def visit_for(home: Home, visit: UUID | None, at: datetime, *, ahead: bool) -> VisitView:
    """One of the visits that the page shows.

    Raises:
        NotYours: for every other one.
    """
    shown: Sequence[VisitView] = await (coming(home, at) if ahead else past(home, at))
    for one in shown:
        if one.id == visit:
            return one
    raise NotYours


async def station_of(division: str) -> tuple[str, str]:
    """Name and phone of the station that answers for a village: the nearest one that is named; "" where none is."""
    rows = await Visit.raw(
        "SELECT name, phone FROM organization WHERE org_type = 'station' AND active AND phone <> ''"
        " AND left(division, 6) = left({}, 6)"
        " ORDER BY left(division, 9) = left({}, 9) DESC, division, name LIMIT 1",
        division, division,
    )  # fmt: skip
    return (rows[0]["name"], rows[0]["phone"]) if rows else ("", "")


async def answers_of(visits: Sequence[UUID]) -> dict[UUID, str]:
    """Visit -> home or away, as the household said for the time for which it is planned now."""
    rows = await Visit.raw(
        "SELECT a.visit, a.answer FROM family_answer a JOIN visit v ON v.id = a.visit"
        " WHERE a.visit = ANY({}::uuid[]) AND NOT a.replaced AND a.planned_start = v.planned_start",
        list(visits),
    )
    return {row["visit"]: row["answer"] for row in rows}


def _view(row: dict[str, Any], at: datetime) -> VisitView:
    lang = _LANG[i18n.current() == "zh"]
    start, end = row["planned_start"], row["planned_start"]
    if row["status"] == "planned" and row["window_start"] and row["window_end"]:
        start, end = row["window_start"], row["window_end"]
    shown = row["started_at"] or start
    delivered = row["status"] in DELIVERED
    return VisitView(
        row["id"], day_words(civil_date(shown), lang), span_words(shown, shown if row["started_at"] else end, lang),
        i18n.word("service", row["service"]) if row["service"] in SAID_PLAINLY else i18n._("home service"),
        i18n._(_TITLES.get(row["carer_kind"], _TITLES["worker"]), name=_family_name(row["carer_name"])),
        row["organization"], row["phone"], row["photo"], row["status"], row["answer"], row["wished"], row["outcome"],
        row["scored"], delivered and not row["scored"] and _in_time(row["planned_start"], at),
    )  # fmt: skip


def _family_name(name: str) -> str:
    return surname(name) or name[:1]


def _in_time(planned: datetime, at: datetime) -> bool:
    """Stars count for a quarter as long as the cards of that quarter do."""
    year, quarter = quarter_of(civil_date(planned))
    return at < codes.ends(year, quarter, feedback_policy.in_force(quarter_span(year, quarter)[0]).code_days)
