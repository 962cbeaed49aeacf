"""The catalogue on the pages: find, draft, submit, publish by somebody else, retire; published versions stay."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from bangfu.catalogue import versions
from bangfu.catalogue.tables import CatalogueItem, ServiceDefault, ServiceNorm
from bangfu.errors import NotAllowed, Refused
from bangfu.messages.tables import Message
from bangfu.needs.tables import Service
from bangfu.shared.clock import now, today
from bangfu.shared.tables import AuditEvent
from tests.support import Visitor, World

pytestmark = pytest.mark.database
ELEMENTS = {
    f"{name}_{lang}": f"{name} {lang}"
    for name in ("provider", "scope", "content", "mechanism", "safeguards")
    for lang in ("zh", "en")
}


def typed(**changes: Any) -> dict[str, Any]:
    """The form of a new item, filled in without a fault."""
    form = {
        "key": str(uuid4()), "code": "SH90", "zh": "上门理发", "en": "Haircut at home", "service": "daily_care",
        "area": "life", "unit": "visit", "minutes": "40", "kinds": ["worker", "volunteer"], "targets": ["elder"],
        **ELEMENTS,
    }  # fmt: skip
    return {**form, **changes}


async def drafted(browser: Visitor, **changes: Any) -> UUID:
    answer = await browser.post("/catalogue/items/new", typed(**changes))
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].rpartition("/")[2])


async def item(code: str, version: int = 1) -> CatalogueItem:
    found = await CatalogueItem.objects().get((CatalogueItem.code == code) & (CatalogueItem.version == version))
    assert found is not None
    return found


async def published(visit: Any) -> UUID:
    bureau, lead = await visit("bureau"), await visit("lead")
    version = await drafted(bureau)
    assert (await bureau.post(f"/catalogue/items/{version}/submit")).status_code == 303
    answer = await lead.post(f"/catalogue/items/{version}/publish", {"valid_from": today().isoformat()})
    assert answer.status_code == 303, answer.text
    return version


@pytest.mark.parametrize("asked", ["助浴", "zhuyu", "zyf", "SH01", "bathing"])
async def test_an_item_is_found_by_fragment_pinyin_initials_code_and_english_word(
    asked: str, visit, world: World
) -> None:
    answer = await (await visit("coordinator")).get("/catalogue", params={"q": asked})
    assert "Help with bathing" in answer.text


async def test_filters_narrow_the_list_by_group_kind_and_target(visit, world: World) -> None:
    browser = await visit("coordinator")
    found = await browser.get("/catalogue?area=medical&service=nursing_care&target=full_care")
    assert "Prevention of pressure sores" in found.text
    assert "Help with bathing" not in found.text
    assert "No item fits" in (await browser.get("/catalogue?area=employment&service=wish")).text


async def test_a_new_item_counts_only_after_somebody_else_published_it(visit, world: World) -> None:
    bureau, lead = await visit("bureau"), await visit("lead")
    version = await drafted(bureau)
    assert "Haircut at home" not in (await bureau.get("/catalogue?q=SH90")).text
    assert (await bureau.post(f"/catalogue/items/{version}/publish", {"valid_from": "2030-01-01"})).status_code == 403
    assert (
        await lead.post(f"/catalogue/items/{version}/publish", {"valid_from": today().isoformat()})
    ).status_code == 409
    assert (await bureau.post(f"/catalogue/items/{version}/submit")).status_code == 303
    assert await Message.exists().where((Message.user == world["lead"].user) & (Message.kind == "version_submitted"))
    page = (await lead.get(f"/catalogue/items/{version}")).text
    assert "Publish version 1" in page
    past = today() - timedelta(days=1)
    late = await lead.post(f"/catalogue/items/{version}/publish", {"valid_from": past.isoformat()})
    assert late.status_code == 422
    assert "from today or from a later day on" in late.text
    for _ in range(2):
        done = await lead.post(f"/catalogue/items/{version}/publish", {"valid_from": today().isoformat()})
        assert done.status_code == 303
    assert await AuditEvent.count().where(AuditEvent.action == "catalogue_item.published") == 1
    assert "Haircut at home" in (await bureau.get("/catalogue?q=SH90")).text


async def test_without_all_five_elements_in_both_languages_nothing_is_submitted(visit, world: World) -> None:
    bureau = await visit("bureau")
    version = await drafted(bureau, safeguards_en="", mechanism_zh=" ")
    answer = await bureau.post(f"/catalogue/items/{version}/submit")
    assert answer.status_code == 409
    assert "2 fields are empty" in answer.text
    with pytest.raises(asyncpg.CheckViolationError):
        await CatalogueItem.raw(
            "UPDATE catalogue_item SET status = 'published', valid_from = now() WHERE id = {}", version
        )


async def test_whoever_prepared_a_version_does_not_publish_it_even_with_the_role(visit, world: World) -> None:
    bureau = await visit("bureau")
    version = await drafted(bureau)
    await bureau.post(f"/catalogue/items/{version}/submit")
    await CatalogueItem.update({CatalogueItem.changed_by: world["lead"].user}).where(CatalogueItem.id == version)
    with pytest.raises(NotAllowed, match="yourself"):
        await versions.publish(world["lead"], versions.KINDS["items"], version, today(), today(), now())
    with pytest.raises(asyncpg.CheckViolationError):
        await CatalogueItem.raw(
            "UPDATE catalogue_item SET status = 'published', valid_from = now(), published_by = {} WHERE id = {}",
            world["lead"].user, version,
        )  # fmt: skip


async def test_two_leads_who_publish_at_once_publish_once(visit, world: World) -> None:
    bureau = await visit("bureau")
    version = await drafted(bureau)
    await bureau.post(f"/catalogue/items/{version}/submit")
    other = next(actor for name, actor in world.cast.items() if name == "officer")
    second = type(other)(other.user, "second", "second", frozenset({"bureau_lead"}), "990101")
    kind = versions.KINDS["items"]
    results = await asyncio.gather(
        *(versions.publish(lead, kind, version, today(), today(), now()) for lead in (world["lead"], second)),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Refused"]
    assert await AuditEvent.count().where(AuditEvent.action == "catalogue_item.published") == 1


async def test_a_published_version_never_changes_a_change_is_the_next_version(visit, world: World) -> None:
    version, bureau = await published(visit), await visit("bureau")
    for statement in (
        "UPDATE catalogue_item SET minutes = 1 WHERE id = {}",
        "DELETE FROM catalogue_item WHERE id = {}",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await CatalogueItem.raw(statement, version)
    form = {**typed(minutes="55", note="应基层要求延长"), "code": ""}
    answer = await bureau.post(f"/catalogue/items/{version}/edit", form)
    assert answer.status_code == 303
    newer = await item("SH90", 2)
    assert (newer.status, newer.minutes, (await item("SH90")).minutes) == ("draft", 55, 40)
    page = (await bureau.get(f"/catalogue/items/{newer.id}")).text
    assert "<del>40</del>" in page
    assert "<ins>55</ins>" in page
    again = await bureau.post(f"/catalogue/items/{version}/edit", {**form, "key": str(uuid4())})
    assert again.status_code == 409, "one open version per code"
    repeated = await bureau.post(f"/catalogue/items/{version}/edit", form)
    assert repeated.headers["location"] == answer.headers["location"]


async def test_a_version_for_a_later_day_waits_and_a_retired_one_is_not_offered(visit, world: World) -> None:
    version, bureau, lead = await published(visit), await visit("bureau"), await visit("lead")
    await bureau.post(f"/catalogue/items/{version}/edit", {**typed(en="Haircut, new"), "code": ""})
    newer = await item("SH90", 2)
    await bureau.post(f"/catalogue/items/{newer.id}/submit")
    later = (today() + timedelta(days=20)).isoformat()
    assert (await lead.post(f"/catalogue/items/{newer.id}/publish", {"valid_from": later})).status_code == 303
    assert "Haircut at home" in (await bureau.get("/catalogue?q=SH90")).text
    assert "Counts later" in (await bureau.get(f"/catalogue/items/{version}")).text
    assert (await lead.post(f"/catalogue/items/{version}/retire", {"reason": ""})).status_code == 422
    assert (await lead.post(f"/catalogue/items/{version}/retire", {"reason": "无需求"})).status_code == 303
    assert "Haircut at home" not in (await bureau.get("/catalogue?q=SH90")).text
    assert "Haircut at home" in (await bureau.get("/catalogue?q=SH90&status=retired")).text


async def test_a_lead_sends_a_version_back_with_a_reason(visit, world: World) -> None:
    bureau, lead = await visit("bureau"), await visit("lead")
    version = await drafted(bureau)
    await bureau.post(f"/catalogue/items/{version}/submit")
    assert (await bureau.get(f"/catalogue/items/{version}/edit")).status_code == 409
    assert (await lead.post(f"/catalogue/items/{version}/return", {"reason": "保障措施再写具体"})).status_code == 303
    assert (await item("SH90")).status == "draft"
    assert await Message.exists().where((Message.user == world["bureau"].user) & (Message.kind == "version_returned"))


async def test_wrong_input_comes_back_beside_its_fields(visit, world: World) -> None:
    bureau = await visit("bureau")
    answer = await bureau.post("/catalogue/items/new", typed(code="x", minutes="3", kinds=[], area="nowhere"))
    assert answer.status_code == 422
    for told in ("Two capital letters", "from 5 to 720", "choose at least one", "choose one of the list"):
        assert told in answer.text
    assert "This code is taken" in (await bureau.post("/catalogue/items/new", typed(code="SH01"))).text
    norm = await bureau.post("/catalogue/norms/new", {"key": str(uuid4()), "code": "a.b", "times": "0"})
    assert norm.status_code == 422
    assert (await bureau.get("/catalogue/services/new")).status_code == 409
    assert (await bureau.get(f"/catalogue/nothing/{uuid4()}")).status_code == 404


async def test_new_usual_values_of_a_service_count_from_their_publication(visit, world: World) -> None:
    bureau, lead = await visit("bureau"), await visit("lead")
    first = await ServiceDefault.objects().get(ServiceDefault.code == "meal")
    form = {
        "key": str(uuid4()), "minutes": "45", "visits": "24", "kinds": ["worker"], "qualifications": "H\nC5 G",
        "note": "配送距离增加",
    }  # fmt: skip
    answer = await bureau.post(f"/catalogue/services/{first.id}/edit", form)
    newer = answer.headers["location"]
    assert (
        await bureau.post(f"/catalogue/services/{first.id}/edit", {**form, "qualifications": "X9"})
    ).status_code == 422
    await bureau.post(f"{newer}/submit")
    assert (await Service.objects().get(Service.code == "meal")).minutes == 30
    assert (await lead.post(f"{newer}/publish", {"valid_from": today().isoformat()})).status_code == 303
    service = await Service.objects().get(Service.code == "meal")
    assert (service.minutes, service.visits, service.qualifications) == (45, 24, '[["H"], ["C5", "G"]]')


async def test_a_changed_norm_is_a_version_with_its_basis(visit, world: World) -> None:
    bureau, lead = await visit("bureau"), await visit("lead")
    first = await ServiceNorm.objects().get(ServiceNorm.code == "tekun_semi.daily_care")
    form = {
        "key": str(uuid4()), "service": "daily_care", "target": "tekun_semi", "times": "4", "period": "week",
        "minutes": "60", "policy_version": "2027", "basis_zh": "区民政局2027年规定", "basis_en": "Rule of 2027",
        "source": "区民政局", "note": "提高频次",
    }  # fmt: skip
    newer = (await bureau.post(f"/catalogue/norms/{first.id}/edit", form)).headers["location"]
    await bureau.post(f"{newer}/submit")
    await lead.post(f"{newer}/publish", {"valid_from": today().isoformat()})
    page = (await bureau.get("/catalogue/norms")).text
    assert "Rule of 2027" in page
    assert "4 × a week" in page


async def test_a_submitted_version_cannot_be_changed_by_the_action_either(visit, world: World) -> None:
    bureau = await visit("bureau")
    version = await drafted(bureau)
    await bureau.post(f"/catalogue/items/{version}/submit")
    with pytest.raises(Refused):
        await versions.change(world["bureau"], versions.KINDS["items"], version, 1, {"minutes": 5}, now())
