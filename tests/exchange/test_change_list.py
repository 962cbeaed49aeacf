"""The monthly list: what was put on record in a month, closed once it is over, the same ever after."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from bangfu.exchange.change_files import export_changes, lines
from bangfu.exchange.change_rules import SpanFact, is_over, moments_of, of_category
from bangfu.exchange.changes import monthly, months
from bangfu.exchange.tables import ChangeList
from bangfu.households.history import change_category
from bangfu.households.leaving import Leaving, exit_household, record_leaving, undo_leaving
from bangfu.households.spans import Standing
from bangfu.households.tables import Household, Person, ReadLog
from bangfu.shared.clock import today
from tests.exchange.callers import SECRETS, rows_of_a_household
from tests.imports.lists import taken
from tests.support import World

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
LATER = datetime(2026, 12, 3, 4, tzinfo=UTC)
NOVEMBER = date(2026, 11, 1)


def span(category: str, starts: date, decided: datetime, replaced: datetime | None = None) -> SpanFact:
    return SpanFact("h", category, "/", starts, decided, replaced)


def test_a_month_begins_and_ends_at_midnight_in_china() -> None:
    start, end = moments_of(date(2026, 12, 1))
    assert (start.isoformat(), end.isoformat()) == ("2026-12-01T00:00:00+08:00", "2027-01-01T00:00:00+08:00")
    assert is_over(NOVEMBER, datetime(2026, 11, 30, 16, tzinfo=UTC))
    assert not is_over(NOVEMBER, datetime(2026, 11, 30, 15, 59, tzinfo=UTC))


def test_the_months_to_choose_from_go_back_over_the_turn_of_the_year() -> None:
    assert months(date(2026, 2, 28), 4) == [date(2026, 2, 1), date(2026, 1, 1), date(2025, 12, 1), date(2025, 11, 1)]


def test_what_a_span_of_the_category_says() -> None:
    first = span("dibao", date(2024, 1, 1), AT)
    assert of_category([first], first) == ("entered", "")
    second = span("tekun", date(2026, 11, 1), LATER)
    assert of_category([first, second], second) == ("category", "dibao")
    wrong = span("dibao", date(2024, 1, 1), AT, LATER)
    right = span("dibao_edge", date(2024, 1, 1), LATER)
    assert of_category([wrong, right], right) == ("category", "dibao")
    assert of_category([wrong, right], wrong) == ("entered", ""), "a later correction does not change the old list"
    same = span("dibao", date(2024, 1, 1), LATER)
    assert of_category([wrong, same], same) is None


async def _home(world: World) -> tuple[Household, dict[str, object]]:
    await taken("households", rows_of_a_household())
    row = await Household.objects().first()
    people = {one["name"]: one["id"] for one in await Person.raw("SELECT id, name FROM person")}
    return row, people


async def test_category_exit_and_death_stand_in_the_list_of_their_month(world: World) -> None:
    home, people = await _home(world)
    officer = world["officer"]
    await change_category(officer, home.id, 1, Standing("dibao_edge"), date(2026, 11, 20), "收入增加", AT)
    await record_leaving(officer, home.id, people["小测试"], uuid4(), Leaving("died", date(2026, 11, 19)), "病故", AT)
    await exit_household(officer, home.id, 2, date(2026, 11, 20), "收入超标", AT, gradual=True)
    found = await monthly(world["bureau"], NOVEMBER, "", AT)
    assert [(one.kind, one.before, one.after, one.on) for one in found.changes if one.kind != "entered"] == [
        ("category", "dibao", "dibao_edge", "2026-11-20"), ("died", "", "active", "2026-11-19"),
        ("grace", "", "grace", "2026-11-20"),
    ]  # fmt: skip
    assert not found.closed


async def test_a_leaving_that_was_taken_back_is_no_change(world: World) -> None:
    home, people = await _home(world)
    key = uuid4()
    await record_leaving(
        world["officer"], home.id, people["小测试"], key, Leaving("died", date(2026, 11, 19)), "误", AT
    )
    await undo_leaving(world["coordinator"], home.id, key, "登记错误", AT)
    found = await monthly(world["bureau"], NOVEMBER, "", AT)
    assert "died" not in {one.kind for one in found.changes}


async def test_a_closed_list_stays_as_it_was_whatever_happens_later(world: World) -> None:
    home, _ = await _home(world)
    await change_category(world["officer"], home.id, 1, Standing("dibao_edge"), date(2026, 11, 20), "收入增加", AT)
    first = await monthly(world["bureau"], NOVEMBER, "", LATER)
    assert first.closed
    await Household.update(division="990101002201").where(Household.id == home.id)
    again = await monthly(world["bureau"], NOVEMBER, "", LATER + timedelta(days=400))
    assert (again.sha256, again.changes) == (first.sha256, first.changes)
    part = await monthly(world["officer"], NOVEMBER, "", LATER)
    assert part.changes == first.changes, "the township's part of the county's list"
    assert (await monthly(world["outsider"], NOVEMBER, "990101", LATER)).changes == []
    with pytest.raises(Exception, match="append-only"):
        await ChangeList.raw("UPDATE change_list SET sha256 = 'x'")


async def test_the_list_is_masked_on_the_page_and_whole_only_with_a_reason(world: World) -> None:
    await _home(world)
    found = await monthly(world["bureau"], today().replace(day=1), "", datetime.now(UTC))
    assert found.changes
    assert not [secret for secret in SECRETS if secret in str(await lines(found.changes, today()))]
    for file_format in ("csv", "json"):
        made = await export_changes(world["officer"], found, "", file_format, "", AT)
        assert not [secret for secret in SECRETS if secret in made.file.read().decode("utf-8-sig")]
    made = await export_changes(world["bureau"], found, "", "csv", "报送医保局", AT)
    text = made.file.read().decode("utf-8-sig")
    assert SECRETS[0] in text
    assert found.sha256 in text
    reads = await ReadLog.raw("SELECT DISTINCT household, what FROM read_log")
    assert [row["what"] for row in reads] == ["export"]


async def test_the_page_shows_and_gives_the_list(visit, world: World) -> None:
    await _home(world)
    month = f"{today():%Y-%m}"
    officer, bureau = await visit("officer"), await visit("bureau")
    shown = await officer.get(f"/exchange/changes?month={month}")
    assert "Entered the register" in shown.text
    assert "H-1" in shown.text
    assert (await officer.get("/exchange/changes?month=soon&division=abc&page=x")).status_code == 200
    asked = {"month": month, "division": "", "format": "xlsx"}
    assert (await officer.post("/exchange/changes/export", asked)).content[:2] == b"PK"
    assert (await officer.post("/exchange/changes/unmasked", {**asked, "reason": "报送医保局"})).status_code == 403
    assert (await bureau.post("/exchange/changes/unmasked", asked)).status_code == 422
    assert (await bureau.post("/exchange/changes/unmasked", {**asked, "reason": "报送医保局"})).status_code == 200
