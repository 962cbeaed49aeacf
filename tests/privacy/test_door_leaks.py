"""What is typed, photographed and located at a door stays there: drafts, photos, messages, events, logs and tables hold
nothing of it in plain; who has no part in the visit sees nothing (DOMAIN.md 9.1-9.4)."""

import logging

import pytest

from bangfu.shared import audit
from tests.privacy import leaks
from tests.privacy.leaks import Secrets
from tests.support import World
from tests.visits import door_steps as door
from tests.visits import visit_steps as steps

WORDS = {
    "findings_text": "夜里常喊亡夫的名字", "new_needs": "盼着有人陪去扫墓", "measures": "把灶台的旋钮拆下收好",
    "remarks": "邻家小卖部愿意赊账", "confirm_name": "诸葛明月姑姑",
}  # fmt: skip
REASON = "隔壁老板娘帮忙开的院门"
DANGER = "屋里有人举着板凳追出来"
DEVICE = "7d1f2c44-9b7e-4d7a-8f3e-5a0c6b1e9d20"
POINT = {"lat": "31.780437", "lon": "119.950291"}
CAMERA = "Spionagekamera"


def told() -> Secrets:
    values = {**WORDS, "reason": REASON, "danger": DANGER, "device": DEVICE, "camera": CAMERA, **POINT}
    return Secrets({value: kind for kind, value in values.items()})


async def played(world: World, page) -> list:
    """A visit with everything, sent as drafts with a fault on the way, and one that is stopped for danger."""
    made = await steps.planned(world)
    await door.allow(made.household, "photo", "location")
    path, draft = f"/my-visits/{made.id}", {"headers": {"X-Draft": "1"}}
    answers = [
        await page.post(
            f"{path}/arrive", door.arriving(**POINT, device=DEVICE, method="explained", text=REASON), **draft
        ),
        await page.post(f"{path}/arrive", door.arriving(**POINT, device=DEVICE, offline="1"), **draft),
        await page.post(f"{path}/finish", door.finishing(**WORDS, **{"line-food": ""}), **draft),
    ]
    files = [("photo-warmth", (f"{WORDS['confirm_name']}.jpg", door.photo(), "image/jpeg"))]
    form = door.finishing(
        **WORDS, method="explained", reason="other", text=REASON, device=DEVICE, **{"finding-mood": "urgent"}
    )
    answers.append(await page.post(f"{path}/finish", form, files=files, **draft))
    assert [answer.status_code for answer in answers] == [422, 200, 422, 200]
    again = await page.post(f"{path}/finish", {**form, "key": str(door.fresh())}, **draft)
    assert again.status_code == 409
    stopped = await steps.planned(world)
    answer = await page.post(
        f"/my-visits/{stopped.id}/danger", {"key": str(door.fresh()), "kind": "threat", "what": DANGER}
    )
    assert answer.status_code == 303
    return [made, stopped, *answers, again]


async def test_nothing_of_a_visit_is_written_down_in_plain_or_answered_to_a_draft(
    world: World, visit, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the test's own client
    secrets, page = told(), await visit("caregiver")
    made, _, *answers = await played(world, page)
    for answer in answers:
        assert secrets.found_in(leaks.text_of(answer)) == set()
    written = caplog.text + "".join(capfd.readouterr())
    assert secrets.found_in(written) == set()
    kept = {(table, hit) for table, line in await leaks.rows_of_every_table() for hit in secrets.found_in(line)}
    assert kept == set()
    assert (await steps.visit(made.id)).status in {"submitted", "flagged"}
    assert (await audit.verify())[1] is None


STRANGERS = (
    "other_caregiver", "volunteer", "other_volunteer", "other_manager", "auditor", "admin", "finance", "liaison",
    "grid", "assessor", "outsider", "outside_officer", "outside_coordinator",
)  # fmt: skip


async def test_nobody_without_a_part_in_it_is_shown_anything_and_nothing_stays_on_the_phone(
    world: World, visit
) -> None:
    secrets, page = told(), await visit("caregiver")
    made, stopped, *_ = await played(world, page)
    places = [f"/my-visits/{made.id}", "/my-visits", "/my-visits/keep", "/inbox", "/", f"/visits/{made.id}",
              f"/visits/{stopped.id}", "/visits", "/verification"]  # fmt: skip
    for name in ("caregiver", *STRANGERS):
        reader = await visit(name)
        for place in places:
            if name == "caregiver" and place.startswith("/visits"):
                continue
            answer = await reader.get(place)
            assert secrets.found_in(leaks.text_of(answer)) == set(), (name, place)
    for name in ("dispatcher", "coordinator", "officer", "manager"):
        reader = await visit(name)
        assert secrets.found_in(leaks.text_of(await reader.get("/inbox"))) == set(), name
