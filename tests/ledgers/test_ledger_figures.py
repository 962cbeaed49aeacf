"""Every figure of a ledger beside the rows of its tables, added up in the plainest way; and what a change shows."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.children.tables import ChildContact, ChildFile
from bangfu.contracts.tables import ContractLine
from bangfu.feedback.tables import Rating, RatingCode
from bangfu.households.tables import Household, Person
from bangfu.ledgers import issuing, paper
from bangfu.ledgers.comparing import compare
from bangfu.quality.tables import QuarterScore, ScoreRevision
from bangfu.shared.clock import now, today
from bangfu.shared.masking import mask_name
from bangfu.visits.tables import Visit
from bangfu.volunteers.hours_tables import VolunteerActivity, VolunteerService
from tests.complaints import complaint_steps
from tests.ledgers.test_ledgers import file_of, rows_of, wanted
from tests.quality import life_steps
from tests.support import FAR_VILLAGE, NEAR_VILLAGE, VILLAGE, World
from tests.visits import visit_steps

DONE = {"submitted", "flagged", "verified", "disputed", "settled"}
PAID = {"verified", "disputed", "settled"}
YEAR = str(today().year)


async def work(world: World) -> list[Visit]:
    """Visits of two providers in two townships, one of each state that counts differently."""
    states = ("submitted", "verified", "settled", "flagged", "rejected", "excused", "cancelled", "missed", "planned")
    for place, state in enumerate(states):
        carer, village = ("rival", FAR_VILLAGE) if place % 3 == 0 else ("nurse", VILLAGE)
        made = await visit_steps.submitted(world, carer)
        await Visit.raw(
            "UPDATE visit SET status = {}, division = {}, unit_price = {}, payable = {}, ended_at = started_at"
            " + make_interval(mins => {}) WHERE id = {}",
            state, village, Decimal(f"{20 + place}.35"), state != "settled", 31 + place, made.id,
        )  # fmt: skip
    return await Visit.objects()


def minutes(visits: list[Visit]) -> int:
    return sum(int((each.ended_at - each.started_at).total_seconds() // 60) for each in visits if each.status in DONE)


def paid(visits: list[Visit]) -> Decimal:
    return sum((each.unit_price for each in visits if each.status in PAID and each.payable), Decimal(0))


def counted(visits: list[Visit]) -> dict[str, Any]:
    return {
        "planned": sum(each.status != "cancelled" for each in visits),
        "done": sum(each.status in DONE for each in visits),
        "verified": sum(each.status in PAID for each in visits), "served": minutes(visits),
    }  # fmt: skip


def only(row: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in names}


async def test_every_row_of_homes_lines_and_towns_is_the_sum_of_its_visits(world: World) -> None:
    visits = await work(world)
    assert len(await rows_of(wanted(world["bureau"]))) == len(visits)
    homes = {row["household"]: row for row in await rows_of(wanted(world["bureau"], "household_file"))}
    for home in await Household.objects().where(Household.status == "active"):
        told = counted([each for each in visits if each.household == home.id])
        members = await Person.count().where((Person.household == home.id) & Person.left_on.is_null())
        assert only(homes[home.number], {**told, "members": 0}) == {**told, "members": members}
    lines = await rows_of(wanted(world["bureau"], "purchase_month"))
    told_lines = []
    for line in await ContractLine.objects():
        own = [each for each in visits if each.contract_line == line.id]
        told = {**counted(own), "amount": f"{paid(own):.2f}", "amount_to_date": f"{paid(own):.2f}"}
        units = sum(each.status in PAID and each.payable for each in own)
        told_lines.append({**told, "units_to_date": units, "units_left": line.max_units - units})
    assert sorted(map(str, told_lines)) == sorted(str(only(row, told_lines[0])) for row in lines)


async def test_the_towns_have_their_visits_voices_complaints_and_scores(world: World) -> None:
    visits = await work(world)
    await life_steps.published(world, "good", (today().year, (today().month + 2) // 3))
    stars = {VILLAGE: (5, 4, 4, 3, 5), FAR_VILLAGE: (5, 5, 5, 5)}
    contract = (await ContractLine.objects().first()).contract
    for village, given in stars.items():
        for each in given:
            await _voice(village, each, contract, world["coordinator"].me)
    for result in ("substantiated", "unsubstantiated", "partly"):
        await complaint_steps.decided(world, result=result, division=VILLAGE)
    towns = {row["township"]: row for row in await rows_of(wanted(world["bureau"], "town_performance"))}
    names = {row["code"]: row["name"] for row in await Visit.raw("SELECT code, name FROM division WHERE level = 4")}
    for prefix in (VILLAGE[:9], FAR_VILLAGE[:9]):
        own = [each for each in visits if each.division.startswith(prefix)]
        told = counted(own)
        del told["planned"]
        due = sum(each.status not in {"cancelled", "excused"} for each in own)
        homes = {each.household for each in own if each.status in DONE}
        row = towns[names[prefix.ljust(12, "0")]]
        assert only(row, told) == told
        assert (row["due"], row["served_homes"], row["amount"]) == (due, len(homes), f"{paid(own):.2f}")
        assert Decimal(row["completion"]) == round(Decimal(100 * told["verified"]) / due, 1)
    near, far = towns[names[f"{VILLAGE[:9]}000"]], towns[names[f"{FAR_VILLAGE[:9]}000"]]
    assert (near["respondents"], near["stars"], near["satisfaction"]) == (5, "4.20", "80.0")
    assert (far["respondents"], far["stars"], far["satisfaction"]) == (4, "", ""), "four voices could be known again"
    assert (near["complaints"], near["founded"], far["complaints"]) == (3, 2, 0)
    (score,) = await ScoreRevision.objects()
    few = near["served_homes"] < 5
    assert near["score"] == ("" if few else str(score.score_value))


async def _voice(village: str, stars: int, contract: UUID, printer: UUID) -> None:
    """One household's score with a card of its own."""
    home, code, (year, quarter) = uuid4(), uuid4(), (today().year, (today().month + 2) // 3)
    await Household(id=home, number=f"HH-{home.hex[:8]}", division=village, category="dibao", head_name="测评价").save()
    await RatingCode(
        id=code, sheet=uuid4(), household=home, division=village, year=year, quarter=quarter, code_hash=code.hex,
        printed_by=printer, expires_at=now() + timedelta(days=9),
    ).save()  # fmt: skip
    await Rating(
        id=uuid4(), kind="contract", subject=contract, household=home, division=village, year=year, quarter=quarter,
        source="self", stars=stars, day=today(), code=code,
    ).save()  # fmt: skip


async def test_the_evaluation_table_has_the_ten_indicators_as_they_were_frozen(world: World) -> None:
    await life_steps.published(world, "good")
    rows = {row["number"]: row for row in await rows_of(wanted(world["bureau"], "quarter_evaluation", Q3))}
    assert rows
    for score in await QuarterScore.objects():
        revision = await ScoreRevision.objects().get(ScoreRevision.score == score.id)
        assert revision is not None
        row = rows[score.number]
        points = json.loads(revision.points) if isinstance(revision.points, str) else revision.points
        for place in range(1, 11):
            exact = points[f"Q{place}"]["points"]
            assert row[f"q{place}"] == (rounded(Fraction(exact)) if exact else ""), place
        assert (row["score"], row["final_band"]) == (str(revision.score_value), revision.final_band)
        total = sum(Fraction(each["points"]) for each in points.values() if each["points"])
        weight = sum(Fraction(each["weight"]) for each in points.values() if each["points"])
        exact_score = 100 * total / weight
        assert row["score"] == rounded(exact_score, "0.1")


Q3 = {"period": "2026Q3"}


def rounded(value: Fraction, digits: str = "0.001") -> str:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal(digits), ROUND_HALF_UP))


async def hours(world: World) -> list[VolunteerService]:
    for place in range(3):
        activity = VolunteerActivity(
            id=uuid4(), title="陪伴", division=VILLAGE, starts_at=now(), ends_at=now(), in_charge="测负责",
            recorded_by=world["dispatcher"].me,
        )  # fmt: skip
        await activity.save()
        start = datetime(today().year, 1, 5 + place, 2, tzinfo=UTC)
        await VolunteerService(
            id=uuid4(), carer=world.carers["volunteer"], activity=activity.id, division=VILLAGE, started_at=start,
            ended_at=start + timedelta(minutes=50 + place), minutes=50 + place, service="visit_check",
            recorded_by=world["dispatcher"].me,
        ).save()  # fmt: skip
    return await VolunteerService.objects()


async def test_volunteers_records_are_all_there_with_their_minutes(world: World) -> None:
    made = await hours(world)
    rows = await rows_of(wanted(world["bureau"], "volunteer_records"))
    assert sorted(row["minutes"] for row in rows) == sorted(each.minutes for each in made)
    carers = {row["number"]: row["name"] for row in await Visit.raw("SELECT number, name FROM carer")}
    assert {row["volunteer"] for row in rows} == {mask_name(carers[row["number"]]) for row in rows}
    assert len(await rows_of(wanted(world["bureau"], "volunteer_records", {"period": f"{YEAR}-02"}))) == 0


async def contacts(world: World) -> UUID:
    home = Household(id=uuid4(), number=f"HH-{uuid4().hex[:6]}", division=VILLAGE, category="dibao", head_name="测大满")
    await home.save()
    child = Person(id=uuid4(), household=home.id, relation="grandchild", name="测小满", name_grams=["测"])
    await child.save()
    file = ChildFile(
        id=uuid4(), household=home.id, person=child.id, division=VILLAGE, color="yellow", color_since=today(),
        review_on=today(),
    )  # fmt: skip
    await file.save()
    for place, (kind, seen) in enumerate((("visit", True), ("call", False), ("visit", True))):
        await ChildContact(
            id=uuid4(), file=file.id, kind=kind, met_at=datetime(today().year, 1, 5 + place, 2, tzinfo=UTC),
            child_seen=seen, recorded_by=world["child_director"].me,
        ).save()  # fmt: skip
    return UUID(str(file.id))


async def test_contacts_with_children_are_counted_without_their_names(world: World) -> None:
    file = await contacts(world)
    told = await ChildContact.objects().where(ChildContact.file == file).order_by(ChildContact.met_at)
    rows = await rows_of(wanted(world["officer"], "child_visits"))
    assert [(row["kind"], row["seen"]) for row in rows] == [(each.kind, each.child_seen) for each in told]
    assert sum(row["contacts"] for row in rows) == len(told)
    assert "测" not in str([{**row, "recorder": ""} for row in rows])


async def _score(world: World) -> None:
    await life_steps.published(world)


async def _visits(world: World) -> None:
    await visit_steps.submitted(world, division=NEAR_VILLAGE)


CHANGES: dict[str, tuple[Callable[[World], Awaitable[Any]], str, dict[str, str]]] = {
    "village_visits": (_visits, "UPDATE visit SET status = 'verified'", {}),
    "household_file": (_visits, "UPDATE visit SET status = 'verified'", {}),
    "purchase_month": (_visits, "UPDATE visit SET status = 'verified'", {}),
    "quarter_evaluation": (_score, "UPDATE quarter_score SET status = 'appealed'", Q3),
    "volunteer_records": (hours, "UPDATE volunteer_service SET minutes = minutes - 1", {}),
    "child_visits": (contacts, "UPDATE child_file SET color = 'red'", {}),
    "town_performance": (_visits, "UPDATE visit SET status = 'verified'", {}),
}


@pytest.mark.parametrize("key", list(CHANGES))
async def test_made_again_it_is_the_same_and_a_change_of_the_source_shows(key: str, world: World) -> None:
    put, change, query = CHANGES[key]
    await put(world)
    reader = world["officer"] if key in {"village_visits", "child_visits"} else world["bureau"]
    asked = wanted(reader, key, query)
    first, second = [await issuing.issue(reader, asked, uuid4(), now()) for _ in range(2)]
    made, again = await issuing.issue_for(reader, first), await issuing.issue_for(reader, second)
    assert made.rows > 0
    assert (made.sha256, made.sums) == (again.sha256, again.sums)
    assert await file_of(first, "csv") == await file_of(second, "csv")
    for _ in range(2):
        assert await file_of(first, "xlsx") == await file_of(first, "xlsx")
    address = "https://portal.example/ledgers/check"
    assert await paper.paper(made, address) == await paper.paper(made, address)
    assert (await compare(made)).same
    await Visit.raw(change)
    apart = await compare(made)
    assert not apart.same
    assert apart.changed_rows > 0
    assert all(old != new for each in apart.changed for _at, old, new in each.cells)
