"""A quarter that is over in the sample city: one contract from its first visit to its last claim.

The last quarter before the day of loading, lived through by the sample's people under the second manager's contract:
a month of care for six homes, the township's check, the month's draw and its spot checks, call-backs, stars, a
complaint, then the frozen facts, the score, an appeal, the statement, a claim that was paid and one on its way. What
would lie ahead of the day of loading is left out: early in a quarter the story ends where time has come to.
"""

from contextlib import suppress
from datetime import datetime

from bangfu.sample import quarter_checks, quarter_homes, quarter_pay, quarter_score, quarter_visits, quarter_voices
from bangfu.sample.quarter_past import NotYetError, Past, past_of
from bangfu.sample.quarter_visits import Turn


async def load(at: datetime) -> None:
    """Once; nothing without the organisation's contract in that quarter."""
    if await quarter_homes.loaded():
        return
    past = await past_of(at)
    if past is not None:
        with suppress(NotYetError):
            await _live_through(past)


async def _live_through(past: Past) -> None:
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
