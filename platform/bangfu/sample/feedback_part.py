"""Feedback in the sample city: calls made and waiting, cards with stars, a low score, observations of a volunteer."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.agreements.rules import ROLES
from bangfu.errors import Told
from bangfu.feedback import calling, coding, observing, rating, rounds
from bangfu.feedback.calling import Said
from bangfu.feedback.observing import Seen
from bangfu.feedback.rating import Score
from bangfu.feedback.serving import services_of
from bangfu.feedback.tables import Callback, CallbackRound, ProcessObservation, RatingCode
from bangfu.sample.accounts import actor_of
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, quarter_of

MARK: Final = "sample-feedback"
WELL: Final = {"came": "yes", "person": "yes", "duration": "yes", "items": "yes", "attitude": "yes", "money": "no"}
CALLS: Final = (
    Said("person", WELL, words="来得准时，话说得和气。", stars=5),
    Said("family", {**WELL, "duration": "no", "attitude": "unsure"}, words="儿子说只待了半个钟头。", stars=2),
)
STARS: Final = (
    (5, "self", ""),
    (4, "guardian", "挺好的。"),
    (2, "self", "有一次没打招呼就改了时间。"),
    (5, "self", ""),
)


def key(name: str) -> UUID:
    """The same id in every load, so that a repeat changes nothing."""
    return uuid5(NAMESPACE_URL, f"{MARK}:{name}")


async def load(at: datetime) -> None:
    """Once: the rounds of the quarter, two calls made and one tried, cards with stars, what a volunteer observed."""
    if await CallbackRound.exists():
        return
    coordinator, volunteer = await actor_of("coordinator"), await actor_of("volunteer1")
    await rounds.open_rounds(*quarter_of(civil_date(at)), at)
    await _calls(coordinator, at)
    await _stars(coordinator, at)
    await _observed(volunteer, at)


async def _calls(coordinator: Actor, at: datetime) -> None:
    rows: list[dict[str, Any]] = await Callback.raw(
        "SELECT id FROM callback WHERE division LIKE {} ORDER BY chosen_at, place, mark LIMIT 3", f"{OFFICER_TOWN}%"
    )
    for row, said in zip(rows, CALLS, strict=False):
        with suppress(Told):
            await calling.answer(coordinator, row["id"], said, at - timedelta(hours=1))
    for row in rows[len(CALLS) :]:
        with suppress(Told):
            await calling.note_attempt(coordinator, row["id"], key("tried"), "no_answer", at - timedelta(hours=2))


async def _stars(coordinator: Actor, at: datetime) -> None:
    year, quarter = quarter_of(civil_date(at))
    rows = await RatingCode.raw(
        "SELECT h.division, count(DISTINCT h.id) AS n FROM household h JOIN visit v ON v.household = h.id"
        " WHERE h.division LIKE {} AND v.submitted_at IS NOT NULL GROUP BY h.division ORDER BY n DESC, h.division",
        f"{OFFICER_TOWN}%",
    )
    left = list(STARS)
    for row in rows:
        with suppress(Told):
            cards = await coding.print_sheet(coordinator, key(f"sheet {row['division']}"), row["division"], at)
            for card in cards:
                home = await RatingCode.raw("SELECT id FROM household WHERE number = {}", card.household_number)
                parts = await services_of(home[0]["id"], year, quarter)
                if left and parts:
                    stars, source, words = left.pop(0)
                    given = {(part.kind, part.subject): stars for part in parts}
                    score = Score(key(f"score {len(left)}"), given, source, words)
                    await rating.give_by_code(None, card.code, score, at)


async def _observed(volunteer: Actor, at: datetime) -> None:
    """What the volunteer saw in a home with an agreement; nothing where no such home is visited."""
    for home in (await observing.homes_of(volunteer, at))[:1]:
        if not home["free"] or await ProcessObservation.exists():
            continue
        answers = {**dict.fromkeys(ROLES, "not_seen"), "caregiver": "kept", "village": "partly", "person": "kept"}
        seen = Seen(key("seen"), "meal", civil_date(at), answers, "一起吃的中饭，饭菜是热的；村里这周还没来看过。")
        with suppress(Told):
            await observing.observe(volunteer, home["id"], seen, at)
