"""Near relatives among users and carers of a household, and what follows from that (DOMAIN.md 2.3).

A related user neither decides on the household's needs nor assesses or checks it; a related carer is not proposed for
paid care unless an agreement names them as caregiver.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError, NotAllowed, NotYours
from bangfu.households.locking import locked
from bangfu.households.tables import Household, Kinship
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.permissions import allows

RELATIONS = ("spouse", "child", "parent", "grandchild", "grandparent", "sibling", "in_law", "other")


@dataclass(frozen=True, slots=True)
class Relation:
    """Who is related and how: exactly one of `user` and `carer`. `may_care`: named as caregiver in an agreement."""

    relation: str
    user: UUID | None = None
    carer: UUID | None = None
    may_care: bool = False


async def related_users(household: UUID) -> set[UUID]:
    """The accounts of near relatives: declared themselves, or behind a declared carer."""
    rows = await Kinship.raw(
        'SELECT u.id FROM kinship k JOIN app_user u ON u.id = k."user" OR u.carer = k.carer'
        " WHERE k.household = {} AND k.ends_on IS NULL",
        household,
    )
    return {row["id"] for row in rows}


async def related_carers(household: UUID, *, for_care: bool = False) -> set[UUID]:
    """The carers who are near relatives; `for_care` leaves out those whom an agreement names as caregivers."""
    return (await related_carers_of([household], for_care=for_care)).get(household, set())


async def related_carers_of(households: Collection[UUID], *, for_care: bool = False) -> dict[UUID, set[UUID]]:
    """The same for many households at once."""
    rows = await Kinship.raw(
        "SELECT k.household, coalesce(k.carer, u.carer) AS carer FROM kinship k"
        ' LEFT JOIN app_user u ON u.id = k."user" WHERE k.household = ANY({}) AND k.ends_on IS NULL'
        " AND coalesce(k.carer, u.carer) IS NOT NULL AND NOT ({} AND k.may_care)",
        list(households), for_care,
    )  # fmt: skip
    found: dict[UUID, set[UUID]] = {}
    for row in rows:
        found.setdefault(row["household"], set()).add(row["carer"])
    return found


async def refuse_relative(actor: Actor, household: UUID, action: str, at: datetime) -> None:
    """For actions that decide on, assess or check a household; call it outside of the transaction of the action.

    Raises:
        NotAllowed: for a near relative; the try is logged with the action's name.
    """
    if actor.user is None or actor.user not in await related_users(household):
        return
    row = await Household.objects().get(Household.id == household)
    async with transaction():
        await audit.record(
            actor, "household.refused_relative", "household", household, division=row.division if row else "", at=at,
            data={"tried": action},
        )  # fmt: skip
    raise NotAllowed(N_("You are recorded as a near relative of this household: another person decides."))


async def declare(actor: Actor, household: UUID, key: UUID, relation: Relation, at: datetime) -> None:
    """Record a near relative: everybody declares themselves; officers (households.status) also others.

    The same key again is the same declaration.

    Raises:
        NotYours: for a household of another area, or a key of another household.
        NotAllowed: for declaring somebody else without the permission.
        FormError: if nobody, an unknown person, or somebody already declared is named.
    """
    async with transaction():
        row = await locked(actor, household)
        if relation.user != actor.me and not allows(actor.roles, "households.status"):
            raise NotAllowed
        if (known := await Kinship.objects().get(Kinship.id == key)) is not None:
            if known.household != household:
                raise NotYours
            return
        await _check_in_reach(actor, relation)
        await _check_person(household, relation)
        # An agreement's caregiver is the officer's word, never one's own.
        may_care = relation.may_care and allows(actor.roles, "households.status") and relation.user != actor.me
        await Kinship(
            id=key, household=household, user=relation.user, carer=relation.carer, relation=relation.relation,
            may_care=may_care, declared_by=actor.user, declared_at=at, starts_on=civil_date(at),
        ).save()  # fmt: skip
        await audit.record(
            actor, "kinship.declared", "household", household, division=row.division, at=at,
            data={"kinship": key, "user": relation.user, "carer": relation.carer, "may_care": may_care},
        )  # fmt: skip


async def _check_in_reach(actor: Actor, relation: Relation) -> None:
    """An officer names people who work in the officer's area: a form's field is not a look at all accounts."""
    if relation.user == actor.me:
        return
    users, carers = await choices(actor)
    if str(relation.user or relation.carer) not in {code for code, _ in (*users, *carers)}:
        raise FormError({"who": (N_("Choose the person who is related."), {})})


async def _check_person(household: UUID, relation: Relation) -> None:
    if (relation.user is None) == (relation.carer is None):
        raise FormError({"who": (N_("Choose the person who is related."), {})})
    rows = await Kinship.raw(
        "SELECT EXISTS (SELECT 1 FROM app_user WHERE id = {}) OR EXISTS (SELECT 1 FROM carer WHERE id = {}) AS known,"
        ' EXISTS (SELECT 1 FROM kinship WHERE household = {} AND ends_on IS NULL AND ("user" = {} OR carer = {}))'
        " AS declared",
        relation.user, relation.carer, household, relation.user, relation.carer,
    )  # fmt: skip
    if not rows[0]["known"]:
        raise FormError({"who": (N_("Choose the person who is related."), {})})
    if rows[0]["declared"]:
        raise FormError({"who": (N_("This person is recorded as a relative already."), {})})


async def end(actor: Actor, household: UUID, kinship: UUID, at: datetime) -> None:
    """The relation does not hold (any more): an officer ends it, and never one's own. Repeats change nothing.

    Raises:
        NotYours: for a household of another area, or a kinship of another household.
        NotAllowed: without the permission, or for one's own.
    """
    async with transaction():
        row = await locked(actor, household)
        found = await Kinship.objects().get(Kinship.id == kinship)
        if found is None or found.household != household:
            raise NotYours
        if not allows(actor.roles, "households.status"):
            raise NotAllowed
        own = await Kinship.raw(
            'SELECT 1 FROM kinship k JOIN app_user u ON u.id = k."user" OR u.carer = k.carer'
            " WHERE k.id = {} AND u.id = {}",
            kinship, actor.user,
        )  # fmt: skip
        if own:
            raise NotAllowed(N_("This is your own relation: another officer ends it."))
        if found.ends_on is not None:
            return
        await Kinship.update({Kinship.ends_on: civil_date(at), Kinship.ended_by: actor.user}).where(
            Kinship.id == kinship
        )
        await audit.record(
            actor, "kinship.ended", "household", household, division=row.division, at=at, data={"kinship": kinship}
        )


async def name_as_caregiver(
    actor: Actor, household: UUID, carer: UUID, relation: str, at: datetime, *, may: bool
) -> None:
    """A care agreement names a relative as caregiver, or does so no longer: they may care, and never check.

    Joins the caller's transaction. A relative who is not recorded yet is recorded with `relation`.
    """
    known = Kinship.update({Kinship.may_care: may}).where(
        (Kinship.household == household) & (Kinship.carer == carer) & Kinship.ends_on.is_null()
    )
    there = await known.returning(Kinship.id)
    if not there and may:
        await Kinship(
            id=uuid4(), household=household, carer=carer, relation=relation, may_care=True, declared_by=actor.user,
            declared_at=at, starts_on=civil_date(at),
        ).save()  # fmt: skip


@dataclass(frozen=True, slots=True)
class KinView:
    """A near relative as the page shows them: official name of a user, number and masked name of a carer."""

    id: UUID
    who: str
    is_carer: bool
    relation: str
    may_care: bool
    declared_by: str
    starts_on: date
    ends_on: date | None
    own: bool


async def relatives(household: UUID, reader: UUID | None) -> list[KinView]:
    """Who is recorded as a near relative, the present ones first."""
    rows = await Kinship.raw(
        "SELECT k.*, coalesce(u.display_name, '') AS user_name, coalesce(c.number, '') AS carer_number,"
        " coalesce(b.display_name, '') AS by_name FROM kinship k LEFT JOIN app_user u ON u.id = k.\"user\""
        " LEFT JOIN carer c ON c.id = k.carer LEFT JOIN app_user b ON b.id = k.declared_by"
        " WHERE k.household = {} ORDER BY k.ends_on IS NOT NULL, k.declared_at DESC",
        household,
    )
    return [_view(row, reader) for row in rows]


def _view(row: dict[str, Any], reader: UUID | None) -> KinView:
    return KinView(
        row["id"], row["user_name"] or row["carer_number"], row["carer"] is not None, row["relation"], row["may_care"],
        row["by_name"], row["starts_on"], row["ends_on"], reader is not None and row["user"] == reader,
    )  # fmt: skip


async def choices(actor: Actor) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Accounts and carers whom an officer may name: those who work in the officer's area, by name and number."""
    scope = f"{actor.scope}%" if actor.scope else ""
    users = await Kinship.raw(
        "SELECT id, display_name, username FROM app_user WHERE active AND scope <> '' AND (scope LIKE {}"
        " OR {} LIKE scope || '%') ORDER BY display_name LIMIT 500",
        scope, actor.scope,
    )  # fmt: skip
    carers = await Kinship.raw(
        "SELECT c.id, c.number, c.kind FROM carer c LEFT JOIN organization o ON o.id = c.organization WHERE c.active"
        " AND (c.division LIKE {} OR {} LIKE rtrim(c.division, '0') || '%') ORDER BY c.number LIMIT 1000",
        scope, actor.scope,
    )  # fmt: skip
    return (
        [(str(row["id"]), f"{row['display_name']} ({row['username']})") for row in users],
        [(str(row["id"]), row["number"]) for row in carers],
    )
