"""A household that left more than ten years ago: nothing in the database names its people, and the figures add up."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
from litestar import Litestar

from bangfu.agreements.tables import CareAgreement
from bangfu.households.tables import Consent, Contact, Household, HouseholdCategory, Person
from bangfu.privacy.holdings import HOLDINGS
from bangfu.retention.anonymising import SHARED, anonymise
from bangfu.retention.queries import due_by
from bangfu.settlement.tables import StatementLine
from bangfu.shared import audit, files
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now, today
from bangfu.shared.crypto import encrypt
from bangfu.shared.database import transaction
from bangfu.shared.tables import StoredFile
from bangfu.visits.tables import Visit, VisitNote, VisitRecord
from tests.authorisation.stage import set_stage
from tests.dispatch.tasks import ADDRESS, NAME, PHONE
from tests.retention.steps import carried_out, years_ago
from tests.settlement import settlement_steps as money
from tests.support import Visitor, World

GIVER, WORDS = "测试的女儿甲", "老人怕冷，夜里常醒"


async def _left_home(world: World) -> tuple[UUID, list[UUID], UUID]:
    """A home with two paid visits and words about it in many places, which left more than ten years ago."""
    visits = await money.visits_of(world, 2)
    score = await money.score_of(world, await money.facts_of(world, visits))
    await money.happened("published_prelim", score.id)
    statement = await money.happened("final", score.id)
    for claim in await money.claims_of(statement.id):
        await money.paid(world, statement.id, claim.part)
    home = (await Visit.objects().get(Visit.id == visits[0])).household  # type: ignore[union-attr]
    await Consent.update(giver=GIVER).where(Consent.household == home)
    contact, note, record = uuid4(), uuid4(), uuid4()
    await Contact(
        id=contact, household=home, kind="emergency", name_enc=encrypt(GIVER, f"contact:name_enc:{contact}"),
        phone_enc=encrypt(PHONE, f"contact:phone_enc:{contact}"),
    ).save()  # fmt: skip
    await VisitNote(
        id=note, visit=visits[0], event="verified", text_enc=encrypt(WORDS, f"visit_note:text_enc:{note}")
    ).save()
    await VisitRecord(
        id=record, visit=visits[0], findings=json.dumps({"health": "urgent"}), text_hash="f" * 64,
        findings_enc=encrypt(WORDS, f"visit_record:findings_enc:{record}"),
    ).save()  # fmt: skip
    await HouseholdCategory(
        id=uuid4(), household=home, category="tekun", starts_on=today() - timedelta(days=6000), reason=WORDS
    ).save()
    async with transaction():
        looked = files.Looked("签字.pdf", "application/pdf", b"%PDF-1.4 " + WORDS.encode())
        await files.keep(SYSTEM, "visit", visits[0], "signature", looked, now())
    await Household.update(status="left", exit_on=years_ago(10).date()).where(Household.id == home)
    return home, visits, statement.id


async def _dump(database: str) -> str:
    """Every row of every table as text."""
    connection = await asyncpg.connect(database)
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        parts = [
            await connection.fetchval(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{row[0]}\" t")
            for row in tables
        ]
    finally:
        await connection.close()
    return "\n".join(parts)


async def test_nobody_is_named_any_more_and_every_figure_stays(world: World, database: str) -> None:
    home, visits, statement = await _left_home(world)
    lines = [
        (row.kind, row.amount) for row in await StatementLine.objects().where(StatementLine.statement == statement)
    ]
    before = await _dump(database)
    assert NAME in before and GIVER in before
    run = await carried_out(world, "household")
    assert (run.status, run.due, run.done, run.left) == ("done", 1, 1, 0)
    after = await _dump(database)
    for said in (NAME, GIVER, WORDS, ADDRESS, PHONE, "怕冷"):
        assert said not in after
    row = await Household.objects().get(Household.id == home)
    assert row is not None
    assert (row.head_name, row.address_enc, row.lat, row.note_enc) == ("", "", None, "")
    for table, column in (("contact", "name_enc"), ("visit_note", "text_enc"), ("visit_record", "findings_enc")):
        found = await Household.raw(f"SELECT count(*) AS n FROM {table} WHERE {column} <> ''")
        assert found[0]["n"] == 0, table
    kept = await StoredFile.objects().where(StoredFile.subject == visits[0])
    assert [(each.content, each.key_enc, each.size) for each in kept] == [(b"", "", 0)]
    assert await files.files_of("visit", [visits[0]]) == {visits[0]: []}
    assert await Visit.count().where(Visit.household == home) == 2
    again = [
        (row.kind, row.amount) for row in await StatementLine.objects().where(StatementLine.statement == statement)
    ]
    assert again == lines
    assert (await audit.verify())[1] is None


async def test_a_home_that_left_later_or_whose_matters_are_open_keeps_its_file(world: World) -> None:
    home, visits, _statement = await _left_home(world)
    assert (await due_by("household", "990101", 10, today())).due == 1

    async def stays(held: int) -> None:
        found = await due_by("household", "990101", 10, today())
        assert (found.due, found.held) == (0, held)

    await Household.update(exit_on=years_ago(10, -2).date()).where(Household.id == home)
    await stays(0)
    await Household.update(exit_on=years_ago(10).date(), status="active").where(Household.id == home)
    await stays(0)
    await Household.update(status="left").where(Household.id == home)
    await Visit.update(status="disputed").where(Visit.id == visits[0])
    await stays(1)
    await Visit.update(status="verified").where(Visit.id == visits[0])
    person = await Person.objects().where(Person.household == home).first()
    assert person is not None
    await CareAgreement(
        id=uuid4(), number="XY-1", household=home, person=person.id, division=person.division, status="draft",
        selfcare_level="semi", support_mode="dispersed", starts_on=today(), ends_on=today(),
    ).save()  # fmt: skip
    await stays(1)


async def test_pages_of_an_anonymous_home_still_open(world: World, app: Litestar) -> None:
    home, visits, _statement = await _left_home(world)
    await carried_out(world, "household")
    page = await Visitor(app).sign_in(world["officer"])
    for path in (f"/households/{home}", f"/visits/{visits[0]}", "/households?status=left"):
        assert (await page.get(path)).status_code == 200, path
    await page.close()


async def test_every_trigger_lets_a_home_with_rows_in_nearly_every_table_become_anonymous(
    world: World, database: str
) -> None:
    stage = await set_stage(world)
    home = UUID(str(stage.mine("household", "")))
    async with transaction():
        counts = await anonymise([home])
    assert len(counts) > 20
    connection = await asyncpg.connect(database)
    try:
        for table, condition in HOLDINGS.items():
            if table in SHARED:
                continue
            columns = await connection.fetch(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = $1 AND right(column_name, 4) = '_enc'", table,
            )  # fmt: skip
            for person in await Person.objects().where(Person.household == home):
                where = condition.replace("{household}", f"'{home}'").replace("{person}", f"'{person.id}'")
                for column in columns:
                    said = f'SELECT count(*) FROM "{table}" WHERE ({where}) AND "{column[0]}" <> \'\''
                    assert await connection.fetchval(said) == 0, (table, column[0])
    finally:
        await connection.close()
    assert not await Person.exists().where((Person.household == home) & (Person.name != ""))
    assert (await audit.verify())[1] is None
