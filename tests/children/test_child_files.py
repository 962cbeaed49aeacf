"""One child, one file, one plan: the colour with its basis, visits due, and a review date that cannot pass silently."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.children import actions, queries, rules
from bangfu.children.actions import Guardian, Judgement, Measure
from bangfu.children.tables import ChildColor, ChildFile
from bangfu.errors import NotAllowed, NotYours, Refused
from bangfu.households.tables import Household, Person, ReadLog
from bangfu.shared.clock import now, today
from bangfu.supervision.tables import SupervisionTask
from tests.authorisation.stage import set_stage
from tests.support import World

GREEN = Judgement("green", ("guardianship", "physical", "behaviour"), "祖父母照料良好，按时上学")
RED = Judgement("red", ("guardianship",), "监护人失联三天，孩子独自在家")


async def child_of(world: World, years: int = 9) -> UUID:
    stage = await set_stage(world)
    household = UUID(str(stage.mine("household", "")))
    person = Person(
        id=uuid4(), household=household, relation="grandchild", name="测小满",
        birth_date=today() - timedelta(days=years * 366),
    )  # fmt: skip
    await person.save()
    return UUID(str(person.id))


async def file_of(world: World, judgement: Judgement = GREEN) -> UUID:
    return await actions.open_file(world["child_director"], uuid4(), await child_of(world), judgement, now())


async def tasks(file: UUID) -> dict[str, SupervisionTask]:
    rows = await SupervisionTask.objects().where(
        (SupervisionTask.subject == file) & SupervisionTask.closed_at.is_null()
    )
    return {row.kind: row for row in rows}


async def test_a_child_has_one_file_however_often_it_is_opened(world: World) -> None:
    person = await child_of(world)
    first = await actions.open_file(world["child_director"], uuid4(), person, GREEN, now())
    assert await actions.open_file(world["worker"], uuid4(), person, RED, now()) == first
    assert await ChildColor.count().where(ChildColor.file == first) == 1


async def test_a_grown_up_and_a_child_of_another_county_have_no_file(world: World) -> None:
    adult = await child_of(world, years=19)
    with pytest.raises(Refused):
        await actions.open_file(world["child_director"], uuid4(), adult, GREEN, now())
    with pytest.raises(NotYours):
        await actions.open_file(world["outside_coordinator"], uuid4(), adult, GREEN, now())


async def test_the_review_date_follows_the_colour_and_stands_under_supervision(world: World) -> None:
    file = await file_of(world)
    row = await ChildFile.objects().get(ChildFile.id == file)
    assert row is not None
    assert row.review_on == rules.next_review("green", today())
    watched = (await tasks(file))["child.review"]
    assert watched.due_at.astimezone(UTC).date() <= row.review_on
    await actions.review(world["child_director"], file, uuid4(), RED, now())
    again = await ChildFile.objects().get(ChildFile.id == file)
    assert again is not None
    assert again.review_on == rules.next_review("red", today())
    open_now = await tasks(file)
    assert set(open_now) == {"child.review", "child.contact"}
    assert open_now["child.review"].id != watched.id, "the former review is done, the next one is watched"


async def test_a_red_child_is_contacted_within_24_hours_and_only_a_later_contact_counts(world: World) -> None:
    file = await file_of(world, RED)
    at = now()
    due = (await tasks(file))["child.contact"].due_at
    assert timedelta(hours=23, minutes=59) < due - at <= timedelta(hours=24)
    director = world["child_director"]
    await actions.add_contact(director, file, uuid4(), "visit", at - timedelta(days=1), True, "见到孩子", now())
    assert "child.contact" in await tasks(file)
    await actions.add_contact(director, file, uuid4(), "visit", now(), True, "见到孩子", now())
    assert "child.contact" not in await tasks(file)


async def test_the_household_shows_the_highest_risk_of_its_children(world: World) -> None:
    file = await file_of(world, RED)
    row = await ChildFile.objects().get(ChildFile.id == file)
    assert row is not None
    home = await Household.objects().get(Household.id == row.household)
    assert home is not None
    assert home.risk_color == "red"
    await actions.review(world["child_director"], file, uuid4(), GREEN, now())
    home = await Household.objects().get(Household.id == row.household)
    assert home is not None
    assert home.risk_color == "yellow", "the other child of the stage"


async def test_a_form_sent_twice_is_done_once(world: World) -> None:
    file, key = await file_of(world), uuid4()
    for _ in range(2):
        await actions.review(world["child_director"], file, key, RED, now())
        await actions.write_plan(world["child_director"], file, key, "安全成长", [Measure("每周入户")], now())
        await actions.add_guardian(world["child_director"], file, key, Guardian("测奶奶", "grandparent"), now())
        await actions.add_contact(world["child_director"], file, key, "phone", now(), False, "通话", now())
    assert await ChildColor.count().where(ChildColor.file == file) == 2
    plan = await queries.plan(file)
    assert plan is not None
    assert plan["version"] == 1
    assert len(await queries.guardians(file)) == len(await queries.contacts(file)) == 1


async def test_a_new_plan_leaves_the_former_one_and_counts_its_own_lines(world: World) -> None:
    file = await file_of(world)
    director = world["child_director"]
    await actions.write_plan(director, file, uuid4(), "安全成长", [Measure("每周入户"), Measure("联系学校")], now())
    await actions.write_plan(director, file, uuid4(), "恢复监护", [Measure("寻找监护人", "民警")], now())
    plan = await queries.plan(file)
    assert plan is not None
    assert (plan["version"], plan["goal"], len(plan["measures"])) == (2, "恢复监护", 1)
    await actions.finish_measure(director, file, plan["measures"][0]["id"], now())
    done = await queries.plan(file)
    assert done is not None
    assert done["measures"][0]["done_on"] == today()


async def test_only_the_supervisor_closes_and_then_nothing_changes(world: World) -> None:
    file = await file_of(world, RED)
    with pytest.raises(NotAllowed):
        await actions.close(world["child_director"], file, "moved", "", now())
    await actions.close(world["child_supervisor"], file, "moved", "随父母迁出", now())
    assert await tasks(file) == {}
    with pytest.raises(Refused):
        await actions.review(world["child_director"], file, uuid4(), GREEN, now())
    await actions.reopen(world["child_supervisor"], file, "迁回", now())
    assert set(await tasks(file)) == {"child.review"}


async def test_opening_the_file_of_a_child_under_14_is_on_record(world: World, visit) -> None:
    file = await file_of(world)
    before = await ReadLog.count()
    page = await (await visit("child_director")).get(f"/children/{file}")
    assert page.status_code == 200
    assert "测小满" not in page.text
    assert await ReadLog.count() == before + 1
    for name in ("dispatcher", "coordinator", "auditor", "grid", "manager", "liaison"):
        assert (await (await visit(name)).get(f"/children/{file}")).status_code == 404, name


async def test_a_fault_shows_the_file_with_what_was_typed(world: World, visit) -> None:
    file = await file_of(world)
    browser = await visit("child_director")
    sent = {"key": str(uuid4()), "color": "red", "basis": "", "areas": "guardianship"}
    page = await browser.post(f"/children/{file}/review", sent)
    assert page.status_code == 422
    assert await ChildColor.count().where(ChildColor.file == file) == 1
    plan = await browser.post(f"/children/{file}/plan", {"key": str(uuid4()), "goal": "安全成长", "who1": "社工"})
    assert plan.status_code == 422
    assert "安全成长" in plan.text
    future = {"key": str(uuid4()), "kind": "visit", "met_on": "2099-01-01", "what": "走访"}
    assert (await browser.post(f"/children/{file}/contacts", future)).status_code == 422


async def test_the_whole_file_is_kept_through_its_pages(world: World, visit) -> None:
    person = await child_of(world)
    member = await Person.objects().get(Person.id == person)
    assert member is not None
    browser = await visit("child_director")
    address = f"/households/{member.household}/children/{person}/open"
    assert (await browser.get(address)).status_code == 200
    sent = {"key": str(uuid4()), "color": "yellow", "areas": ["guardianship"], "basis": "父母外出务工"}
    opened = await browser.post(address, sent)
    file = opened.headers["location"]
    for path, form in (
        ("/school", {"school": "测试小学", "grade": "三年级", "boarding": "yes", "teacher": "测老师"}),
        ("/guardians", {"key": str(uuid4()), "guardian": "测奶奶", "relation": "grandparent", "capacity": "partly"}),
        ("/plan", {"key": str(uuid4()), "goal": "安全成长", "what1": "每月入户两次", "who1": "儿童主任"}),
        ("/contacts", {"key": str(uuid4()), "kind": "visit", "met_on": today().isoformat(), "met_time": "00:00",
                       "child_seen": "yes", "what": "见到孩子"}),
    ):  # fmt: skip
        answer = await browser.post(f"{file}{path}", form)
        assert answer.status_code == 303, path
    shown = (await browser.get(file)).text
    for words in ("测试小学", "三年级", "每月入户两次", "见到孩子", "Yellow (medium risk)", "Visited"):
        assert words in shown
    listed = (await browser.get("/children?color=yellow")).text
    assert file in listed


VECTORS = [
    ("red", date(2026, 1, 31), date(2026, 2, 28)), ("yellow", date(2026, 11, 30), date(2027, 2, 28)),
    ("blue", date(2026, 8, 31), date(2027, 2, 28)), ("green", date(2026, 5, 21), date(2026, 11, 21)),
]  # fmt: skip


@pytest.mark.parametrize(("color", "on", "due"), VECTORS)
def test_the_next_review_is_months_ahead_and_ends_with_a_short_month(color: str, on: date, due: date) -> None:
    assert rules.next_review(color, on) == due


@given(st.lists(st.sampled_from((*rules.COLORS, "")), max_size=6))
def test_the_worst_colour_is_one_of_them_and_none_is_worse(colors: list[str]) -> None:
    found = rules.worst(colors)
    ranks = [rules.COLORS.index(color) for color in colors if color]
    assert found == (rules.COLORS[min(ranks)] if ranks else "")


@given(
    st.sampled_from(rules.COLORS),
    st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    st.lists(st.integers(0, 7 * 365 * 24 * 60), max_size=12),
)
def test_a_colour_has_as_many_windows_as_its_norm_and_no_visit_fills_two(
    color: str, day: date, minutes: list[int]
) -> None:
    at = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=count) for count in minutes]
    windows = rules.visit_windows(color, day, at)
    assert len(windows) == rules.VISITS[color][0]
    filled = [window.visit for window in windows if window.visit]
    assert len(filled) == len(set(filled))
    assert all(left.end == right.start for left, right in pairwise(windows))
