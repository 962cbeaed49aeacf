"""A holder gives the hash of a secret, replaces it while it stands alone, or says that the secret is lost."""

import re
from datetime import datetime
from typing import Final
from uuid import UUID

from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.oversight import draw_rounds as rounds
from bangfu.oversight import draw_rules as rules
from bangfu.oversight.draw_tables import DrawRound, DrawSecret
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.permissions import allows

COMMIT: Final = "draws.commit"
_HASH: Final = re.compile(r"[0-9a-f]{64}")


async def commit(actor: Actor, key: UUID, draw_round: UUID, text: str, at: datetime) -> None:
    """Take the SHA-256 of the actor's secret and publish it; the same key or the same hash again changes nothing.

    Raises:
        NotYours: for another county's draw.
        NotAllowed: without the permission.
        FormError: for text that is no SHA-256, or one that was ever given before.
        Refused: once the month is over or both hashes stand, where a colleague holds the side's secret, and for who
            did not give an earlier secret of this draw.
    """
    wanted = text.strip().lower().removeprefix("sha-256").removeprefix("sha256:").strip()
    async with transaction():
        row, side = await entered(actor, draw_round)
        standing = await rounds.standing_of(row.id)
        own = next((one for one in standing if one.side == side), None)
        if (own is not None and own.hash == wanted) or await _known_key(actor, key):
            return
        why = rules.may_commit(row.status, side, rounds.held(standing), rounds.last_moment(row), at)
        if why:
            raise Refused(why)
        if own is not None and own.holder != actor.user:
            raise Refused(N_("A colleague's hash stands for your side; only who gave it can replace it."))
        await _check_trusted(actor, row)
        await _check_hash(wanted)
        await _keep(actor, row, side, key, wanted, own, at)
        if not rounds.last_moment(row) and not rules.missing(rounds.held(await rounds.standing_of(row.id))):
            await rounds.close(row, at)


async def give_up(actor: Actor, draw_round: UUID, reason: str, at: datetime) -> None:
    """The holder says that the secret is lost, or that the hash is not the holder's: the round is void, a new one asks
    both for new secrets. Repeats change nothing.

    Raises:
        NotYours, NotAllowed: as `commit`.
        FormError: without a reason.
        Refused: for whoever has no hash in the round, or has given the secret already.
    """
    if reason not in rules.GIVE_UP:
        raise FormError({"reason": (N_("Please choose one of the list."), {})})
    async with transaction():
        row, side = await entered(actor, draw_round)
        own = next((one for one in await rounds.standing_of(row.id) if one.side == side), None)
        if row.status == "void" and row.void_reason == reason and row.void_side == side:
            return
        if own is None or own.holder != actor.user or own.revealed_at is not None:
            raise Refused(N_("You have no secret in this round that is still to be given."))
        await rounds.end(actor, row, "give_up", reason, (side,), at)


async def entered(actor: Actor, draw_round: UUID) -> tuple[DrawRound, str]:
    """The locked round and the side that the actor stands for.

    Raises:
        NotYours: for another county's draw.
        NotAllowed: without the permission.
    """
    row = await rounds.locked(draw_round)
    return row, side_in(actor, row)


def side_in(actor: Actor, row: DrawRound) -> str:
    """The side that the actor stands for in a round.

    Raises:
        NotYours, NotAllowed: as `entered`.
    """
    if not actor.sees(row.division):
        raise NotYours
    side = rules.side_of(actor.roles)
    if not side or not allows(actor.roles, COMMIT):
        raise NotAllowed
    return side


async def _known_key(actor: Actor, key: UUID) -> bool:
    known = await DrawSecret.objects().get(DrawSecret.id == key)
    if known is not None and known.holder != actor.user:
        raise NotYours
    return known is not None


async def _check_trusted(actor: Actor, row: DrawRound) -> None:
    """Who let a round fail once its lists were closed gives no other secret for them: refusing draws nothing anew."""
    failed = await DrawSecret.raw(
        "SELECT 1 FROM draw_secret s JOIN draw_round r ON r.id = s.round WHERE r.kind = {} AND r.division = {}"
        " AND r.year = {} AND r.month = {} AND r.quarter = {} AND r.contract IS NOT DISTINCT FROM {}"
        " AND r.status = 'void' AND r.closed_at IS NOT NULL AND s.replaced_at IS NULL AND s.revealed_at IS NULL"
        " AND r.void_side IN (s.side, 'both') AND s.holder = {} LIMIT 1",
        *(getattr(row, name) for name in rounds.KEY), actor.user,
    )  # fmt: skip
    if failed:
        raise Refused(
            N_("An earlier round of this draw failed because your secret was not given: a colleague gives this one.")
        )


async def _check_hash(wanted: str) -> None:
    if not _HASH.fullmatch(wanted):
        raise FormError({"hash": (N_("Please enter the SHA-256 as 64 digits 0-9 and a-f."), {})})
    if await DrawSecret.exists().where(DrawSecret.hash == wanted):
        raise FormError({"hash": (N_("This SHA-256 was given before. Make a new secret, used nowhere else."), {})})


async def _keep(
    actor: Actor, row: DrawRound, side: str, key: UUID, wanted: str, former: DrawSecret | None, at: datetime
) -> None:
    if former is not None:
        await DrawSecret.update({DrawSecret.replaced_at: at}).where(DrawSecret.id == former.id)
    await DrawSecret(
        id=key, round=row.id, side=side, holder=actor.me, hash=wanted, committed_at=at
    ).save()  # fmt: skip
    data = {"side": side, "hash": wanted, **({"replaces": former.hash} if former else {})}
    await rounds.step(actor, row, "commit", at, data, event="replaced" if former else "committed")
    await rounds.settle_side(actor, row, "commit", side, at)
    told = [user for user in await rounds.overseers(row.division) if user != actor.user]
    params = {"draw": rounds.name_of(row), "draw_side": side}
    await send([*told, actor.me], "draw_committed", f"/draws/{row.id}", params)
