"""The leaders' view: every number is what a straight query gives, and its rows are as many."""

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from bangfu.complaints.tables import Complaint
from bangfu.errors import NotYours
from bangfu.reports import listing, view
from bangfu.reports.asking import quarter_text
from bangfu.reports.view import FIGURES
from bangfu.shared.civil_time import SHANGHAI, add_months
from bangfu.shared.clock import today
from bangfu.visits.tables import Visit
from tests.reports.furnishing import asked
from tests.support import TOWN, World
from tests.visits.visit_steps import planned

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
    " WHERE m.kind = 'verified' AND l.id = m.line AND k.id = l.contract AND k.division = '990101000000' AND "
    + THEN.format("m.at"),
    "money_paid": "SELECT coalesce(sum(i.amount), 0) FROM payment_item i, payment_batch b WHERE b.id = i.batch"
    " AND i.result = 'paid' AND b.division = '990101000000'",
    "cap_used": f"{COMMITTED} AND {CAPPED})",
    "cap_total": f"SELECT coalesce(sum(total * cap_share), 0) FROM fund f WHERE division = '990101000000' AND {CAPPED}",
    "scores": "SELECT count(*) FROM quarter_score WHERE kind = 'contract' AND division = '990101000000'"
    " AND published_at IS NOT NULL AND make_date(year, quarter * 3, 1) ="
    " make_date(extract(year FROM now() AT TIME ZONE 'Asia/Shanghai')::int,"
    " extract(quarter FROM now() AT TIME ZONE 'Asia/Shanghai')::int * 3, 1)",
    "complaints_received": f"SELECT count(*) FROM complaint WHERE {THEN.format('entered_at')}",
    "complaints_open": "SELECT count(*) FROM complaint WHERE status NOT IN ('closed', 'transferred', 'not_accepted')",
    "deadlines_open": f"{TASKS} NOT IN ('cancelled', 'dropped')",
    "deadlines_late": f"{TASKS} NOT IN ('cancelled', 'dropped', 'feedback') AND due_at < now() AND paused_at IS NULL",
    "deadlines_ended": ENDED,
    "deadlines_in_time": f"{ENDED} AND closed_at <= due_at",
}
"""Figure -> the same number of county 990101 in this quarter, written anew."""
SEEN_BY = {"children": "bureau", "children_served": "bureau"}


async def test_every_number_is_what_a_straight_query_gives_and_its_rows_are_as_many(furnished: World) -> None:
    assert set(STRAIGHT) == set(FIGURES)
    whole = asked(furnished)
    for code, figure in FIGURES.items():
        number = await view.number(whole, view.figure_for(whole, code))
        [straight] = (await Complaint.raw(STRAIGHT[code]))[0].values()
        assert number.value == straight, code
        assert straight, code
        rows = await listing.rows(whole, figure, "", "", 500)
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
            if by in {"town", "village"}:
                assert sum(part.n for part in parts) == number.n, code
            for part in parts:
                again = await view.number(whole, figure, by, part.code)
                assert again.value == part.value, (code, by, part.code)
                assert len(await listing.rows(whole, figure, by, part.code, 500)) == part.n, (code, by, part.code)
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
        assert number.n == len(await listing.rows(village, FIGURES[code], "", "", 500)) > 0
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
        assert [row.number for row in await listing.rows(then, figure, "", "", 9)] == [one.number]
    series = dict(await view.series(asked(world, first=first), figure))
    assert len(series) == 8 and (series["2026Q3"].n, series["2026Q4"].n, series["2026Q2"].n) == (1, 1, 0)
    assert add_months(first, -21) == date(2025, 1, 1) and "2025Q1" in series


async def test_roles_see_the_figures_whose_rows_they_may_see(furnished: World, visit) -> None:
    codes = {who: {each.code for each in view.shown_to(asked(furnished, who))} for who in ("bureau", "auditor", "lead")}
    assert codes["bureau"] == set(FIGURES)
    assert codes["lead"] == set(FIGURES) == codes["auditor"] | {"children", "children_served"}
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


async def test_the_lead_counts_children_by_colour_and_town_but_never_learns_whose_they_are(
    furnished: World, visit
) -> None:
    whole, officer = asked(furnished, "lead"), asked(furnished)
    figure = view.figure_for(whole, "children")
    assert await view.parts(whole, figure, "colour") == await view.parts(officer, FIGURES["children"], "colour")
    [named, *_more] = await listing.rows(officer, FIGURES["children"], "", "", 500)
    assert named.href and named.number and named.name
    nameless = await listing.rows(whole, figure, "", "", 500)
    assert len(nameless) == (await view.number(whole, figure)).n
    assert {(one.href, one.number, one.name) for one in nameless} == {("", "", "")} and nameless[0].what
    assert view.offered(asked(furnished, "lead", area=TOWN), figure) == ["colour"]
    assert "children" not in {each.code for each in view.shown_to(asked(furnished, "lead", area=f"{TOWN}201"))}
    browser = await visit("lead")
    page = (await browser.get(f"/reports/rows/children?area={TOWN}")).text
    assert named.number not in page and 'href="/children/' not in page.split("<main")[1]
    assert (await browser.get(f"/reports/rows/children?area={TOWN}&by=village&code={TOWN}201")).text.count("<tr") == (
        page.count("<tr")
    )
    file = (await browser.get("/reports/rows/children/csv")).text
    assert named.number not in file and len(file.splitlines()) == len(nameless) + 1
    assert named.number in (await (await visit("bureau")).get("/reports/rows/children")).text


async def test_the_pages_link_every_number_and_mask_names(furnished: World, visit) -> None:
    browser, quarter = await visit("bureau"), quarter_text(today())
    page = (await browser.get("/reports")).text
    assert f'href="/reports/scores?area=990101&amp;quarter={quarter}"' in page
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
