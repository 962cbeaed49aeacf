"""The pages: one's tasks, a task by hand from issue to closing, the board, the wall, the calendar."""

import re
from datetime import date, timedelta
from uuid import UUID, uuid4

from bangfu.shared.clock import now
from bangfu.supervision import actions, handling
from bangfu.supervision.actions import BY_HAND, Timed
from bangfu.supervision.tables import SupervisionTask, WorkingDay
from bangfu.supervision.ticking import tick
from tests.support import FOREIGN_VILLAGE, TOWN, VILLAGE, World

EVIDENCE = "10 月 9 日上门整改，已换好扶手并拍照存档。"


async def by_hand(world: World, **more: object) -> UUID:
    """A rectification that the bureau gives to the township."""
    key = uuid4()
    values: dict[str, object] = {
        "kind": "rectification", "subject_type": BY_HAND, "subject": key, "href": "", "division": TOWN.ljust(12, "0"),
        "due_at": now() + timedelta(days=5), "unit": "township",
    }  # fmt: skip
    issuer = world[str(more.pop("by", "bureau"))]
    return await actions.issue(issuer, Timed(**{**values, **more}), "卫生间扶手整改", now(), key=key)  # type: ignore[arg-type]


async def test_a_task_by_hand_goes_from_issue_to_closing_over_the_pages(world: World, visit) -> None:
    bureau, officer, lead = await visit("bureau"), await visit("officer"), await visit("lead")
    form = await bureau.get("/supervision/new")
    key = re.search(r'name="key" value="([^"]+)"', form.text)
    assert key is not None
    answers = {
        "key": key[1], "kind": "rectification", "title": "卫生间扶手整改", "text": "", "days": "3",
        "unit": "township", "division": TOWN.ljust(12, "0"), "organization": "",
    }  # fmt: skip
    issued = await bureau.post("/supervision/new", answers)
    again = await bureau.post("/supervision/new", answers)
    assert issued.status_code == again.status_code == 303
    assert issued.headers["location"] == again.headers["location"]
    assert await SupervisionTask.count() == 1
    path = issued.headers["location"]
    assert "卫生间扶手整改" in (await officer.get("/supervision")).text
    short = await officer.post(f"{path}/feedback", {"evidence": "好了", "reference": ""})
    assert short.status_code == 422
    assert "at least 10 characters" in short.text
    done = await officer.post(f"{path}/feedback", {"evidence": EVIDENCE, "reference": "ZG-7"})
    assert done.status_code == 303
    assert (await officer.post(f"{path}/close", {"finding": "已核查"})).status_code == 403
    checked = await lead.get("/supervision?view=check")
    assert "卫生间扶手整改" in checked.text
    assert EVIDENCE in (await lead.get(path)).text
    assert (await lead.post(f"{path}/close", {"finding": "现场核查属实"})).status_code == 303
    assert (await lead.post(f"{path}/close", {"finding": "现场核查属实"})).status_code == 303
    row = await SupervisionTask.objects().first()
    assert row is not None
    assert (row.status, row.closed_by, row.doers) == ("cancelled", world["lead"].me, [world["officer"].me])


async def test_returned_feedback_goes_back_with_its_reason_and_the_clock_goes_on(world: World, visit) -> None:
    task = await by_hand(world)
    officer, bureau = await visit("officer"), await visit("bureau")
    await officer.post(f"/supervision/{task}/feedback", {"evidence": EVIDENCE})
    assert (await bureau.post(f"/supervision/{task}/return", {"reason": ""})).status_code == 422
    assert (await bureau.post(f"/supervision/{task}/return", {"reason": "缺少照片编号"})).status_code == 303
    row = await SupervisionTask.objects().first()
    assert row is not None
    assert (row.status, row.next_at is not None) == ("tracking", True)
    assert "缺少照片编号" in (await officer.get(f"/supervision/{task}")).text
    assert "was returned" in (await officer.get("/inbox")).text


async def test_forwarding_gives_it_to_another_unit_that_is_told(world: World, visit) -> None:
    task = await by_hand(world)
    officer, coordinator = await visit("officer"), await visit("coordinator")
    assert (await coordinator.get(f"/supervision/{task}")).status_code == 404
    answers = {"unit": "village", "division": VILLAGE, "organization": "", "reason": "由村里办理"}
    assert (await officer.post(f"/supervision/{task}/forward", {**answers, "division": TOWN})).status_code == 422
    foreign = await officer.post(f"/supervision/{task}/forward", {**answers, "division": FOREIGN_VILLAGE})
    assert foreign.status_code == 422
    for _ in range(2):
        assert (await officer.post(f"/supervision/{task}/forward", answers)).status_code == 303
    page = await coordinator.get(f"/supervision/{task}")
    assert page.status_code == 200
    assert "由村里办理" in page.text
    assert "was given to you" in (await coordinator.get("/inbox")).text


async def test_pausing_and_resuming_stand_on_the_page_with_their_reason(world: World, visit) -> None:
    task = await by_hand(world)
    doer, officer = await visit("officer"), await visit("bureau")
    assert (await doer.post(f"/supervision/{task}/pause", {"reason": "等待第三方鉴定"})).status_code == 403
    assert f'action="/supervision/{task}/pause"' not in (await doer.get(f"/supervision/{task}")).text
    past = {"reason": "等待第三方鉴定", "until": "2020-01-01"}
    assert (await officer.post(f"/supervision/{task}/pause", past)).status_code == 422
    for _ in range(2):
        assert (await officer.post(f"/supervision/{task}/pause", {"reason": "等待第三方鉴定"})).status_code == 303
    page = (await officer.get(f"/supervision/{task}")).text
    assert "The clock stands still since" in page
    assert "等待第三方鉴定" in page
    assert (await officer.post(f"/supervision/{task}/urge", {"text": "请加快"})).status_code == 409
    assert (await officer.post(f"/supervision/{task}/resume", {})).status_code == 303
    assert (await officer.post(f"/supervision/{task}/urge", {"text": "请加快"})).status_code == 303


async def test_what_a_feature_watches_is_not_closed_by_hand(world: World, visit) -> None:
    subject = uuid4()
    timed = Timed("need.confirm", "need", subject, f"/needs/{subject}", VILLAGE, now() + timedelta(days=2))
    task = await actions.watch(world["coordinator"], timed, now())
    officer = await visit("officer")
    page = (await officer.get(f"/supervision/{task}")).text
    assert f"/needs/{subject}" in page
    assert f"/supervision/{task}/feedback" not in page
    assert (await officer.post(f"/supervision/{task}/feedback", {"evidence": EVIDENCE})).status_code == 409
    assert (await officer.post(f"/supervision/{task}/withdraw", {"reason": "不需要"})).status_code == 409


async def test_the_board_counts_by_unit_and_every_number_opens_its_list(world: World, visit) -> None:
    await by_hand(world, due_at=now() - timedelta(days=20))
    await by_hand(world, unit="organization", organization=world.organization)
    await by_hand(world, unit="village", division=VILLAGE)
    await tick(now())
    bureau = await visit("bureau")
    board = (await bureau.get("/supervision/board")).text
    for name in ("河东街道", "春晖助老服务中心", "柳树村"):
        assert name in board
    for href in set(re.findall(r'href="(/supervision/list\?[^"]+)"', board)):
        assert (await bureau.get(href.replace("&amp;", "&"))).status_code == 200, href
    assert "1 row" in (await bureau.get("/supervision/list?when=late")).text
    assert "1 row" in (await bureau.get(f"/supervision/list?organization={world.organization}")).text
    outside = await visit("outside_officer")
    assert "河东街道" not in (await outside.get("/supervision/board")).text
    assert "3 rows" not in (await outside.get("/supervision/list?division=990101")).text


async def test_the_wall_shows_figures_and_no_title_and_refreshes_by_itself_when_asked(world: World, visit) -> None:
    await by_hand(world, due_at=now() - timedelta(days=30))
    await tick(now())
    lead = await visit("lead")
    wall = await lead.get("/supervision/wall")
    assert "level 3" in wall.text
    assert "卫生间扶手整改" not in wall.text
    assert "refresh" not in wall.headers
    assert (await lead.get("/supervision/wall?auto=1")).headers["refresh"] == "60"


async def test_a_confidential_matter_shows_only_its_kind_and_number(world: World, visit) -> None:
    actions.confidential("test.secret")
    task = await by_hand(world, kind="test.secret", owner=world["child_supervisor"].me)
    bureau, owner = await visit("bureau"), await visit("child_supervisor")
    page = await bureau.get(f"/supervision/{task}")
    assert page.status_code == 200
    assert "卫生间扶手整改" not in page.text
    assert "Confidential" in page.text
    assert "卫生间扶手整改" not in (await bureau.get("/supervision/list")).text
    assert "卫生间扶手整改" in (await owner.get(f"/supervision/{task}")).text


async def test_an_organisations_manager_does_the_tasks_of_the_own_organisation_only(world: World, visit) -> None:
    task = await by_hand(world, unit="organization", organization=world.organization)
    manager, rival = await visit("manager"), await visit("other_manager")
    assert (await manager.post(f"/supervision/{task}/track", {"text": "已安排人员"})).status_code == 303
    assert (await rival.get(f"/supervision/{task}")).status_code == 404
    assert (await rival.post(f"/supervision/{task}/track", {"text": "x"})).status_code == 404
    assert (await manager.post(f"/supervision/{task}/feedback", {"evidence": EVIDENCE})).status_code == 303
    await handling.close(world["officer"], task, "已核查", now())


async def test_a_year_is_checked_line_by_line_and_then_replaced_as_a_whole(world: World, visit) -> None:
    bureau = await visit("bureau")
    await by_hand(world, due_at=now() + timedelta(days=1))
    lines = [
        "日期,上班,事由",
        "2028-13-01,休,元旦",
        "2028-10-01,maybe,国庆",
        *["2028-10-02,休,国庆"] * 2,
        "2029-01-01,休,元旦",
    ]
    wrong = "\n".join([*lines, "2029-01-01,休,元旦"])
    answer = await bureau.post("/calendar/check", {"days": wrong})
    assert answer.status_code == 422
    for part in ("Line 2", "Line 3", "twice", "of another: 2029-01-01"):
        assert part in answer.text
    right = "date,working,occasion\n2028-01-01,no,元旦\n2028-10-01,休,国庆节\n2028-10-14,班,国庆节"
    assert "The year is new" in (await bureau.post("/calendar/check", {"days": right})).text
    entered = WorkingDay.day >= date(2028, 1, 1)
    assert await WorkingDay.count().where(entered) == 0
    for _ in range(2):
        assert (await bureau.post("/calendar", {"days": right})).status_code == 303
    assert await WorkingDay.count().where(entered) == 3
    assert "make-up working day" in (await bureau.get("/calendar?year=2028")).text
    assert (await (await visit("lead")).get("/calendar")).status_code == 404


async def test_a_task_by_hand_says_what_is_wrong_with_its_form(world: World, visit) -> None:
    bureau = await visit("bureau")
    answer = await bureau.post("/supervision/new", {"key": str(uuid4()), "kind": "nothing", "days": "0", "title": ""})
    assert answer.status_code == 422
    assert answer.text.count("Please fill this in.") >= 1
    assert "from 1 to 120" in answer.text
    far = await bureau.post("/supervision/new", {
        "key": str(uuid4()), "kind": "other", "days": "3", "title": "x", "unit": "township",
        "division": "990102001000",
    })  # fmt: skip
    assert far.status_code == 422
    assert "not yours" in far.text


async def test_the_start_page_shows_what_waits(world: World, visit) -> None:
    await by_hand(world, due_at=now() - timedelta(hours=1))
    officer = await visit("officer")
    start = (await officer.get("/")).text
    assert "Timed tasks overdue" in start
    assert "/supervision?when=late" in start
