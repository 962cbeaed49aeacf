"""Everything held about a person is handed out on request, written down, others masked; and who read it is listed."""

import io
import json
import zipfile
from typing import Any
from uuid import UUID, uuid4

from bangfu.dispatch.actions import accept
from bangfu.dispatch.tables import Assignment
from bangfu.households.tables import Person, ReadLog
from bangfu.needs.tables import Need
from bangfu.shared.clock import now
from bangfu.shared.tables import AuditEvent
from tests.dispatch.tasks import ADDRESS, NAME, PHONE, offered
from tests.support import World


async def _home(world: World) -> tuple[UUID, UUID]:
    """A household that an organisation serves, with a second member; (household, head)."""
    task = await offered(world)
    await accept(world["manager"], task, None, now())
    row = await Assignment.objects().get(Assignment.id == task)
    assert row is not None
    await Person(id=uuid4(), household=row.household, name="张三丰", relation="spouse").save()
    need = await Need.objects().get(Need.id == row.need)
    assert need is not None
    return row.household, need.person


def _asked(person: UUID, **changes: str) -> dict[str, str]:
    form = {"key": str(uuid4()), "person": str(person), "kind": "access", "applicant": "欧阳秀英",
            "applicant_relation": "self", "reason": "想看看登记了什么", "identity": "yes"}  # fmt: skip
    return {**form, **changes}


async def test_the_package_holds_everything_in_two_forms_and_is_written_down(world: World, visit: Any) -> None:
    household, person = await _home(world)
    officer = await visit("officer")
    form = _asked(person)
    for _ in range(2):
        made = await officer.post(f"/households/{household}/privacy/new", form)
        assert made.status_code == 303
    path = made.headers["location"]
    page = await officer.get(path)
    assert page.status_code == 200
    assert NAME not in page.text
    document = json.loads((await officer.post(f"{path}/package", {"format": "json"})).text)
    assert {"person", "household", "consent", "need", "assignment", "privacy_request"} <= set(document["records"])
    text = json.dumps(document, ensure_ascii=False)
    assert all(value in text for value in (NAME, ADDRESS, PHONE))
    assert document["other_members"] == [{"relation": "spouse", "name": "张**"}]
    assert "张三丰" not in text
    assert "测试officer" in document["watermark"]
    assert {"incident", "read_log"} <= {entry["table"] for entry in document["not_contained"]}
    printed = (await officer.post(f"{path}/package", {"format": "page"})).text
    assert ADDRESS in printed
    packed = zipfile.ZipFile(io.BytesIO((await officer.post(f"{path}/package", {"format": "zip"})).content))
    assert sorted(name.rpartition(".")[2] for name in packed.namelist()) == ["html", "json"]
    assert await AuditEvent.count().where(AuditEvent.action == "privacy.exported") == 3
    assert await ReadLog.count().where((ReadLog.what == "export") & (ReadLog.person == person)) == 3


async def test_the_list_of_readers_names_shares_unmaskings_and_exports(world: World, visit: Any) -> None:
    household, person = await _home(world)
    officer, auditor = await visit("officer"), await visit("auditor")
    await officer.post(f"/households/{household}/unmask", {"group": "contact", "reason": "visit", "reason_text": ""})
    made = await officer.post(f"/households/{household}/privacy/new", _asked(person))
    await officer.post(made.headers["location"] + "/package", {"format": "json"})
    page = (await auditor.get(f"/households/{household}/readers")).text
    assert "Everything, handed out to the person" in page
    assert "Name, phone, address while serving" in page
    assert "春晖助老服务中心" in page
    assert "Names, phones, address" in page
    assert (await (await visit("coordinator")).get(f"/households/{household}/readers")).status_code == 404


async def test_an_unchecked_applicant_and_a_child_asking_alone_are_refused(world: World, visit: Any) -> None:
    household, person = await _home(world)
    officer, path = await visit("officer"), f"/households/{household}/privacy/new"
    answer = await officer.post(path, _asked(person, identity=""))
    assert answer.status_code == 422
    assert "Check who asks" in answer.text
    await Person.raw("UPDATE person SET birth_date = current_date - 3000 WHERE id = {}", person)
    answer = await officer.post(path, _asked(person))
    assert answer.status_code == 422
    assert "guardian has to ask" in answer.text
    foreign = await (await visit("outside_officer")).post(path, _asked(person))
    assert foreign.status_code == 404


async def test_a_refusal_says_why_and_nothing_is_handed_out_then(world: World, visit: Any) -> None:
    household, person = await _home(world)
    officer = await visit("officer")
    path = (await officer.post(f"/households/{household}/privacy/new", _asked(person))).headers["location"]
    assert (await officer.post(f"{path}/answer", {"action": "refuse", "answer": ""})).status_code == 422
    for _ in range(2):
        assert (await officer.post(f"{path}/answer", {"action": "refuse", "answer": "身份不明"})).status_code == 303
    assert (await officer.post(f"{path}/answer", {"action": "answer", "answer": "好"})).status_code == 409
    assert (await officer.post(f"{path}/package", {"format": "json"})).status_code == 409
    assert "身份不明" in (await officer.get(path)).text
