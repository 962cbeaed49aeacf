"""Charts: drawn from the same numbers as the tables beneath, which are the figures of the view; and long lists."""

import csv
import html
import io
import json
import re
from typing import Any

import pytest

from bangfu.reports import charts, listing, view
from bangfu.reports.listing import Place
from bangfu.reports.view import FIGURES
from bangfu.shared import kept
from bangfu.shared.masking_filters import shown_time
from bangfu.shared.tables import KeptAnswer
from tests.reports.furnishing import asked
from tests.support import TOWN, World

PARTS = ("table-places", "table-visits", "table-evidence", "table-money", "table-cap")


def drawings_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(html.unescape(found)) for found in re.findall(r"data-chart='([^']*)'", text)]


async def test_tables_over_time_and_by_place_are_the_figures(furnished: World) -> None:
    whole = asked(furnished)
    for codes, rows in (
        ([*charts.OF_VISITS], await charts.of_visits(whole, [*charts.OF_VISITS])),
        ([*charts.OF_MONEY], await charts.of_money(whole, [*charts.OF_MONEY])),
    ):
        for place, code in enumerate(codes):
            series = await view.series(whole, FIGURES[code])
            assert [(row.code, row.numbers[place].value) for row in rows] == [(q, n.value) for q, n in series], code
            assert series[-1][1].value, code
    places = await charts.of_places(whole, [*charts.OF_PLACES])
    assert [row.code for row in places] == sorted(row.code for row in places)
    for place, code in enumerate(charts.OF_PLACES):
        number = await view.number(whole, FIGURES[code])
        assert sum(row.numbers[place].n for row in places) == number.n > 0, code
    villages = await charts.of_places(asked(furnished, area=TOWN), ["households"])
    assert len(villages) > 1 and all(len(row.code) == 12 and row.name for row in villages)
    classes, evidence = await charts.of_evidence(whole)
    done = await view.number(whole, FIGURES["visits_done"])
    assert sum(each.n for each in evidence[-1].numbers) == done.n
    for each in evidence[-1].numbers:
        assert (await view.number(whole, FIGURES["visits_done"], "evidence", each.code)).n == each.n, each.code
    assert [each.code for each in evidence[-1].numbers] == classes


async def test_the_meter_ends_at_what_is_used(furnished: World) -> None:
    whole = asked(furnished)
    cap, months = await charts.of_cap(whole)
    used = (await view.number(whole, FIGURES["cap_used"])).amount
    assert cap == (await view.number(whole, FIGURES["cap_total"])).amount and months[-1].used == used
    assert months[-1].share == round(used * 100 / cap, 1)
    assert sum(month.added for month in months) == used


async def test_dear_tables_and_figures_are_kept_as_they_were_counted_and_say_of_when(
    furnished: World, visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, asks = asked(furnished), ([*charts.OF_PLACES], [*charts.OF_VISITS], [*charts.OF_MONEY], True)
    counted = (await charts.tables(whole, *asks)).value
    figures = (await view.numbers(whole, view.shown_to(whole))).value
    monkeypatch.setattr(kept, "DEAR", 0.0)
    await charts.tables(whole, *asks)
    await view.numbers(whole, view.shown_to(whole))
    again, numbers = await charts.tables(whole, *asks), await view.numbers(whole, view.shown_to(whole))
    assert (again.value, numbers.value) == (counted, figures) and again.at and numbers.at
    await KeptAnswer.raw("UPDATE kept_answer SET made_at = made_at - interval '50 seconds'")
    browser = await visit("bureau")
    for path, lines in (("/reports", "needs_waiting"), ("/reports/charts", "households")):
        page = (await browser.get(path)).text
        [row] = await KeptAnswer.raw("SELECT max(made_at) AS at FROM kept_answer")
        assert shown_time(row["at"]) in page and f"/reports/rows/{lines}" in page, path
    village = asked(furnished, area=f"{TOWN}201")
    own = (await view.numbers(village, view.shown_to(village))).value
    assert own["households"].n < figures["households"].n, "another area's figures are its own"


async def test_drawings_have_the_numbers_of_their_tables_and_every_number_its_rows(
    furnished: World,
    visit: Any,
) -> None:
    browser = await visit("bureau")
    page = (await browser.get("/reports/charts")).text
    drawn = drawings_of(page)
    assert [each["kind"] for each in drawn] == ["bars", "line", "stack", "line", "meter"]
    assert all(f'id="{part}"' in page and f'href="#{part}"' in page for part in PARTS)
    links = {html.unescape(link) for link in re.findall(r'href="(/reports/rows/[^"]+)"', page)}
    for link in sorted(links):
        assert (await browser.get(link)).status_code == 200, link
    for each in drawn:
        assert len(each["series"]) <= 5
        assert all(len(one["values"]) == len(each["names"]) for one in each["series"])
    visits = await charts.of_visits(asked(furnished), [*charts.OF_VISITS])
    assert drawn[1]["series"][0]["values"] == [row.numbers[0].n for row in visits]
    town = (await browser.get(f"/reports/charts?area={TOWN}")).text
    assert "table-money" not in town and "table-cap" not in town and "table-places" in town
    assert "style=" not in page


async def test_scores_stand_in_like_cohorts_with_their_intervals(furnished: World, visit: Any) -> None:
    browser = await visit("bureau")
    page = (await browser.get("/reports/scores")).text
    [drawn] = drawings_of(page)
    assert drawn["kind"] == "intervals" and drawn["format"] == "percent"
    [[value, low, high]] = drawn["series"][0]["values"]
    assert 0 <= low <= value <= high <= 1 and f"{value * 100:.1f}" in page
    stars = drawings_of((await browser.get("/reports/scores?by=satisfaction")).text)
    assert stars == [] or stars[0]["format"] == "stars"
    empty = (await browser.get("/reports/scores?quarter=2024Q1")).text
    assert drawings_of(empty) == []
    onward = re.search(r'href="(/reports/scores\?area=[0-9]+&amp;quarter=[0-9Q]+)">See ', empty)
    assert onward and drawings_of((await browser.get(html.unescape(onward[1]))).text), "on to the quarter with scores"
    outside = await visit("outside_officer")
    assert drawn["names"][0] not in (await outside.get("/reports/scores")).text


async def test_a_long_list_is_read_on_from_its_last_row(furnished: World, visit: Any) -> None:
    whole, figure = asked(furnished), FIGURES["visits_due"]
    every = await listing.rows(whole, figure, "", "", 500)
    assert len(every) > 1
    read, after = [], None
    while found := await listing.rows(whole, figure, "", "", 1, after=after):
        read += found
        after = Place.of(found[-1].key.text()) if found[-1].key else None
    assert [row.number for row in read] == [row.number for row in every]
    assert Place.of("") is Place.of("2026-11-23_x") is Place.of("2026-11-23T00:00:00_" + "0" * 32) is None
    browser = await visit("bureau")
    assert (await browser.get("/reports/rows/visits_due?after=odd")).status_code == 200
    for code, each in FIGURES.items():
        answer = await browser.get(f"/reports/rows/{code}/csv")
        lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert len(lines) - 1 == (await view.number(whole, each)).n, code


@pytest.mark.parametrize("who", ["officer", "auditor", "lead", "outside_officer"])
async def test_every_reader_has_pages(who: str, furnished: World, visit: Any) -> None:
    browser = await visit(who)
    for path in ("/reports", "/reports/charts", "/reports/scores", "/reports/scores?by=satisfaction&quarter=x"):
        assert (await browser.get(path)).status_code == 200, path
