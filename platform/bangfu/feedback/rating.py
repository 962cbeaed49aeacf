"""Scores of 1 to 5 stars: by the household's code on paper, or by who called back (DOMAIN.md 5.4).

Scores add up: a household's one voice in a quarter is the mean of its own scores. Two scores by the same code about the
same contract on one day are one: the later one stands. Who serves never scores; code refuses it here, a trigger
whatever wrote it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from bangfu.accounts.queries import users_with
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.feedback import codes, policy, rules
from bangfu.feedback.serving import Service, on_serving_side, services_of
from bangfu.feedback.tables import Rating, RatingCode
from bangfu.households.sealing import seal
from bangfu.messages.actions import send
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, quarter_span
from bangfu.shared.database import transaction

PUBLIC = Actor(user=None, username="public", display_name="public", roles=frozenset({"recipient"}))
SERVES = N_("You belong to the side that serves: only the people served give stars.")


@dataclass(frozen=True, slots=True)
class Score:
    """What a household gives with its code. `stars`: (kind, subject) -> 1 to 5; `key` is the form's."""

    key: UUID
    stars: Mapping[tuple[str, UUID], int]
    source: str = "self"
    words: str = ""
    traits: str = ""
    """Keyed hash of network and browser."""


async def code_row(typed: str, at: datetime) -> RatingCode | None:
    """The live card behind a code; None for a wrong, void or expired one, without a difference."""
    code = codes.typed(typed)
    if not code:
        return None
    row: RatingCode | None = await RatingCode.objects().get(RatingCode.code_hash == codes.hashed(code))
    return row if row is not None and row.status == "printed" and at < row.expires_at else None


async def parts_of(row: RatingCode) -> list[Service]:
    """What a card's home may score: services and days of its quarter, no names."""
    return await services_of(row.household, row.year, row.quarter)


async def give_by_code(visitor: Actor | None, typed: str, score: Score, at: datetime) -> None:
    """Keep the stars that a household gives. The same form again is the same score.

    Args:
        visitor: who is signed in on the phone, if anybody is.

    Raises:
        NotYours: for a code that is not live, or stars for something that did not serve the home.
        NotAllowed: for somebody of the serving side who is signed in.
        FormError: without stars, or for other numbers than 1 to 5.
        Refused: where the code was used too often.
    """
    live = await code_row(typed, at)
    if live is None:
        raise NotYours
    _check(score)
    async with transaction():
        await audit.hold(live.division)
        row = await RatingCode.objects().where(RatingCode.id == live.id).first().lock_rows("UPDATE")
        if row is None or row.status != "printed" or row.code_hash != live.code_hash:
            raise NotYours
        parts = {(part.kind, part.subject) for part in await parts_of(row)}
        if not set(score.stars) <= parts:
            raise NotYours
        for kind, subject in score.stars:
            if visitor and await on_serving_side(visitor.user, kind, subject, row.household, row.year, row.quarter):
                raise NotAllowed(SERVES)
        if await Rating.exists().where((Rating.code == row.id) & Rating.id.is_in(_keys(score))):
            return
        if row.uses >= policy.in_force(quarter_span(row.year, row.quarter)[0]).code_uses:
            raise Refused(N_("This card was used very often; please call the station."))
        await RatingCode.update({RatingCode.uses: row.uses + 1}).where(RatingCode.id == row.id)
        for (kind, subject), key in zip(sorted(score.stars), _keys(score), strict=True):
            await _keep(visitor or PUBLIC, row, (kind, subject), key, score, at)


def _keys(score: Score) -> list[UUID]:
    return [uuid5(score.key, f"{kind}:{subject}") for kind, subject in sorted(score.stars)]


def _check(score: Score) -> None:
    if not score.stars:
        raise FormError({"": (N_("Please give at least one service its stars."), {})})
    if score.source not in {"self", "guardian"}:
        raise FormError({"source": (N_("Please choose one of the list."), {})})
    if any(stars not in rules.STARS for stars in score.stars.values()):
        raise FormError({"": (N_("Please choose 1 to 5 stars."), {})})


async def _keep(actor: Actor, row: RatingCode, part: tuple[str, UUID], key: UUID, score: Score, at: datetime) -> None:
    kind, subject = part
    day, stars = civil_date(at), score.stars[part]
    await Rating.update({Rating.replaced: True}).where(
        (Rating.code == row.id) & (Rating.kind == kind) & (Rating.subject == subject) & (Rating.day == day)
        & Rating.replaced.eq(False)
    )  # fmt: skip
    rating = Rating(
        id=key, kind=kind, subject=subject, household=row.household, division=await _home(row.household),
        year=row.year, quarter=row.quarter, source=score.source, stars=stars, code=row.id, entered_by=actor.user,
        traits=score.traits, day=day, at=at, words_enc=seal("rating", "words_enc", key, score.words),
        has_words=bool(score.words),
    )  # fmt: skip
    await rating.save()
    await tell(actor, rating, at)


async def give_by_caller(actor: Actor, entry: Mapping[str, Any], stars: int, words: str, at: datetime) -> None:
    """The stars that were given in a call-back; joins its transaction. `entry`: calling.entry_for."""
    key = uuid4()
    rating = Rating(
        id=key, kind=entry["kind"], subject=entry["subject"], household=entry["household"],
        division=entry["division"], year=entry["year"], quarter=entry["quarter"], source="caller", stars=stars,
        callback=entry["id"], entered_by=actor.user, day=civil_date(at), at=at,
        words_enc=seal("rating", "words_enc", key, words), has_words=bool(words),
    )  # fmt: skip
    await rating.save()
    await tell(actor, rating, at)


async def _home(household: UUID) -> str:
    rows = await Rating.raw("SELECT division FROM household WHERE id = {}", household)
    return str(rows[0]["division"])


async def tell(actor: Actor, row: Rating, at: datetime) -> None:
    """The event (it names no home: the score is the household's word), and few stars with words to the station."""
    await audit.record(
        actor, "rating.given", "rating", row.id, division=row.division, at=at,
        data={"kind": row.kind, "subject": str(row.subject), "stars": row.stars, "source": row.source,
              "year": row.year, "quarter": row.quarter},
    )  # fmt: skip
    low = policy.in_force(quarter_span(row.year, row.quarter)[0]).low_stars
    if row.stars > low or not row.has_words:
        return
    free = [
        user
        for user in await users_with("station_dispatcher", row.division)
        if not await on_serving_side(user, row.kind, row.subject, row.household, row.year, row.quarter)
    ]
    await send(
        free or await users_with("township_officer", row.division), "rating_low", f"/ratings/{row.id}",
        {"stars": row.stars},
    )  # fmt: skip
