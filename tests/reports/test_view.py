"""The leaders' view: every number is what a straight query gives, and its rows are as many."""

import csv
import io
import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from bangfu.budgets.tables import Commitment
from bangfu.children.tables import ChildFile
from bangfu.complaints.tables import Complaint
from bangfu.contracts.tables import Movement
from bangfu.errors import NotYours
from bangfu.households.tables import Household, Person
from bangfu.planning.tables import MatchRun, Proposal
from bangfu.reports import view
from bangfu.reports.view import FIGURES, Asked
from bangfu.shared.civil_time import SHANGHAI, add_months
from bangfu.shared.clock import now, today
from bangfu.supervision.tables import SupervisionTask
from bangfu.visits.tables import Visit
from tests.budgets.money import fund_of, item_of, line_of
from tests.complaints.complaint_steps import closed, received
from tests.planning.making import make_household, make_need
from tests.support import FOREIGN_VILLAGE, NEAR_VILLAGE, TOWN, World
from tests.visits.visit_steps import planned, submitted

KEPT = "SELECT count(*) FROM household WHERE status IN ('active', 'grace') AND division LIKE '990101%'"
WAITS = "status IN ('confirmed', 'matching')"
SERVED = "status IN ('assigned', 'in_service')"
OF = "id IN (SELECT household FROM need WHERE"
VISITS = (
    "SELECT count(*) FROM visit WHERE division LIKE '990101%' AND to_char(planned_start AT TIME ZONE 'Asia/Shanghai',"
    " 'YYYY\"Q\"Q') = to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYYY\"Q\"Q') AND status"
)
CHILDREN = "SELECT count(*) FROM child_file WHERE status = 'active' AND division LIKE '990101%'"
PEOPLE = (
    "SELECT count(DISTINCT p.id) FROM person p, household h WHERE p.household = h.id AND p.left_on IS NULL"
    " AND h.category = 'tekun' AND h.support_mode = 'dispersed' AND h.status <> 'left' AND h.division LIKE '990101%'"
    " AND p.assisted"
)
THEN = (
    "to_char({} AT TIME ZONE 'Asia/Shanghai', 'YYYY\"Q\"Q') = to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYYY\"Q\"Q')"
)
TASKS = "SELECT count(*) FROM supervision_task WHERE left(division, 6) = '990101' AND status"
ENDED = f"{TASKS} = 'cancelled' AND {THEN.format('closed_at')}"
CAPPED = "f.cap_share > 0 AND f.total > 0 AND f.year = extract(year FROM now() AT TIME ZONE 'Asia/Shanghai')"
COMMITTED = (
    "SELECT coalesce(sum(amount), 0) FROM commitment WHERE fund IN (SELECT f.id FROM fund f"
    " WHERE f.division = '990101000000'"
)
STRAIGHT = {
    "households": KEPT,
    "households_served": f"{KEPT} AND {OF} {SERVED})",
    "households_unserved": f"{KEPT} AND {OF} {WAITS}) AND NOT {OF} {SERVED})",
    "children": CHILDREN,
    "children_served": f"{CHILDREN} AND household IN (SELECT household FROM need WHERE {SERVED})",
    "needs_waiting": f"SELECT count(*) FROM need WHERE {WAITS} AND division LIKE '990101%'",
    "needs_unplaced": f"SELECT count(*) FROM need WHERE {WAITS} AND id IN (SELECT need FROM proposal"
    " WHERE carer IS NULL AND run = (SELECT id FROM match_run ORDER BY finished_at DESC LIMIT 1))",
    "agreements_due": PEOPLE,
    "agreements_signed": f"{PEOPLE} AND p.id IN (SELECT person FROM care_agreement WHERE status = 'active')",
    "visits_due": f"{VISITS} NOT IN ('cancelled', 'excused')",
    "visits_done": f"{VISITS} IN ('submitted', 'flagged', 'verified', 'disputed', 'settled')",
    "visits_verified": f"{VISITS} IN ('verified', 'settled')",
    "visits_missed": f"{VISITS} = 'missed'",
    "money_committed": f"{COMMITTED}) AND {THEN.format('at')}",
    "money_verified": "SELECT coalesce(sum(m.amount), 0) FROM contract_movement m, contract_line l, contract k"
    " WHERE m.kind = 'verified' AND l.id = m.line AND k.id = l.contract AND k.division = '990101000000'",
    "money_paid": "SELECT coalesce(sum(i.amount), 0) FROM payment_item i, payment_batch b WHERE b.id = i.batch"
    " AND i.result = 'paid' AND b.division = '990101000000'",
    "cap_used": f"{COMMITTED} AND {CAPPED})",
    "cap_total": f"SELECT coalesce(sum(total * cap_share), 0) FROM fund f WHERE division = '990101000000' AND {CAPPED}",
    "complaints_received": f"SELECT count(*) FROM complaint WHERE {THEN.format('entered_at')}",
    "complaints_open": "SELECT count(*) FROM complaint WHERE status NOT IN ('closed', 'transferred', 'not_accepted')",
    "deadlines_open": f"{TASKS} NOT IN ('cancelled', 'dropped')",
    "deadlines_late": f"{TASKS} NOT IN ('cancelled', 'dropped', 'feedback') AND due_at < now() AND paused_at IS NULL",
    "deadlines_ended": ENDED,
    "deadlines_in_time": f"{ENDED} AND closed_at <= due_at",
}
"""Figure -> the same number of county 990101 in this quarter, written anew."""
SEEN_BY = {"children": "bureau", "children_served": "bureau"}
EMPTY_HERE = {"money_paid", "agreements_signed"}
"""Their making is long; that they are nothing is compared, their SQL runs."""


def asked(world: World, who: str = "bureau", area: str = "", first: date | None = None) -> Asked:
    actor = world[who]
    return Asked(actor, area or actor.scope, first or view.first_day("", today()), now())


async def _task(**more: Any) -> None:
    await SupervisionTask(
        id=uuid4(), number=f"T-{uuid4().hex[:8]}", kind="by_hand", subject_type="by_hand", subject=uuid4(),
        **{"division": f"{TOWN}201", "due_at": now() + timedelta(days=3), **more},
    ).save()  # fmt: skip


@pytest.fixture
async def furnished(world: World) -> World:
    """Something of every figure inside the county, something beside it outside."""
    served = await make_household()
    await make_need(world, household=served, status="in_service", service="tutoring")
    await make_need(world, household=served, status="assigned")
    waiting = await make_need(world, division=NEAR_VILLAGE, priority="urgent")
    await make_need(world, household=served)
    await make_need(world, division=FOREIGN_VILLAGE)
    alone = await make_household(support_mode="dispersed")
    await Household.raw("UPDATE household SET category = 'tekun' WHERE id = {}", alone)
    for home, assisted in ((alone, True), (served, False)):
        person = Person(
            id=uuid4(), household=home, name="王小明", is_head=True, assisted=assisted, birth_date=date(2016, 5, 1)
        )
        await person.save()
        await ChildFile(
            id=uuid4(), household=home, person=person.id, division=f"{TOWN}201",
            color="red" if assisted else "blue", color_since=today(), review_on=today(),
        ).save()  # fmt: skip
    run = MatchRun(
        id=uuid4(), number="R-1", division=f"{TOWN}000", status="done", finished_at=now() - timedelta(hours=1)
    )
    await run.save()
    await Proposal(
        id=uuid4(), run=run.id, need=waiting, household=served, division=NEAR_VILLAGE, service="visit_check",
        priority="urgent", reason="too_far", cost_parts=json.dumps({}), checks="[]",
    ).save()  # fmt: skip
    made = [await submitted(world), await planned(world, "rival"), await planned(world, "cleaner")]
    await Visit.update({Visit.status: "missed"}).where(Visit.id == made[1].id)
    await Visit.update({Visit.status: "verified"}).where(Visit.id == made[2].id)
    await Visit.raw("UPDATE visit SET planned_start = now(), planned_end = now() + interval '1 hour'")
    fund = await fund_of(world, "1000000")
    item = await item_of(fund, "20000")
    contract, line = await line_of(world)
    for amount in ("1200.50", "-200.25"):
        await Commitment(
            id=uuid4(), item=item, fund=fund, contract=contract, line=line, subject=uuid4(),
            kind="committed" if amount[0] != "-" else "released", amount=Decimal(amount),
        ).save()  # fmt: skip
    for kind in ("delivered", "verified"):
        await Movement(
            id=uuid4(), line=line, kind=kind, units=2, amount=Decimal("120.00"), subject=uuid4(), division=f"{TOWN}201"
        ).save()
    await received(world)
    await closed(world)
    await _task()
    await _task(due_at=now() - timedelta(days=1))
    await _task(status="cancelled", settled_event="done", closed_at=now())
    await _task(status="cancelled", settled_event="done", closed_at=now(), due_at=now() - timedelta(days=1))
    await _task(division=FOREIGN_VILLAGE)
    return world


async def test_every_number_is_what_a_straight_query_gives_and_its_rows_are_as_many(furnished: World) -> None:
    assert set(STRAIGHT) == set(FIGURES)
    whole = asked(furnished)
    for code, figure in FIGURES.items():
        number = await view.number(whole, view.figure_for(whole, code))
        [straight] = (await Complaint.raw(STRAIGHT[code]))[0].values()
        assert number.value == straight, code
        assert straight or code in EMPTY_HERE, code
        rows = await view.rows(whole, figure, "", "", 500)
        assert len(rows) == number.n, code
        if figure.amount:
            assert sum((row.amount or Decimal(0) for row in rows), Decimal(0)) == number.amount, code


async def test_the_parts_of_a_figure_have_the_rows_that_they_say(furnished: World) -> None:
    whole = asked(furnished)
    for code, figure in FIGURES.items():
        for by in figure.by:
            parts = await view.parts(whole, figure, by)
            number = await view.number(whole, figure)
            assert sum(part.n for part in parts) >= number.n, (code, by)
            if by == "town":
                assert sum(part.n for part in parts) == number.n, code
            for part in parts:
                again = await view.number(whole, figure, by, part.code)
                assert again.value == part.value, (code, by, part.code)
                assert len(await view.rows(whole, figure, by, part.code, 500)) == part.n, (code, by, part.code)
    by_service = {part.code: part.n for part in await view.parts(whole, FIGURES["households_served"], "service")}
    assert by_service["tutoring"] == 1


async def test_a_town_has_its_own_numbers_and_no_money(furnished: World) -> None:
    town = asked(furnished, area=TOWN)
    assert not {figure.code for figure in view.shown_to(town)} & {"money_committed", "cap_used", "money_paid"}
    with pytest.raises(NotYours):
        view.figure_for(town, "cap_total")
    officer = asked(furnished, "officer")
    assert (await view.number(officer, FIGURES["needs_waiting"])).n == (
        await view.number(town, FIGURES["needs_waiting"])
    ).n
    village = asked(furnished, area=f"{TOWN}201")
    for code in ("needs_waiting", "visits_due", "households"):
        number = await view.number(village, FIGURES[code])
        assert number.n == len(await view.rows(village, FIGURES[code], "", "", 500)) > 0
        [part] = await view.parts(village, FIGURES[code], "town")
        assert (await view.number(village, FIGURES[code], "town", part.code)).n == number.n


async def test_a_quarter_begins_at_midnight_in_china(world: World) -> None:
    first = view.first_day("2026Q4", today())
    assert first == date(2026, 10, 1) and view.first_day("2026Q5", first) == first == view.first_day("", first)
    made = [await planned(world, "nurse"), await planned(world, "cleaner")]
    midnight = datetime(2026, 10, 1, tzinfo=SHANGHAI)
    for one, at in zip(made, (midnight - timedelta(seconds=1), midnight), strict=True):
        await Visit.raw(
            "UPDATE visit SET planned_start = {}, planned_end = {} WHERE id = {}", at, at + timedelta(hours=1), one.id
        )
    figure = FIGURES["visits_due"]
    for month, one in ((7, made[0]), (10, made[1])):
        then = asked(world, first=date(2026, month, 1))
        assert (await view.number(then, figure)).n == 1
        assert [row.number for row in await view.rows(then, figure, "", "", 9)] == [one.number]
    series = dict(await view.series(asked(world, first=first), figure))
    assert len(series) == 8 and (series["2026Q3"].n, series["2026Q4"].n, series["2026Q2"].n) == (1, 1, 0)
    assert add_months(first, -21) == date(2025, 1, 1) and "2025Q1" in series


async def test_roles_see_the_figures_whose_rows_they_may_see(furnished: World, visit) -> None:
    codes = {who: {each.code for each in view.shown_to(asked(furnished, who))} for who in ("bureau", "auditor", "lead")}
    assert codes["bureau"] == set(FIGURES)
    assert set(FIGURES) - codes["auditor"] == {"children", "children_served"} == set(FIGURES) - codes["lead"]
    officer = await visit("officer")
    assert (await officer.get("/reports")).status_code == 200
    for path in ("/reports?area=990102", "/reports/rows/cap_used", "/reports/rows/needs_waiting?area=9901",
                 "/reports/figures/money_paid", "/reports/rows/unknown"):  # fmt: skip
        assert (await officer.get(path)).status_code == 404, path
    hidden = await Complaint.raw("SELECT id FROM complaint WHERE status = 'received' LIMIT 1")
    before = await view.number(asked(furnished), FIGURES["complaints_open"])
    await Complaint.raw(
        "UPDATE complaint SET excluded = ARRAY[{}::uuid] WHERE id = {}", furnished["bureau"].user, hidden[0]["id"]
    )
    assert (await view.number(asked(furnished), FIGURES["complaints_open"])).n == before.n - 1


async def test_the_pages_link_every_number_and_mask_names(furnished: World, visit) -> None:
    browser, quarter = await visit("bureau"), view.quarter_text(today())
    page = (await browser.get("/reports")).text
    assert f'href="/scores/cohorts?period={quarter}"' in page
    for code, figure in FIGURES.items():
        assert f'href="/reports/rows/{code}?area=990101&amp;quarter={quarter}"' in page, code
        rows = await browser.get(f"/reports/rows/{code}")
        assert rows.status_code == 200 and "王小明" not in rows.text, code
        for by in figure.by or ("",):
            assert (await browser.get(f"/reports/figures/{code}?by={by}")).status_code == 200, (code, by)
    answer = await browser.get("/reports/rows/households/csv")
    listed = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(listed) - 1 == (await view.number(asked(furnished), FIGURES["households"])).n
    assert "王小明" not in answer.text and "王" in answer.text


async def test_an_area_without_anything_has_pages_too(world: World, visit) -> None:
    browser = await visit("outside_officer")
    for path in ("/reports", "/reports/figures/visits_due", "/reports/rows/visits_due", "/reports/rows/households/csv"):
        assert (await browser.get(path)).status_code == 200, path
    assert (await view.number(asked(world, "outside_officer"), FIGURES["needs_waiting"])).n == 0
