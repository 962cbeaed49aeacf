"""Two files of one household become one, with everything recorded for them; and they come apart again exactly."""

import json
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.errors import NotYours, Refused
from bangfu.households import duplicates, merge_pages, searching
from bangfu.households.merge_record import undo
from bangfu.households.merging import Choices, merge, preview
from bangfu.households.row_content import _opened
from bangfu.households.sealing import PersonFacts, household_columns, person_columns
from bangfu.households.tables import Consent, Contact, Household, HouseholdMerge, Person
from bangfu.needs import merging as need_merging
from bangfu.needs.tables import Need
from bangfu.piccolo_app import APP_CONFIG
from bangfu.shared.clock import now, today
from bangfu.shared.crypto import blind_index
from bangfu.supervision.actions import Timed, watch
from tests.support import FOREIGN_VILLAGE, NEAR_VILLAGE, VILLAGE, World

need_merging.register()
BORN = date(1945, 3, 15)
NOT_COMPARED = {
    "audit_event",
    "audit_head",
    "household_merge",
    "supervision_step",
    "read_log",
    "migration",
    "job",
    "api_change",
    "api_change_new",
    "kept_answer",
}


async def home(
    number: str, *people: PersonFacts, division: str = VILLAGE, address: str = "幸福路12号", **more: Any
) -> UUID:
    """A household with its members; the first is the head."""
    household = uuid4()
    columns = household_columns(household, head_name=people[0].name, address=address, note=more.pop("note", ""))
    await Household(
        **{"id": household, "number": number, "division": division, "category": "dibao", **columns, **more}
    ).save()
    for place, facts in enumerate(people):
        person = uuid4()
        values = person_columns(person, facts)
        await Person(id=person, household=household, **{**values, "is_head": place == 0}).save()
    return household


def person(name: str = "王秀英", **more: Any) -> PersonFacts:
    return PersonFacts(**{"name": name, "birth_date": BORN, "sex": "f", **more})


async def need(household: UUID, number: str, service: str = "meal", status: str = "submitted") -> UUID:
    consent = uuid4()
    await Consent(
        id=consent, household=household, ground="consent", purposes=["service"], given_on=today() - timedelta(days=3)
    ).save()
    who = await Person.objects().where((Person.household == household) & (Person.is_head == True)).first()  # noqa: E712
    row = Need(
        id=uuid4(), number=number, household=household, person=who.id, division=VILLAGE, service=service,
        status=status, priority="key", visits=4, minutes=60, consent=consent, due_at=now() + timedelta(days=3),
    )  # fmt: skip
    await row.save()
    return row.id


async def everything() -> dict[str, Any]:
    """All rows of all tables by content, sealed values opened."""
    found: dict[str, Any] = {}
    for table in APP_CONFIG.table_classes:
        name, key = table._meta.tablename, table._meta.primary_key._meta.db_column_name
        if name in NOT_COMPARED:
            continue
        rows = await Household.raw(
            f'SELECT "{key}"::text AS id, (SELECT json_object_agg(e.key, e.value::text)'
            f" FROM jsonb_each(to_jsonb(t)) e) AS content FROM {name} t"
        )
        for row in rows:
            content = json.loads(row["content"])
            identity = UUID(row["id"]) if len(row["id"]) == 36 else row["id"]
            found[f"{name} {row['id']}"] = _opened(name, identity, content)
    return found


async def row_of(household: UUID) -> Household:
    found = await Household.objects().get(Household.id == household)
    assert found is not None
    return found


async def names_of(household: UUID) -> list[str]:
    rows = await Person.raw("SELECT name FROM person WHERE household = {} ORDER BY name", household)
    return [row["name"] for row in rows]


async def test_members_needs_and_grounds_move_and_the_duplicate_points_to_the_kept_one(world: World) -> None:
    kept = await home("K-1", person(phone="+8613800000001"))
    other = await home("O-1", person(id_number="990101194503150350"), person("李强", relation="child"))
    theirs = await need(other, "N-2", "meal")
    choices = await merge_pages.proposed(kept, other)
    await merge(world["officer"], uuid4(), kept, other, choices, "同一人登记两次", now())
    assert (await row_of(other)).status, (await row_of(other)).merged_into == ("merged", kept)
    assert await names_of(kept) == ["李强", "王秀英"]
    moved = await Need.objects().get(Need.id == theirs)
    head = await Person.objects().where((Person.household == kept) & (Person.is_head == True)).first()  # noqa: E712
    assert (moved.household, moved.person) == (kept, head.id)
    assert head.id_number_index == blind_index("990101194503150350", "id_number"), "what was known of one is kept"
    assert head.phone_index == blind_index("+8613800000001", "phone")
    assert await Consent.count().where(Consent.household == kept) == 1


async def test_a_preview_changes_nothing_and_says_what_would_move(world: World) -> None:
    kept, other = await home("K-1", person()), await home("O-1", person(), person("李强"))
    await need(other, "N-2")
    before = await everything()
    outcome = await preview(world["officer"], kept, other, await merge_pages.proposed(kept, other), now())
    assert await everything() == before
    assert (outcome.moved["need"], outcome.moved["person"], outcome.moved["consent"]) == (2, 1, 1)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.database
async def test_a_merge_that_is_undone_leaves_every_row_as_it_was(world: World, seed: int) -> None:
    kept, other = await made_up_pair(Random(seed), world)
    before = await everything()
    key = uuid4()
    choices = await merge_pages.proposed(kept, other)
    if seed % 2:
        fields = dict.fromkeys(("place", "language", "note", "food"), "other")
        choices = Choices(fields, choices.pairs, {f"{double}:phone": "other" for double in choices.pairs})
    await merge(world["officer"], key, kept, other, choices, "重复登记", now())
    assert await everything() != before
    await undo(world["officer"], key, "核对后确为两户", now())
    after = await everything()
    assert {name for name in before | after if before.get(name) != after.get(name)} == set()
    row = await HouseholdMerge.objects().get(HouseholdMerge.id == key)
    assert "王" not in row.undo_enc and row.undo_enc.count(".") == 2, "the record is sealed"


async def made_up_pair(random: Random, world: World) -> tuple[UUID, UUID]:
    """Two households of some shape: shared and own members, needs in several states, contacts, tasks."""
    pool = ["王秀英", "李强", "张小明", "欧阳芳", "陈国华"]
    homes = []
    for at, name in enumerate(("K", "O")):
        chosen = ["王秀英", *random.sample(pool[1:], random.randint(0, 3))]
        people = [
            person(
                member, phone=f"+86138000{random.randrange(99999):05d}" if random.random() < 0.6 else "",
                id_number=f"99010119450315{at}{place}{random.randrange(99):02d}" if random.random() < 0.5 else "",
                health="高血压" if random.random() < 0.5 else "", tags=("lives_alone",) if at else ("dementia",),
            )
            for place, member in enumerate(chosen)
        ]  # fmt: skip
        household = await home(
            f"{name}-{random.randrange(10**6)}", *people, division=random.choice((VILLAGE, NEAR_VILLAGE)),
            address=random.choice(("幸福路12号", "幸福路13号", "")), note=random.choice(("", "耳背")),
            language=random.choice(("", "wuu", "cmn")), two_person_visits=random.random() < 0.5, lat=31.78, lon=119.95,
        )  # fmt: skip
        homes.append(household)
        for number in range(random.randint(0, 3)):
            status = random.choice(("draft", "submitted", "confirmed", "matching", "closed", "cancelled"))
            row = await need(household, f"{name}N-{number}", random.choice(("meal", "visit_check")), status)
            if status == "submitted":
                await watch(
                    world["coordinator"],
                    Timed("need.confirm", "need", row, f"/needs/{row}", VILLAGE, now() + timedelta(days=3),
                          household=household),
                    now(),
                )  # fmt: skip
        await Contact(id=uuid4(), household=household, kind="emergency").save()
    await watch(
        world["coordinator"],
        Timed("household.review", "household", homes[1], "/", VILLAGE, now() + timedelta(days=9), household=homes[1]),
        now(),
    )
    return homes[0], homes[1]


async def test_of_two_waiting_needs_of_one_service_the_less_advanced_is_cancelled(world: World) -> None:
    kept, other = await home("K-1", person()), await home("O-1", person())
    mine, theirs = await need(kept, "N-1", "meal", "submitted"), await need(other, "N-2", "meal", "confirmed")
    outcome = await preview(world["officer"], kept, other, Choices(), now())
    assert outcome.told == [("need_cancelled", "N-2", "N-1")]
    await merge(world["officer"], uuid4(), kept, other, Choices(), "重复", now())
    rows = {row["id"]: row["status"] for row in await Need.raw("SELECT id, status FROM need")}
    assert rows == {mine: "cancelled", theirs: "confirmed"}


async def test_two_needs_that_are_being_served_both_stay(world: World) -> None:
    kept, other = await home("K-1", person()), await home("O-1", person())
    await need(kept, "N-1", "meal", "in_service"), await need(other, "N-2", "meal", "matching")
    assert (await preview(world["officer"], kept, other, Choices(), now())).told == [("needs_both_stay", "N-1", "N-2")]


async def test_what_was_recorded_after_the_merge_keeps_it_from_being_undone(world: World) -> None:
    kept, other = await home("K-1", person()), await home("O-1", person())
    key = uuid4()
    await merge(world["officer"], key, kept, other, Choices(), "重复", now())
    await need(kept, "N-9")
    with pytest.raises(Refused, match="no longer be undone"):
        await undo(world["officer"], key, "错", now())
    assert (await row_of(other)).status == "merged"


async def test_an_undo_comes_too_late_after_thirty_days_and_twice_is_once(world: World) -> None:
    kept, other = await home("K-1", person()), await home("O-1", person())
    key = uuid4()
    await merge(world["officer"], key, kept, other, Choices(), "重复", now())
    with pytest.raises(Refused, match="30 days"):
        await undo(world["officer"], key, "错", now() + timedelta(days=31))
    await undo(world["officer"], key, "错", now() + timedelta(days=29))
    await undo(world["officer"], key, "错", now() + timedelta(days=29))
    assert (await row_of(other)).status == "active"


async def test_a_merge_into_a_merged_one_or_with_itself_is_refused_and_a_repeat_is_the_same_merge(world: World) -> None:
    kept, other, third = [await home(f"H-{n}", person()) for n in range(3)]
    key = uuid4()
    assert await merge(world["officer"], key, kept, other, Choices(), "重复", now()) == key
    assert await merge(world["officer"], uuid4(), kept, other, Choices(), "重复", now()) == key
    for pair in ((other, third), (third, other), (kept, kept)):
        with pytest.raises(Refused):
            await merge(world["officer"], uuid4(), *pair, Choices(), "重复", now())


async def test_both_households_must_lie_in_ones_area(world: World) -> None:
    kept, away = await home("K-1", person()), await home("A-1", person(), division=FOREIGN_VILLAGE)
    for pair in ((kept, away), (away, kept)):
        with pytest.raises(NotYours):
            await merge(world["officer"], uuid4(), *pair, Choices(), "重复", now())


async def test_duplicates_are_proposed_with_their_reasons_until_somebody_says_they_are_two(world: World) -> None:
    kept = await home("K-1", person(phone="+8613800000001"))
    other = await home("O-1", person(phone="+8613800000001"))
    await home("S-1", person("王绣英", birth_date=None), address="平安街3号")
    await home("A-1", person(), division=FOREIGN_VILLAGE)
    found = await duplicates.candidates(world["officer"])
    assert {found[0].kept.id, found[0].other.id} == {kept, other}
    assert (found[0].level, set(found[0].reasons)) == ("very_likely", {"name_birth", "phone", "name_address"})
    assert {pair.reasons for pair in found[1:]} == {("sound_village",)}
    assert "王秀英" not in str(found)
    await duplicates.say_different(world["officer"], other, kept, now())
    assert {kept, other} not in [
        {pair.kept.id, pair.other.id} for pair in await duplicates.candidates(world["officer"])
    ]


async def test_the_officer_merges_on_the_pages_and_the_old_address_leads_to_the_kept_one(visit, world: World) -> None:
    kept, other = await home("K-1", person()), await home("O-1", person(), person("李强"))
    officer = await visit("officer")
    listed = (await officer.get("/households/duplicates")).text
    assert f"/merge/{other}" in listed or f"/merge/{kept}" in listed
    base = f"/households/{kept}/merge/{other}"
    shown = (await officer.get(base)).text
    assert "王秀英" not in shown and "Moves over" in shown
    assert (await officer.post(base, {"do": "merge"})).status_code == 422
    key = str(uuid4())
    for _ in range(2):
        done = await officer.post(base, {"do": "merge", "reason": "重复", "key": key})
        assert (done.status_code, done.headers["location"]) == (303, f"/households/merges/{key}")
    moved = await officer.get(f"/households/{other}")
    assert (moved.status_code, moved.headers["location"]) == (303, f"/households/{kept}")
    assert "Duplicate merged" in (await officer.get(f"/households/{kept}")).text
    assert [hit.household for hit in await searching.search(world["officer"], "王秀英")] == [kept]
    assert "undo" in (await officer.get(f"/households/merges/{key}")).text
    undone = await officer.post(f"/households/merges/{key}/undo", {"reason": "错"})
    assert undone.headers["location"] == f"/households/{other}"
    assert (await officer.get(f"/households/{other}")).status_code == 200


async def test_nobody_but_the_township_officer_of_the_area_merges(visit, world: World) -> None:
    kept, other = await home("K-1", person()), await home("O-1", person())
    base = f"/households/{kept}/merge/{other}"
    for name in ("coordinator", "dispatcher", "bureau", "auditor"):
        browser = await visit(name)
        assert (await browser.get(base)).status_code == 404
        assert (await browser.post(base, {"do": "merge", "reason": "x"})).status_code == 403
    outside = await visit("outside_officer")
    assert (await outside.get(base)).status_code == 404
    assert (await outside.post(base, {"do": "merge", "reason": "x"})).status_code == 404
