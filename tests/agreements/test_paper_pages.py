"""Who gets the paper of an agreement, what the institution's copy leaves out, and the public check."""

import io
import re
from datetime import date
from uuid import uuid4

from pypdf import PdfReader

from bangfu.agreements import queries
from bangfu.households.sealing import seal
from bangfu.households.tables import Person
from bangfu.shared.clock import now
from bangfu.shared.identifiers import generate_resident_id
from bangfu.shared.tables import AuditEvent
from tests.agreements import agreement_steps as steps
from tests.support import World


def _text(content: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages)


async def test_the_officers_paper_is_whole_logged_and_never_kept_by_a_cache(world: World, visit) -> None:
    await steps.put_rates(world)
    agreement = await steps.signed_by_all(world)
    officer = await visit("officer")
    answer = await officer.get(f"/agreements/{agreement}/paper")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    assert "attachment" in answer.headers["content-disposition"]
    row = await steps.row(agreement)
    assert row.check_code in _text(answer.content)
    events = await AuditEvent.select().where(AuditEvent.action == "agreement.printed")
    assert [event["actor_name"] for event in events] == ["officer"]


async def test_anybody_can_check_a_paper_and_reads_nothing_about_the_person(world: World, visit) -> None:
    await steps.put_rates(world)
    agreement = await steps.signed_by_all(world)
    row, nobody = await steps.row(agreement), await visit(None)
    typed = row.check_code.lower().replace("-", " ")
    page = (await nobody.get("/verify", params={"code": typed})).text
    assert row.number in page
    assert row.document_hash[:8] in page
    printed = await queries.printed(agreement)
    for personal in (printed["person"]["name"], printed["caregiver"]["name"], printed["person"]["address"]):
        assert not personal or personal not in page
    other = re.sub(r".$", "A" if row.check_code[-1] != "A" else "B", row.check_code)
    for wrong in (other, "short", "<script>", "A" * 400):
        assert row.number not in (await nobody.get("/verify", params={"code": wrong})).text


async def test_a_drafts_code_is_not_known_to_the_public(world: World, visit) -> None:
    await steps.put_rates(world)
    agreement = await steps.draft(world)
    row, nobody = await steps.row(agreement), await visit(None)
    assert row.number not in (await nobody.get("/verify", params={"code": row.check_code})).text


async def test_the_institutions_copy_never_shows_the_identity_number(world: World, visit) -> None:
    await steps.put_rates(world)
    household, person = await steps.home()
    number = generate_resident_id(date(1950, 5, 1), 21)
    await Person.update(id_number_enc=seal("person", "id_number_enc", person, number)).where(Person.id == person)
    agreement = await steps.drafting.begin(
        world["officer"], uuid4(), household, person, steps.content(organization=world.organization), now()
    )
    await steps.handed_out(world, agreement)
    officer, manager = await visit("officer"), await visit("manager")
    assert number in _text((await officer.get(f"/agreements/{agreement}/paper")).content)
    copy = await manager.get(f"/my-agreements/{agreement}/paper")
    assert copy.status_code == 200
    assert number not in _text(copy.content)
    assert (await (await visit("other_manager")).get(f"/my-agreements/{agreement}/paper")).status_code == 404
