"""On which ground the data of a household may be used: one question, asked everywhere (DOMAIN.md 9.1, 一证一书).

The rule itself stands once, in the database's functions consent_covers and has_ground (migration t01_06), so that a
page, an offer and the query that fills a match run cannot differ.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from bangfu.errors import Refused
from bangfu.households.consent_rules import MINOR_MISSING, MISSING, WITHDRAWN
from bangfu.households.facts import Ground
from bangfu.households.tables import Consent
from bangfu.shared.actor import Actor

_COVERING = (
    "SELECT c.id FROM consent c WHERE c.household = {} AND has_ground({}, {}, {}, {})"
    " AND consent_covers(c, {}, {}, ground_subject({}, {})) ORDER BY c.recorded_at DESC, c.id"
)


async def grounds_for(
    household: UUID, purpose: str, on: date, person: UUID | None = None, *, hold: bool = False
) -> list[UUID]:
    """The consents and statutory grounds that cover the purpose on that day, the newest first.

    `person` is the member concerned, None the head; for a child under 14 none counts unless the use of minors' data is
    covered as well. `hold` keeps them from being withdrawn until the transaction ends.
    """
    rows = await Consent.raw(
        _COVERING + (" FOR SHARE OF c" if hold else ""),
        household, household, purpose, on, person, purpose, on, household, person,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def ground_for(
    household: UUID, purpose: str, on: date, person: UUID | None = None, *, hold: bool = False
) -> UUID | None:
    """The newest ground that covers the purpose on that day, or None; arguments as `grounds_for`."""
    found = await grounds_for(household, purpose, on, person, hold=hold)
    return found[0] if found else None


async def require_ground(household: UUID, purpose: str, on: date, person: UUID | None = None) -> UUID:
    """The ground on which this may be done; it is held until the transaction ends.

    Raises:
        Refused: with the sentence that names what is missing.
    """
    found = await ground_for(household, purpose, on, person, hold=True)
    if found is None:
        raise Refused(await missing(household, purpose, on, person))
    return found


async def missing(household: UUID, purpose: str, on: date, person: UUID | None = None) -> str:
    """The sentence (a message id) for a purpose that has no ground."""
    rows = await Consent.raw(
        "SELECT coalesce(bool_or(consent_covers(c, {}, {}, ground_subject({}, {}))), false) AS only_minor,"
        " coalesce(bool_or(c.withdrawn_at IS NOT NULL), false) AS withdrawn,"
        " coalesce(bool_or(consent_covers(c, 'service', {}, ground_subject({}, {}))), false) AS service"
        " FROM consent c WHERE c.household = {}",
        purpose, on, household, person, on, household, person, household,
    )  # fmt: skip
    if rows[0]["only_minor"]:
        return MINOR_MISSING
    if rows[0]["withdrawn"] and not rows[0]["service"]:
        return WITHDRAWN
    return MISSING[purpose]


async def add_ground(actor: Actor, household: UUID, ground: Ground, key: UUID | None = None) -> UUID:
    """Store a ground inside the transaction of the verb that records it."""
    row = Consent(
        id=key or uuid4(), household=household, person=ground.person, ground=ground.ground,
        purposes=list(ground.purposes), giver=ground.giver, giver_relation=ground.giver_relation,
        statute=ground.statute, text_version=ground.text_version, method=ground.method, given_on=ground.given_on,
        valid_until=ground.valid_until, scan=ground.scan, recorded_by=actor.user,
    )  # fmt: skip
    await row.save()
    found: UUID = row.id
    return found


Hold = Callable[[UUID], Awaitable[None]]
Follow = Callable[[Actor, UUID, datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Follower:
    """What a later feature does when a household withdraws: `hold(household)` takes its row locks before the consent's
    own (so that nobody waits in a circle), `follow(actor, household, at)` ends what has lost its ground."""

    hold: Hold
    follow: Follow


_followers: list[Follower] = []


def on_withdrawal(follower: Follower) -> None:
    """Let a later feature follow a withdrawal, inside its transaction; registered once."""
    if follower not in _followers:
        _followers.append(follower)


async def hold_for_withdrawal(household: UUID) -> None:
    """The locks of every follower."""
    for follower in _followers:
        await follower.hold(household)


async def follow_withdrawal(actor: Actor, household: UUID, at: datetime) -> None:
    """Let every follower end what has lost its ground."""
    for follower in _followers:
        await follower.follow(actor, household, at)
