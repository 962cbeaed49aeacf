"""Quarters that are over in the sample city: one contract from its first visit to its last claim, one frozen.

The last quarter before the day of loading, lived through by the sample's people. Under the second manager's contract: a
month of care for six homes, the township's check, the month's draw and its spot checks, call-backs, stars, a
complaint, then the frozen facts, the score, an appeal, the statement, a claim that was paid and one on its way. Under
the first manager's: three homes, up to the frozen facts; life_part goes on from there. What would lie ahead of the day
of loading is left out: early in a quarter the stories end where time has come to.
"""

from contextlib import suppress
from datetime import datetime
from typing import Final

from bangfu.errors import Told
from bangfu.sample import quarter_checks, quarter_homes, quarter_pay, quarter_score, quarter_visits, quarter_voices
from bangfu.sample.quarter_past import NotYetError, Past, Story, Turn, past_of

WHOLE: Final = Story(
    "", "manager2", "caregiver2", 1, 6,
    {
        (0, 1): Turn(metres=640, cleared="location_drift"), (1, 2): Turn(how="missed"), (2, 2): Turn(how="excused"),
        (3, 1): Turn(how="afterwards"), (4, 2): Turn(late=50, cleared="agreed_time"),
        (5, 1): Turn(share=0.8, cleared="asked_household"),
    },
)  # fmt: skip
FROZEN: Final = Story(
    "frozen:", "manager1", "caregiver1", 7, 3,
    {(0, 1): Turn(late=45, cleared="agreed_time"), (1, 2): Turn(how="missed"), (2, 1): Turn(how="missed")},
)  # fmt: skip


async def load(at: datetime) -> None:
    """Once; nothing without the organisation's contract in that quarter."""
    past = None if await quarter_homes.loaded(WHOLE) else await past_of(WHOLE, at)
    if past is not None:
        # A refusal (another calendar, a line without room) leaves the rest out; the sample's test says what is shown.
        with suppress(NotYetError, Told):
            await _whole(past)
    other = None if await quarter_homes.loaded(FROZEN) else await past_of(FROZEN, at)
    if other is not None:
        with suppress(NotYetError, Told):
            await _up_to_the_freeze(other)


async def _whole(past: Past) -> None:
    tasks = await quarter_homes.served(past)
    if not tasks:
        return
    await quarter_pay.enter_account(past)
    await quarter_voices.set_goals(past, tasks)
    draw_round = await quarter_checks.open_round(past)
    served = await quarter_visits.serve(past, tasks)
    await quarter_voices.complain(past, served)
    await quarter_voices.call_back(past)
    await quarter_voices.give_stars(past, tasks)
    await quarter_voices.judge_goals(past)
    await quarter_visits.end_service(past, tasks, served)
    if draw_round is None:
        return
    await quarter_checks.draw(past, draw_round)
    await quarter_checks.check(past, {each.id for each in served if each.turn == Turn()})
    await quarter_voices.close_calls(past)
    score, since = await quarter_score.published(past)
    await quarter_score.appealed(past, score, since)
    await quarter_pay.pay_undisputed(past, score, since)
    final = await quarter_score.decided(past, score, since)
    await quarter_pay.claim_the_rest(past, score, final)


async def _up_to_the_freeze(past: Past) -> None:
    tasks = await quarter_homes.served(past)
    if not tasks:
        return
    draw_round = await quarter_checks.open_round(past)
    served = await quarter_visits.serve(past, tasks)
    await quarter_voices.call_back(past)
    await quarter_voices.give_stars(past, tasks)
    await quarter_visits.end_service(past, tasks, served)
    if draw_round is None:
        return
    await quarter_checks.draw(past, draw_round)
    await quarter_checks.check(past, ())
    await quarter_voices.close_calls(past)
    await quarter_score.frozen(past)
