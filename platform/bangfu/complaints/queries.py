"""Reads of complaints for the office: lists, one case with its record, figures. Always what the person sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.complaints import rules
from bangfu.complaints.seeing import condition, opened
from bangfu.complaints.tables import Complaint, ComplaintEntry
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import audit_hash
from bangfu.shared.masking import mask_name, mask_phone
from bangfu.shared.phones import national_phone


@dataclass(frozen=True, slots=True)
class Row:
    """A complaint in a list: no words, nobody who complained."""

    id: UUID
    number: str
    intake: str
    channel: str
    kind: str
    severity: str
    status: str
    level: str
    target: str
    organization_name: str
    place: str
    handler: UUID | None
    handler_name: str
    entered_at: datetime
    due: datetime
    """The end of the clock that runs."""
    close_due: datetime
    result: str
    confidential: bool
    discipline: bool
    self_reported: bool
    petition: bool
    round: int

    def clock(self, at: datetime) -> str:
        """late, soon, in_time or ended."""
        return rules.urgency(self.status, self.due, self.due, at)


_DUE: Final = (
    "CASE WHEN c.severity = 'critical' AND c.contacted_at IS NULL AND c.round = 0"
    " AND c.status IN ('received', 'accepted', 'investigating') THEN c.entered_at + interval '2 hours'"
    " WHEN c.status = 'received' THEN c.accept_due ELSE c.close_due END"
)
"""The clock that ends first: the contact of a critical one, then acceptance, then the reply."""
_LIST: Final = (
    "SELECT c.*, "  # noqa: S608 (constants)
    + _DUE
    + " AS due, coalesce(d.name, '') AS place, coalesce(o.name, '') AS organization_name,"
    " coalesce(h.display_name, '') AS handler_name, count(*) OVER () AS total FROM complaint c"
    " LEFT JOIN division d ON d.code = c.division LEFT JOIN organization o ON o.id = c.organization"
    " LEFT JOIN app_user h ON h.id = c.handler WHERE"
)
_ORDER: Final = (
    " ORDER BY c.status IN ('replied', 'closed', 'transferred', 'not_accepted'), c.severity = 'critical' DESC, "
    f"CASE WHEN c.status IN ('closed', 'transferred', 'not_accepted') THEN NULL ELSE {_DUE} END,"
    " c.entered_at DESC LIMIT {} OFFSET {}"
)
SHOWS: Final[Mapping[str, str]] = {
    "open": " AND c.status IN ('received', 'accepted', 'investigating', 'decided')",
    "waiting": " AND c.status = 'received'",
    "mine": " AND c.handler = {} AND c.status IN ('accepted', 'investigating', 'decided', 'replied')",
    "late": f" AND c.status IN ('received', 'accepted', 'investigating', 'decided') AND {_DUE} < {{}}",
    "closed": " AND c.status IN ('replied', 'closed', 'transferred', 'not_accepted')",
    "self": " AND c.self_reported",
    "all": "",
}


async def rows_of(
    actor: Actor, filters: Mapping[str, str], limit: int, offset: int, more: str = "", at: datetime | None = None
) -> tuple[list[Row], int]:
    """One page of the complaints that this person sees; what is open and due first stands first."""
    sql, values = condition(actor)
    parts = [_LIST, sql, more]
    show = filters.get("show", "all")
    parts.append(SHOWS.get(show, ""))
    asked: dict[str, list[Any]] = {"mine": [actor.user], "late": [at]}
    values += asked.get(show, [])
    for name in ("kind", "severity", "intake", "status"):
        if filters.get(name):
            parts.append(f" AND c.{name} = {{}}")
            values.append(filters[name])
    rows = await Complaint.raw(" ".join([*parts, _ORDER]), *values, limit, offset)
    names = list(Row.__dataclass_fields__)
    return [Row(**{name: row[name] for name in names}) for row in rows], rows[0]["total"] if rows else 0


async def counts(actor: Actor, at: datetime) -> dict[str, int]:
    """How many wait to be taken on, are this person's, and are late."""
    sql, values = condition(actor)
    rows = await Complaint.raw(
        " ".join((
            "SELECT count(*) FILTER (WHERE c.status = 'received') AS waiting,",
            "count(*) FILTER (WHERE c.handler = {} AND c.status IN ('accepted', 'investigating', 'decided')) AS mine,",
            f"count(*) FILTER (WHERE c.status IN ('received', 'accepted', 'investigating', 'decided')"
            f" AND {_DUE} < {{}}) AS late FROM complaint c WHERE", sql,
        )),
        actor.user, at, *values,
    )  # fmt: skip
    return dict(rows[0])


async def figures(actor: Actor, since: datetime) -> list[Mapping[str, Any]]:
    """Decided since then, by result, found ones apart from those that the side reported itself."""
    sql, values = condition(actor)
    rows: list[Mapping[str, Any]] = await Complaint.raw(
        " ".join((
            "SELECT c.result, count(*) FILTER (WHERE NOT c.self_reported) AS found,",
            "count(*) FILTER (WHERE c.self_reported) AS self_reported FROM complaint c",
            "WHERE c.decided_at >= {} AND c.result <> '' AND", sql, "GROUP BY c.result ORDER BY c.result",
        )),
        since, *values,
    )  # fmt: skip
    return rows


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry of the record; `whole` says that the words are those that were written."""

    id: UUID
    kind: str
    side: str
    code: str
    round: int
    text: str
    person: str
    who: str
    at: datetime
    file: UUID | None
    whole: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One complaint as its page shows it; who complained is masked, or plain when it was revealed."""

    c: Complaint
    facts: str
    about: str
    question: str
    decision: str
    reply: str
    route: str
    name: str
    phone: str
    links: Mapping[str, Any]
    entries: Sequence[EntryView]


_LINKS: Final = (
    "SELECT coalesce(d.name, '') AS place, coalesce(o.name, '') AS organization, coalesce(k.number, '') AS carer,"
    " coalesce(k.name, '') AS carer_name, coalesce(v.number, '') AS visit, coalesce(t.number, '') AS contract,"
    " coalesce(h.number, '') AS household, coalesce(s.display_name, '') AS staff,"
    " coalesce(e.display_name, '') AS entered_by, coalesce(p.display_name, '') AS handler,"
    " coalesce(x.display_name, '') AS decided_by FROM complaint c LEFT JOIN division d ON d.code = c.division"
    " LEFT JOIN organization o ON o.id = c.organization LEFT JOIN carer k ON k.id = c.carer"
    " LEFT JOIN visit v ON v.id = c.visit LEFT JOIN contract t ON t.id = c.contract"
    " LEFT JOIN household h ON h.id = c.household LEFT JOIN app_user s ON s.id = c.staff"
    " LEFT JOIN app_user e ON e.id = c.entered_by LEFT JOIN app_user p ON p.id = c.handler"
    " LEFT JOIN app_user x ON x.id = c.decided_by WHERE c.id = {}"
)


async def case_of(row: Complaint, *, reveal: bool = False) -> Case:
    """The complaint with what it is linked to and its record; the caller has checked that the reader sees it.

    Of what came from 12388 not even the masked name is shown without a reason.
    """
    links = (await Complaint.raw(_LINKS, row.id))[0]
    if row.self_reported:
        links = {**links, "entered_by": "" if row.confidential else links["entered_by"]}
    words = {
        name: opened(f"{name}_enc", row.id, getattr(row, f"{name}_enc"))
        for name in ("facts", "about", "question", "decision", "reply", "route", "name", "phone")
    }
    if not reveal:
        hidden = row.discipline
        words["name"] = "***" if hidden and words["name"] else mask_name(words["name"])
        words["phone"] = "***" if hidden and words["phone"] else mask_phone(words["phone"]) if words["phone"] else ""
    else:
        words["phone"] = national_phone(words["phone"])
    return Case(c=row, links=links, entries=await entries_of(row.id), **words)


async def entries_of(complaint: UUID) -> list[EntryView]:
    """The record, the oldest first."""
    rows = await ComplaintEntry.raw(
        "SELECT e.*, coalesce(u.display_name, '') AS who FROM complaint_entry e LEFT JOIN app_user u"
        " ON u.id = e.written_by WHERE e.complaint = {} ORDER BY e.at, e.id",
        complaint,
    )
    return [_entry(row) for row in rows]


def _entry(row: Mapping[str, Any]) -> EntryView:
    text = opened("text_enc", row["id"], row["text_enc"], "complaint_entry")
    plain = {name: row[name] for name in ("id", "kind", "side", "code", "round", "who", "at", "file")}
    person = opened("person_enc", row["id"], row["person_enc"], "complaint_entry")
    return EntryView(text=text, person=person, whole=audit_hash(text) == row["text_hash"], **plain)
