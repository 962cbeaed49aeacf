"""What a home says stands in the facts under a mark that leads to none of its visits."""

import pytest

from bangfu.feedback import rating
from bangfu.quality.gathering import gather
from bangfu.quality.voices import linked
from bangfu.shared.clock import now
from tests.feedback import feedback_steps as steps
from tests.quality.scored import AFTER, QUARTER, YEAR
from tests.support import World

pytestmark = pytest.mark.database


async def test_the_provider_cannot_tell_from_the_facts_which_home_gave_few_stars(world: World) -> None:
    (visit,) = await steps.served(world)
    contract = await steps.contract_of(visit)
    await rating.give_by_code(None, await steps.card(world), steps.score(contract, 1), now())
    facts = await gather("contract", contract, YEAR, QUARTER, AFTER)
    (voice,) = facts.ratings
    assert voice.recipient not in {each.recipient for each in (*facts.visits, *facts.windows)}
    assert voice.recipient.startswith("V")
    assert facts.ratings == (await gather("contract", contract, YEAR, QUARTER, AFTER)).ratings
    (known,) = (await linked(facts)).ratings
    assert known.recipient == facts.visits[0].recipient
