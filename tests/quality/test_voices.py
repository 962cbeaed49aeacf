"""What a home says stands in the facts under a mark that leads to none of its visits; few voices not at all."""

from dataclasses import replace

import pytest

from bangfu.feedback import rating
from bangfu.quality.freezing import figures_of
from bangfu.quality.gathering import gather
from bangfu.quality.score_view import view_of
from bangfu.quality.snapshot import RatingFact
from bangfu.quality.voices import linked, shown, voice_of
from bangfu.shared.clock import now
from tests.feedback import feedback_steps as steps
from tests.quality.quarter_facts import quarter
from tests.quality.scored import AFTER, QUARTER, YEAR
from tests.support import World


def voices(number: int) -> list[RatingFact]:
    return [RatingFact(f"V{n}", 5 - n % 3, 1) for n in range(number)]


@pytest.mark.parametrize(("number", "listed", "withheld"), [(0, 0, 0), (1, 0, 1), (4, 0, 4), (5, 5, 0), (9, 9, 0)])
def test_single_voices_stand_in_the_facts_from_five_homes_on(number: int, listed: int, withheld: int) -> None:
    found, counted = shown(voices(number))
    assert (len(found), counted) == (listed, withheld)


def test_fewer_than_five_homes_are_counted_and_no_star_of_theirs_is_told() -> None:
    facts = quarter(ratings=(), ratings_withheld=4)
    view = view_of(facts)
    row = next(row for row in view.rows if row.code == "Q6")
    assert (row.denominator, row.numerator, row.points, view.voices, view.stars) == ("4", "0.0", None, 4, None)
    assert figures_of(facts).counted.counts.ratings_sum == 0


def test_few_voices_do_not_count_whatever_a_standard_calls_enough() -> None:
    facts = quarter(ratings=(), ratings_withheld=4)
    eager = replace(facts, standard={**facts.standard, "ratings_least": 1})
    assert view_of(eager).scored.score == view_of(facts).scored.score
    assert next(row for row in view_of(eager).rows if row.code == "Q6").points is None


@pytest.mark.database
async def test_the_provider_cannot_tell_from_the_facts_which_home_gave_few_stars(world: World) -> None:
    (visit,) = await steps.served(world)
    contract = await steps.contract_of(visit)
    await rating.give_by_code(None, await steps.card(world), steps.score(contract, 1), now())
    facts = await gather("contract", contract, YEAR, QUARTER, AFTER)
    assert (facts.ratings, facts.ratings_withheld) == ((), 1)
    mark, call = (voice_of(str(contract), YEAR, QUARTER, kind)(visit.household) for kind in ("voice", "call"))
    assert mark != call
    assert not {mark, call} & {each.recipient for each in (*facts.visits, *facts.windows)}
    (known,) = (await linked(replace(facts, ratings=(RatingFact(mark, 1, 1),)))).ratings
    assert known.recipient == facts.visits[0].recipient
