"""A holder gives the secret; with the second one the draw is made, in the same transaction (DOMAIN.md 5.3)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.oversight import draw_holding
from bangfu.oversight import draw_rounds as rounds
from bangfu.oversight import draw_rules as rules
from bangfu.oversight import draw_script as script
from bangfu.oversight.check_making import make_checks, make_survey_checks
from bangfu.oversight.draw_committing import entered, side_in
from bangfu.oversight.draw_holding import rows_of
from bangfu.oversight.draw_tables import DrawList, DrawPick, DrawRound, DrawSecret, FullCheck
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import decrypt, encrypt
from bangfu.shared.database import transaction

FIRST: Final = {("month", "visits"): "regular", ("month", "surveys"): "survey"}
"""Kind and population -> the origin of what is drawn first; a second draw's is `second`."""


async def reveal(actor: Actor, draw_round: UUID, text: str, at: datetime) -> bool:
    """Take the actor's secret, checked against its hash; the second one draws. Repeats change nothing.

    The first secret is kept sealed and shown to nobody: the other holder must not know the result before giving the
    own secret.

    Returns:
        Whether the draw is made.

    Raises:
        NotYours: for another county's draw.
        NotAllowed: without the permission.
        FormError: for a secret that does not have the published hash.
        Refused: before the lists are closed, after the last day, and for whoever has no hash in the round.
    """
    async with transaction():
        await _hold(actor, draw_round, text)
        row, side = await entered(actor, draw_round)
        standing = await rounds.standing_of(row.id)
        own = next((one for one in standing if one.side == side), None)
        if own is None or own.holder != actor.user:
            raise Refused(N_("You have no secret in this round that is still to be given."))
        if own.revealed_at is not None:
            return row.status == "drawn"
        rules.DRAW_MACHINE.step(row.status, "reveal")
        if row.reveal_until is not None and at >= row.reveal_until:
            raise Refused(N_("The time to give the secrets is over; a new round begins."))
        _check(own, text)
        await _keep(actor, row, own, script.secret_bytes(text).hex(), at)
        if rules.unrevealed(rounds.held(await rounds.standing_of(row.id))):
            return False
        await _draw(actor, row, at)
        return True


async def _hold(actor: Actor, draw_round: UUID, text: str) -> None:
    """Lock what the last secret will draw before the county's audit chain is locked (draw_holding); nothing for anybody
    whose secret it is not.

    Raises:
        NotYours, NotAllowed: as `reveal`.
    """
    row = await DrawRound.objects().get(DrawRound.id == draw_round)
    if row is None:
        raise NotYours
    side = side_in(actor, row)
    standing = {one.side: one for one in await rounds.standing_of(draw_round)}
    own, other = standing.get(side), next((one for one in standing.values() if one.side != side), None)
    if row.status != "closed" or own is None or own.holder != actor.user or other is None or not other.secret_enc:
        return
    _check(own, text)
    secrets = {side: script.secret_bytes(text), other.side: bytes.fromhex(_open(other))}
    lists = await rounds.lists_of(row)
    await draw_holding.lists([one.contract for one in lists], row.year, row.quarter)
    wanted: dict[str, list[str]] = {"visits": [], "surveys": []}
    for one in lists:
        seed = script.seed_of(secrets["bureau"], secrets["auditor"], one.list_hash)
        wanted[one.population] += [subject for subject, _ in script.choose(seed, rows_of(one), one.share, one.n)]
    for population, found in wanted.items():
        await draw_holding.subjects(found, population)
    for contract in sorted({one.contract for one in lists}):
        await draw_holding.of_carers(contract, row.year, row.quarter)


def _open(one: DrawSecret) -> str:
    return decrypt(one.secret_enc, f"draw_secret:secret_enc:{one.id}")


def _check(own: DrawSecret, text: str) -> None:
    try:
        made = script.commitment(script.secret_bytes(text))
    except script.Unusable:
        raise FormError({"secret": (N_("Please enter the secret as 64 digits 0-9 and a-f."), {})}) from None
    if made != own.hash:
        raise FormError({"secret": (N_("This secret does not have the SHA-256 that you gave. Check every digit."), {})})


async def _keep(actor: Actor, row: DrawRound, own: DrawSecret, secret: str, at: datetime) -> None:
    values: dict[Any, Any] = {
        DrawSecret.revealed_at: at, DrawSecret.secret_enc: encrypt(secret, f"draw_secret:secret_enc:{own.id}"),
    }  # fmt: skip
    await DrawSecret.update(values).where(DrawSecret.id == own.id)
    await rounds.step(actor, row, "reveal", at, {"side": own.side}, event="revealed")
    await rounds.settle_side(actor, row, "reveal", own.side, at)


async def _draw(actor: Actor, row: DrawRound, at: datetime) -> None:
    """closed -> drawn: both secrets become public, every list is drawn, checks are made."""
    secrets = await _opened(row.id)
    lists = await rounds.lists_of(row)
    seeds = {}
    for one in lists:
        found = script.seed_of(bytes.fromhex(secrets["bureau"]), bytes.fromhex(secrets["auditor"]), one.list_hash)
        seeds[f"{one.contract}/{one.population}"] = found.hex()
        await _draw_list(actor, row, one, found, at)
    await rounds.step(actor, row, "draw", at, {"secrets": secrets, "seeds": seeds}, event="drawn", drawn_at=at)
    for one in lists:
        await add_full_checks(one.contract, one.year, one.quarter, at)
    params = {
        "draw": rounds.name_of(row),
        "n": sum([await DrawPick.count().where(DrawPick.list == x.id) for x in lists]),
    }
    await send(await rounds.overseers(row.division), "draw_made", f"/draws/{row.id}", params)


async def _opened(draw_round: UUID) -> dict[str, str]:
    """Side -> secret as hex; from now on they stand in the open."""
    found = {}
    for one in await rounds.standing_of(draw_round):
        found[one.side] = _open(one)
        values: dict[Any, Any] = {DrawSecret.secret: found[one.side], DrawSecret.secret_enc: ""}
        await DrawSecret.update(values).where(DrawSecret.id == one.id)
    return found


async def _draw_list(actor: Actor, row: DrawRound, one: DrawList, seed: bytes, at: datetime) -> None:
    first = FIRST.get((one.kind, one.population), "second")
    chosen = script.choose(seed, rows_of(one), one.share, one.n, first)
    await DrawList.update(
        {DrawList.round: row.id, DrawList.seed: seed.hex(), DrawList.drawn_at: at}
    ).where(DrawList.id == one.id)  # fmt: skip
    one.seed, one.drawn_at, one.round = seed.hex(), at, row.id
    data = {"draw": rounds.name_of(row), "contract": str(one.contract), "seed": seed.hex(), "drawn": len(chosen)}
    await audit.record(actor, "draw.list_drawn", "draw_list", one.id, division=one.division, at=at, data=data)
    await pick(one, chosen, at)


async def pick(
    one: DrawList, chosen: Sequence[tuple[str, str]], at: datetime, *, replaces: DrawPick | None = None
) -> list[DrawPick]:
    """Add drawn visits or surveys to a locked list and make their checks, in this order."""
    place = await DrawPick.count().where(DrawPick.list == one.id)
    picks = [
        DrawPick(
            id=uuid4(), list=one.id, subject=UUID(subject), place=place + number, origin=origin, at=at,
            replaces=replaces.subject if replaces else None,
        )
        for number, (subject, origin) in enumerate(chosen, 1)
    ]  # fmt: skip
    if not picks:
        return []
    await DrawPick.insert(*picks)
    origins, former = [(each.subject, each.origin) for each in picks], replaces.check if replaces else None
    make = make_survey_checks if one.population == "surveys" else make_checks
    checks = await make(one.id, one.contract, origins, at, replaces=former)
    await DrawPick.raw(
        'UPDATE draw_pick p SET "check" = s.id FROM spot_check s WHERE p.list = {} AND p."check" IS NULL'
        " AND s.draw = p.list AND coalesce(s.visit, s.assessment) = p.subject AND s.id = ANY({}::uuid[])",
        one.id, checks,
    )  # fmt: skip
    return picks


async def add_full_checks(contract: UUID, year: int, quarter: int, at: datetime) -> list[UUID]:
    """What a forgery asks for: of each carer under full check every visit of the quarter's drawn lists that is not
    drawn yet. Returns the visits; repeats change nothing."""
    carers = await FullCheck.select(FullCheck.carer).where(
        (FullCheck.contract == contract) & (FullCheck.year == year) & (FullCheck.quarter == quarter)
    )
    if not carers:
        return []
    added = []
    for one in await DrawList.objects().where(
        (DrawList.contract == contract) & (DrawList.year == year) & (DrawList.quarter == quarter)
        & (DrawList.kind == "month") & (DrawList.population == "visits") & DrawList.drawn_at.is_not_null()
    ).order_by(DrawList.month).lock_rows("UPDATE"):  # fmt: skip
        rows = await DrawPick.raw(
            "SELECT v.id FROM visit v WHERE v.id = ANY({}::uuid[]) AND (v.carer = ANY({}) OR v.partner = ANY({}))"
            " AND NOT EXISTS (SELECT 1 FROM draw_pick p JOIN draw_list l ON l.id = p.list"
            " WHERE p.subject = v.id AND l.contract = {}) ORDER BY v.id",
            [row[0] for row in rows_of(one)], *[[row["carer"] for row in carers]] * 2, contract,
        )  # fmt: skip
        added += [each.subject for each in await pick(one, [(str(row["id"]), "full") for row in rows], at)]
    return added
