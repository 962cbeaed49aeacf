"""Reading carers with the access check: who sees whom, who keeps whose record (DOMAIN.md 1.5, 9.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from bangfu.errors import NotAllowed, NotYours
from bangfu.providers.carer_rules import told_reason
from bangfu.providers.standing import barred_carers
from bangfu.providers.tables import Carer
from bangfu.shared.actor import Actor
from bangfu.shared.like import containing
from bangfu.shared.masking import mask_name
from bangfu.shared.permissions import allows

Row = dict[str, Any]
STATION_KINDS = frozenset({"social_worker", "volunteer"})
SECRET_TO = ("bureau_officer", "bureau_lead", "auditor")
"""Who knows beside the keeper that a check for work with minors was a hit, and may open the scans."""

# The station's own people by where they live; an organisation's people by where the organisation sits or serves.
_VISIBLE = (
    "(({}::uuid IS NOT NULL AND c.organization = {}::uuid) OR ({} <> '' AND ((c.kind <> 'worker' AND c.division LIKE"
    " {} || '%') OR (o.id IS NOT NULL AND (o.division LIKE {} || '%' OR EXISTS (SELECT 1 FROM unnest(CASE WHEN"
    " cardinality(o.service_area) = 0 THEN ARRAY[left(o.division, 6)] ELSE o.service_area END) p"
    " WHERE p LIKE {} || '%' OR {} LIKE p || '%'))))))"
)
_ONE = (
    "SELECT c.*, coalesce(o.name, '') AS employer, coalesce(o.org_type, '') AS org_type, coalesce(d.name, '') AS"
    " division_name, coalesce(t.name, '') AS township_name FROM carer c LEFT JOIN organization o"
    " ON o.id = c.organization LEFT JOIN division d ON d.code = c.division"
    " LEFT JOIN division t ON t.code = left(c.division, 9) || '000'"
)
LAST_DAY = "least(q.expires_on, CASE WHEN q.code IN ('H', 'M') THEN q.issued_on + 365 END)"
"""The last valid day of a certificate `q` (carer_rules.last_valid_day)."""
_ENDING = (
    "(EXISTS (SELECT 1 FROM qualification q WHERE q.carer = c.id AND q.status = 'verified' AND " + LAST_DAY + " <="  # noqa: S608
    " {}::date + 60 AND NOT EXISTS (SELECT 1 FROM qualification n WHERE n.carer = q.carer AND n.code = q.code"
    " AND n.status = 'verified' AND n.expires_on > q.expires_on))"
    " OR (c.kind = 'volunteer' AND (SELECT max(i.ends_on) FROM volunteer_insurance i WHERE i.carer = c.id) <="
    " {}::date + 60))"
)


def visible_sql() -> str:
    """The condition on `carer c LEFT JOIN organization o` with gaps for `visible_to`."""
    return _VISIBLE


def visible_to(actor: Actor) -> list[object]:
    """The values of _VISIBLE, in their order."""
    return [actor.organization, actor.organization, *[actor.scope] * 5]


def is_own_manager(actor: Actor, row: Mapping[str, Any]) -> bool:
    """Whether the actor manages the organisation that the carer works for: the one who sees names and phones."""
    return (
        actor.has("provider_manager") and actor.organization is not None and row["organization"] == actor.organization
    )


def may_keep(actor: Actor, row: Mapping[str, Any]) -> bool:
    """Whether the actor keeps the record: the manager the own workers', the station and the bureau those of the social
    workers and volunteers of their area."""
    if not allows(actor.roles, "carers.keep"):
        return False
    if row["kind"] == "worker":
        return is_own_manager(actor, row)
    return actor.has("station_dispatcher", "bureau_officer") and actor.sees(row["division"])


def may_verify(actor: Actor, row: Mapping[str, Any]) -> bool:
    """Whether the actor may verify certificates of a carer whom they see; who entered one is asked for each."""
    return allows(actor.roles, "qualifications.verify") and not is_own_manager(actor, row)


def may_check(actor: Actor, row: Mapping[str, Any]) -> bool:
    """Whether the actor may record a check for work with minors: the keeper, or the bureau for anybody."""
    return may_keep(actor, row) or actor.has("bureau_officer")


def knows_of_checks(actor: Actor, row: Mapping[str, Any]) -> bool:
    """Whether the actor may know that a check for work with minors was a hit: the keeper, the bureau, the auditor."""
    return may_keep(actor, row) or actor.has(*SECRET_TO)


def shown_reason(actor: Actor, row: Mapping[str, Any], reason: str) -> str:
    """Why somebody is barred, as the actor may know it: a hit and a bar are for the keeper and the bureau only."""
    return reason if knows_of_checks(actor, row) else told_reason(reason)


def shown_name(actor: Actor, row: Mapping[str, Any]) -> str:
    """The name, masked for everybody but the own manager."""
    name = str(row["name"])
    return name if is_own_manager(actor, row) else mask_name(name)


async def carer_for(actor: Actor, carer: UUID) -> Row:
    """One carer whom the actor may see: the row, with `employer`, `division_name`, `township_name`.

    Raises:
        NotYours: if there is none, or it is another organisation's or area's.
    """
    rows = await Carer.raw(f"{_ONE} WHERE c.id = {{}} AND {_VISIBLE}", carer, *visible_to(actor))
    if not rows:
        raise NotYours
    found: Row = rows[0]
    return found


async def kept_carer(actor: Actor, carer: UUID) -> Row:
    """One carer whose record the actor keeps.

    Raises:
        NotYours: for one whom the actor does not see.
        NotAllowed: for one whose record somebody else keeps.
    """
    row = await carer_for(actor, carer)
    if not may_keep(actor, row):
        raise NotAllowed
    return row


async def locked(carer: UUID) -> Carer:
    """The row under a lock, in the transaction that changes something about the carer."""
    found: Carer = await Carer.objects().where(Carer.id == carer).first().lock_rows("UPDATE")
    return found


@dataclass(frozen=True, slots=True)
class Search:
    """What a list of carers shows: a text (name, number, pinyin), a kind, and a part ("carer_list"), each or ""."""

    text: str = ""
    kind: str = ""
    part: str = ""


async def carers(actor: Actor, search: Search, today: date, limit: int, offset: int) -> tuple[Sequence[Row], int]:
    """One page of the carers whom the actor sees, by number; each row with `barred`, "" or why, on the day."""
    barred = await barred_carers(today) if search.part == "barred" else {}
    rows = await Carer.raw(
        "SELECT c.*, coalesce(o.name, '') AS employer, coalesce(d.name, '') AS division_name,"  # noqa: S608 (constants)
        " (SELECT count(*) FROM qualification q WHERE q.carer = c.id AND q.status = 'handed_in') AS waiting,"
        " count(*) OVER () AS total FROM carer c LEFT JOIN organization o ON o.id = c.organization"
        " LEFT JOIN division d ON d.code = c.division"
        f" WHERE {_VISIBLE} AND ({{}} = '' OR c.kind = {{}}) AND c.active = {{}}"
        " AND (c.name LIKE {} OR c.pinyin LIKE {} OR c.number ILIKE {})"
        f" AND ({{}} <> 'expiring' OR {_ENDING}) AND ({{}} <> 'unverified' OR EXISTS (SELECT 1 FROM qualification q"
        " WHERE q.carer = c.id AND q.status = 'handed_in')) AND ({} <> 'barred' OR c.id = ANY({}::uuid[]))"
        " ORDER BY c.number LIMIT {} OFFSET {}",
        *visible_to(actor), search.kind, search.kind, search.part != "left", containing(search.text),
        containing(search.text.lower()), containing(search.text), search.part, today, today, search.part, search.part,
        list(barred), limit, offset,
    )  # fmt: skip
    reasons = await barred_carers(today, [row["id"] for row in rows])
    return [{**row, "barred": reasons.get(row["id"], "")} for row in rows], rows[0]["total"] if rows else 0
