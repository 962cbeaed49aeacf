"""One household on one sheet: all of it, masked, and nothing that its readers must not see there."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from bangfu.complaints.tables import Complaint
from bangfu.errors import NotYours
from bangfu.households.tables import Consent, Household, Person
from bangfu.ledgers import issuing, paper
from bangfu.ledgers.canonical import shown
from bangfu.ledgers.comparing import compare
from bangfu.shared import i18n
from bangfu.shared.clock import now, today
from bangfu.shared.masking import mask_name
from bangfu.visits.tables import Visit
from tests.assessments import answers, steps
from tests.complaints import complaint_steps
from tests.ledgers.test_ledgers import YEAR, rows_of, wanted
from tests.support import World
from tests.visits import visit_steps


async def home_of(visit: Visit) -> Household:
    found = await Household.objects().get(Household.id == visit.household)
    assert found is not None
    return found


async def complaint(world: World, home: UUID, **changed: object) -> str:
    key = await complaint_steps.received(world)
    await Complaint.update({"household": home, **changed}).where(Complaint.id == key)
    row = await complaint_steps.row(key)
    return str(row.number)


async def test_the_sheet_holds_the_whole_household_masked_and_no_other(world: World) -> None:
    visit = await visit_steps.submitted(world)
    await visit_steps.submitted(world)
    home = await home_of(visit)
    await Person(id=uuid4(), household=home.id, relation="spouse", name="测配偶", name_grams=["测"]).save()
    await Consent(
        id=uuid4(), household=home.id, ground="consent", purposes=["archive"], giver="测配偶", given_on=today()
    ).save()
    seen = await complaint(world, home.id)
    hidden = [
        await complaint(world, home.id, **changed)
        for changed in (
            {"confidential": True},
            {"level": "bureau"},
            {"excluded": [world["second_officer"].me]},
            {"anonymous": True},
        )
    ]
    rows = await rows_of(wanted(world["officer"], "household_sheet", {"home": str(home.id)}))
    parts = {part: [row for row in rows if row["section"] == part] for part in {row["section"] for row in rows}}
    assert [(row["number"], row["who"]) for row in parts["home"]] == [(home.number, mask_name(home.head_name))]
    members = await Person.objects().where((Person.household == home.id) & Person.left_on.is_null())
    assert sorted(row["who"] for row in parts["member"]) == sorted(mask_name(each.name) for each in members)
    assert len(parts["ground"]) == await Consent.count().where(Consent.household == home.id)
    assert len(parts["need"]) == len(parts["task"]) == 1
    (told,) = parts["visit"]
    assert (told["number"], told["item"], told["minutes"]) == (
        visit.number, f"service:{visit.service}", int((visit.ended_at - visit.started_at).total_seconds() // 60)
    )  # fmt: skip
    assert [row["number"] for row in parts["complaint"]] == [seen]
    assert not [number for number in hidden if number in str(rows)]
    assert "测配偶" not in str(rows)
    older = wanted(world["officer"], "household_sheet", {"home": str(home.id), "period": "2020"})
    assert not [row for row in await rows_of(older) if row["section"] in {"visit", "need", "complaint"}]


async def test_it_is_for_who_may_know_who_complained_and_only_in_the_area(visit, world: World) -> None:
    home = await home_of(await visit_steps.submitted(world))
    query = {"home": str(home.id), "period": YEAR}
    for name in ("dispatcher", "coordinator", "manager", "child_director"):
        with pytest.raises(NotYours):
            wanted(world[name], "household_sheet", query)
    outside = wanted(world["outside_officer"], "household_sheet", query)
    assert await rows_of(outside) == []
    officer = await visit("officer")
    answer = await officer.get(f"/households/{home.id}/ledger")
    place = answer.headers["location"]
    seen = await officer.get(place)
    assert home.number in seen.text
    assert f'name="home" value="{home.id}"' in seen.text
    assert "File on one sheet" in (await officer.get("/ledgers/household_sheet")).text
    assert await rows_of(wanted(world["officer"], "household_sheet")) == [], "without a household there is none"
    assert (await (await visit("outside_officer")).get(f"/households/{home.id}/ledger")).status_code == 404
    own = {"source": "household_sheet", "name": "全部家庭", "columns": ["who"], "own": str(uuid4())}
    kept = (await officer.post("/ledgers/own", own)).headers.get("location", "")
    assert not kept or "household_sheet" not in (await officer.get(f"{kept}/edit")).text


async def test_it_is_made_printed_with_the_heads_signature_and_shows_what_changed(world: World) -> None:
    home = await home_of(await visit_steps.submitted(world))
    asked = wanted(world["officer"], "household_sheet", {"home": str(home.id)})
    key = await issuing.issue(world["officer"], asked, uuid4(), now())
    made = await issuing.issue_for(world["officer"], key)
    rows = [row async for part in issuing.kept(key) for row in part]
    printed = paper.paper_of(made, rows, "https://portal.example/ledgers/check")
    assert [label for label, _name in printed["signers"]] == ["编制", "审核", "户主"]
    cells = str(printed["groups"])
    assert "service:" not in cells, "words, not codes"
    assert printed["period"].startswith(str(today().year))
    assert (await compare(made)).same
    await Household.update({Household.next_review_on: today()}).where(Household.id == home.id)
    apart = await compare(made)
    assert (apart.same, apart.changed_rows) == (False, 1)


async def test_assessments_stand_with_form_and_result_in_either_language(world: World) -> None:
    home, person = await steps.home_with(date(1950, 1, 1))
    await steps.complete(world, person, "barthel", answers.best("barthel"))
    asked = wanted(world["officer"], "household_sheet", {"home": str(home)})
    (row,) = [row for row in await rows_of(asked) if row["section"] == "assessment"]
    i18n.use("zh")
    columns = {each.code: each for each in asked.definition.columns}
    assert shown(columns["item"], row["item"]).startswith("日常生活活动能力")
    assert shown(columns["state"], row["state"]) == "能力完好（100分）"
    i18n.use("en")
    assert shown(columns["item"], row["item"]).startswith("Daily activities")
    assert shown(columns["state"], row["state"]) == "Able (100)"
