"""Exports of organisations and of those who serve: what goes out whole comes in again and changes nothing."""

import pytest

from bangfu.errors import FormError, NotAllowed
from bangfu.exchange.export_rules import FORMATS, PROVIDERS
from bangfu.imports.actions import KINDS, take
from bangfu.imports.reading import read_list
from bangfu.providers.carer_tables import GuardianConsent, VolunteerInsurance
from bangfu.providers.tables import Availability, Carer, Organization, Qualification
from bangfu.shared import i18n
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now, today
from bangfu.shared.identifiers import generate_uscc
from bangfu.shared.names import sort_key
from tests.exchange.test_exporting import REASON, a_file, text_of
from tests.imports.lists import USCC, carer, organisation, resident, taken
from tests.support import World

TABLES = (Organization, Carer, Availability, Qualification, VolunteerInsurance, GuardianConsent)
ORGANISATIONS = [
    organisation(legal_representative="李样例", phone="0519-86680001", charity="是", hours_per_4_weeks="1600.5",
                 service_area="990101;990102", lat="31.7801234", lon="119.9512345", address="样例路1号"),
    organisation(uscc=generate_uscc(7002), name="第二、样例：中心"),
]  # fmt: skip
CARERS = [
    carer(1, phone="13900000001", languages="普通话、吴语", travel_mode="电动车", max_km="12.5", hours_per_week="7.5",
          qualifications="V:2027-12-31:No-1:东区样例中心:2026-01-02;T:2027-06-30", training_level="2",
          insurer="示例保险", policy_number="PA-1", insured_from="2026-01-01", insured_until="2027-12-31",
          availability="周一至周三 08:00-11:30", lat="31.7812", lon="119.9511"),
    carer(2, kind="机构人员", organisation=USCC, name="钱样例"),
    carer(3, id_number=resident(5), phone="", name="孙样例", max_households="3"),
]  # fmt: skip
SECRETS = ("李样例", "86680001", "13900000001", str(CARERS[0]["id_number"]), "钱样例", "PA-1", "31.7812")


async def everything() -> str:
    return str([await table.raw(f"SELECT * FROM {table._meta.tablename} ORDER BY id") for table in TABLES])


@pytest.fixture
async def listed(world: World) -> World:
    await taken("organisations", ORGANISATIONS)
    await taken("carers", CARERS)
    for row in await Organization.raw("SELECT id, name FROM organization WHERE pinyin = ''"):  # made without a list
        await Organization.raw("UPDATE organization SET pinyin = {} WHERE id = {}", named(row["name"]), row["id"])
    await Carer.raw("UPDATE carer SET location_source = 'import' WHERE location_source = 'none' AND lat IS NOT NULL")
    for row in await Carer.raw("SELECT id, name FROM carer WHERE pinyin = ''"):
        await Carer.raw("UPDATE carer SET pinyin = {} WHERE id = {}", sort_key(row["name"])[:200], row["id"])
    return world


def named(name: str) -> str:
    return sort_key(name, person=False)[:300]


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_what_was_exported_whole_changes_nothing_when_it_comes_back(
    file_format: str, lang: str, listed: World
) -> None:
    before = await everything()
    i18n.use(lang)
    for subject in PROVIDERS:
        content = await a_file(listed, "bureau", subject, file_format, reason=REASON)
        checked = await read_list(SYSTEM, KINDS[subject], content, f"list.{file_format}", today())
        assert (checked.faults, checked.missing) == ([], ()), subject
        assert (checked.inserted, checked.updated) == (0, 0), subject
        assert checked.unchanged >= len(ORGANISATIONS if subject == "organisations" else CARERS)
        await take(SYSTEM, KINDS[subject], checked, now())
    assert await everything() == before
    i18n.use("zh")


async def test_a_register_that_was_lost_comes_back_from_its_files(listed: World) -> None:
    files = {one: await a_file(listed, "bureau", one, "json", reason=REASON) for one in PROVIDERS}
    await Carer.raw("UPDATE carer SET number = 'OLD-' || left(number, 20), id_number_index = '', phone_index = ''")
    await Carer.raw("UPDATE carer SET active = false")
    await Organization.raw("UPDATE organization SET uscc = left('X' || uscc, 18), active = false")
    for subject in PROVIDERS:
        checked = await read_list(SYSTEM, KINDS[subject], files[subject], "list.json", today())
        assert checked.faults == [] and checked.updated == 0, subject
        await take(SYSTEM, KINDS[subject], checked, now())
    for subject in PROVIDERS:
        again = text_of(await a_file(listed, "bureau", subject, "json", reason=REASON), "json")
        told = text_of(files[subject], "json")
        assert again.partition('"rows"')[2] == told.partition('"rows"')[2], subject


@pytest.mark.parametrize("file_format", FORMATS)
async def test_a_masked_file_tells_no_secret_and_is_not_taken_for_data(file_format: str, listed: World) -> None:
    for subject in PROVIDERS:
        content = await a_file(listed, "officer" if subject == "carers" else "bureau", subject, file_format)
        text = text_of(content, file_format)
        assert [secret for secret in SECRETS if secret in text] == [], subject
        checked = await read_list(SYSTEM, KINDS[subject], content, f"list.{file_format}", today())
        assert not checked.fine, subject


async def test_who_does_not_see_the_register_takes_nothing_out_of_it(listed: World, visit) -> None:
    with pytest.raises(NotAllowed):
        await a_file(listed, "child_director", "carers", "csv")
    director, officer = await visit("child_director"), await visit("officer")
    assert 'value="carers"' not in (await director.get("/exchange")).text
    assert (await director.post("/exchange/export", {"subject": "carers", "format": "csv"})).status_code == 403
    assert 'value="carers"' in (await officer.get("/exchange")).text


async def test_another_area_is_never_in_the_file(listed: World) -> None:
    await taken("carers", [carer(7, number="FAR-1", division="990102001201")])
    text = text_of(await a_file(listed, "bureau", "carers", "csv"), "csv")
    assert "T-1" in text and "FAR-1" not in text
    with pytest.raises(FormError):  # nobody lives there
        await a_file(listed, "bureau", "carers", "csv", division="990101002")
