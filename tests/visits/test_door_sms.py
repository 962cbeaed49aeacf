"""The household's word by text message: through a gateway on this machine, once, with few tries."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bangfu.messages.channels import offered
from bangfu.settings import Outgoing, Settings
from bangfu.visits import door_sms
from bangfu.visits.door_tables import VisitSmsCode
from tests.messages.sinks import Receiver, listening
from tests.support import World
from tests.visits import door_steps as door
from tests.visits import visit_steps as steps

pytestmark = pytest.mark.usefixtures("database")
SECRET = "a-secret-of-the-test-with-many-letters"


@pytest.fixture
def gateway(tmp_path: Path, app: object) -> Iterator[object]:
    """Sends text messages to a server on this machine, and nothing afterwards."""

    def use(url: str) -> None:
        outgoing = Outgoing(
            sms_url=url, sms_key="k", sms_secret=SECRET, sms_template="T-1", sms_code_template="T-2", private_hosts=True
        )
        offered.configure(replace(Settings(data=tmp_path), outgoing=outgoing))

    yield use
    offered.configure(Settings(data=tmp_path))


async def test_a_code_goes_to_the_household_and_counts_once(world: World, visit, gateway) -> None:
    made, page = await steps.started(world), await visit("caregiver")
    assert 'value="sms_code"' not in (await page.get(f"/my-visits/{made.id}")).text
    assert (await page.post(f"/my-visits/{made.id}/sms")).status_code == 409
    async with listening(Receiver(usual={"code": 0})) as receiver:
        gateway(receiver.url)
        assert 'value="sms_code"' in (await page.get(f"/my-visits/{made.id}")).text
        assert (await page.post(f"/my-visits/{made.id}/sms")).status_code == 303
        sent = receiver.requests[-1].document
        assert sent["phone"] == "13900000017"
        code = sent["params"]["code"]
        wrong = door.finishing(confirmation="sms_code", sms_code=f"{(int(code) + 1) % 10**6:06d}")
        assert (await page.post(f"/my-visits/{made.id}/finish", wrong)).status_code == 422
        right = await page.post(f"/my-visits/{made.id}/finish", {**wrong, "sms_code": code})
        assert right.status_code == 303, right.text
    kept = await VisitSmsCode.objects().where(VisitSmsCode.visit == made.id)
    assert [bool(row.used_at) for row in kept] == [True]
    assert code not in kept[0].code_hash


async def test_after_five_wrong_codes_another_way_is_asked_for_and_works(world: World, visit, gateway) -> None:
    made, page = await steps.started(world), await visit("caregiver")
    form = door.finishing(confirmation="sms_code", sms_code="000000")
    answers = [await page.post(f"/my-visits/{made.id}/finish", form) for _ in range(6)]
    assert "Too many wrong codes" in answers[-1].text
    assert door_sms.tries.most == 5
    assert (await page.post(f"/my-visits/{made.id}/finish", door.finishing())).status_code == 303


async def test_nobody_gets_more_than_three_codes_and_a_dead_gateway_says_so(world: World, visit, gateway) -> None:
    made, page = await steps.started(world), await visit("caregiver")
    async with listening(Receiver(usual={"code": "BUSY"})) as receiver:
        gateway(receiver.url)
        answers = [await page.post(f"/my-visits/{made.id}/sms") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [409] * 4
    assert "could not be sent" in answers[0].text
    assert "Enough codes" in answers[3].text
