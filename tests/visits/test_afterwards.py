"""Entered afterwards: claimed by the serving side, approved by another person, weighed in the quarter."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.contracts.tables import Contract
from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.shared.civil_time import quarter_of
from bangfu.shared.clock import now
from bangfu.supervision.tables import SupervisionTask
from bangfu.visits import afterwards, afterwards_shares
from bangfu.visits import afterwards_rules as rules
from bangfu.visits.door_data import Confirmation, Record
from bangfu.visits.tables import Visit
from tests.support import Visitor, World
from tests.visits import visit_steps as steps

pytestmark = pytest.mark.usefixtures("database")
TOLD = Record(confirmation=Confirmation("voice", by="本人"))
T0 = datetime(2026, 10, 5, 1, 0, tzinfo=UTC)


def visits_of(flags: list[tuple[bool, bool]]) -> list[rules.Delivered]:
    return [
        rules.Delivered(UUID(int=n + 1), T0 + timedelta(days=n), late, late and checked)
        for n, (late, checked) in enumerate(flags)
    ]


@pytest.mark.parametrize(("all_of_them", "late", "held"), [(0, 0, 0), (9, 1, 1), (10, 1, 0), (19, 2, 1), (20, 3, 1)])
def test_a_tenth_rounded_down_is_paid_unchecked(all_of_them: int, late: int, held: int) -> None:
    assert len(rules.weigh(visits_of([(n < late, False) for n in range(all_of_them)])).held) == held


def test_the_earliest_are_paid_first_and_a_spot_check_frees_one_that_was_held() -> None:
    visits = visits_of([(n < 3, False) for n in range(10)])
    assert rules.weigh(visits).held == (visits[1].id, visits[2].id)
    checked = [*visits[:2], rules.Delivered(visits[2].id, visits[2].start, True, True), *visits[3:]]
    assert rules.weigh(checked).held == (visits[1].id,)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60), st.decimals(0, 1, places=2), st.randoms())
def test_weighing_holds_only_what_was_entered_afterwards_and_does_not_depend_on_the_order(flags, share, random) -> None:
    visits = visits_of(flags)
    found = rules.weigh(visits, share)
    mixed = list(visits)
    random.shuffle(mixed)
    assert rules.weigh(mixed, share) == found
    unchecked = {each.id for each in visits if each.afterwards and not each.checked}
    assert set(found.held) <= unchecked
    assert len(unchecked) - len(found.held) == min(len(unchecked), found.allowed)
    assert found.allowed <= len(visits) * share
    more = rules.weigh(visits, min(Decimal(1), share + Decimal("0.10")))
    assert set(more.held) <= set(found.held)


@pytest.mark.parametrize(("terms", "share"), [({}, "0.10"), ({"afterwards_share": "0.05"}, "0.05"),
                                              ({"afterwards_share": "2"}, "0.10"), ({"afterwards_share": "x"}, "0.10"),
                                              ({"afterwards_share": "0"}, "0"), (None, "0.10")])  # fmt: skip
def test_the_term_of_the_contract_counts_where_it_is_a_share(terms, share: str) -> None:
    assert rules.share_of(terms) == Decimal(share)


def test_claimed_times_lie_in_the_due_window_and_in_the_past_and_not_too_long_ago() -> None:
    end = T0 + timedelta(hours=1)
    span = rules.Span(T0, end, T0 - timedelta(days=1), T0 + timedelta(days=1))
    fine = rules.Claim(T0, end)
    assert rules.time_faults(fine, span, end + timedelta(days=15)) == {}
    assert set(rules.time_faults(fine, span, end + timedelta(days=15, minutes=1))) == {"start"}
    assert set(rules.time_faults(fine, span, end - timedelta(minutes=1))) == {"end"}
    assert set(rules.time_faults(rules.Claim(T0 + timedelta(days=1), end), span, end)) == {"start", "end"}
    assert set(rules.time_faults(rules.Claim(T0, T0 + timedelta(hours=13)), span, T0 + timedelta(days=2))) == {"end"}
    begun = rules.Claim(T0, end, begun=T0 + timedelta(minutes=5))
    assert set(rules.time_faults(begun, span, end)) == {"start"}
    assert rules.time_faults(fine, span, end, attested=True) == {}
    assert set(rules.time_faults(fine, span, end + timedelta(days=1), attested=True)) == {"start"}


async def claimed(world: World, name: str = "manager", visit: Visit | None = None, key: UUID | None = None) -> Visit:
    visit = visit or await steps.planned(world, "cleaner", start=now() - timedelta(days=1))
    start = visit.started_at or visit.planned_start
    await afterwards.enter_afterwards(
        world[name], visit.id, key or uuid4(), TOLD, start, start + timedelta(minutes=30), "forgot", "忘了签到", now()
    )
    return await steps.visit(visit.id)


async def test_an_entry_afterwards_waits_for_the_officer_and_is_a_class_of_its_own(world: World) -> None:
    key = uuid4()
    visit = await claimed(world, key=key)
    assert (visit.evidence, visit.approval, visit.submitted_by) == ("afterwards", "waiting", world["manager"].user)
    again = await claimed(world, visit=visit, key=key)
    assert again.version == visit.version
    with pytest.raises(Refused):
        await claimed(world, visit=visit)
    task = await SupervisionTask.objects().get(SupervisionTask.subject == visit.id)
    assert task is not None
    await afterwards.approve(world["officer"], visit.id, now())
    await afterwards.approve(world["officer"], visit.id, now())
    done = await steps.visit(visit.id)
    assert (done.approval, done.approved_by) == ("approved", world["officer"].user)
    with pytest.raises(Refused):
        await afterwards.refuse(world["second_officer"], visit.id, "forged", "没有人来过", now())


async def test_a_refused_entry_is_rejected_with_its_reason_and_its_money_taken_back(world: World) -> None:
    visit = await claimed(world)
    with pytest.raises(FormError):
        await afterwards.refuse(world["officer"], visit.id, "not_delivered", "", now())
    await afterwards.refuse(world["officer"], visit.id, "not_delivered", "住户说没有来", now())
    done = await steps.visit(visit.id)
    assert (done.status, done.status_reason, done.approval) == ("rejected", "not_delivered", "refused")
    assert done.booked == "taken_back"


async def test_nobody_of_the_serving_side_approves_and_nobody_of_elsewhere_enters(world: World) -> None:
    visit = await claimed(world)
    for name, error in (("manager", NotYours), ("outside_officer", NotYours), ("coordinator", NotAllowed)):
        with pytest.raises(error):
            await afterwards.approve(world[name], visit.id, now())
    other = await steps.planned(world, start=now() - timedelta(hours=3))
    for name in ("other_manager", "other_caregiver", "volunteer", "officer"):
        with pytest.raises(NotYours):
            await claimed(world, name, other)


async def test_a_missed_visit_and_one_without_departure_are_entered_by_their_server(world: World) -> None:
    begun = await steps.started(world, at=now() - timedelta(hours=2))
    done = await claimed(world, "caregiver", begun)
    assert (done.started_at, done.in_method) == (begun.started_at, "gps")
    late = await steps.planned(world, start=now() - timedelta(days=2))
    await Visit.update({Visit.status: "missed"}).where(Visit.id == late.id)
    assert (await claimed(world, "caregiver", late)).status in {"submitted", "flagged"}


async def test_the_manager_attests_a_visit_of_today_as_its_own_class_without_approval(world: World) -> None:
    visit = await steps.planned(world, "cleaner", start=now() - timedelta(minutes=40))
    start, end, at = visit.planned_start, visit.planned_start + timedelta(minutes=30), now()
    for name, error in (("other_manager", NotYours), ("officer", NotYours)):
        with pytest.raises(error):
            await afterwards.attest(world[name], visit.id, uuid4(), TOLD, start, end, "called", "电话核实", at)
    if rules.civil_date(start) == rules.civil_date(at):
        await afterwards.attest(world["manager"], visit.id, uuid4(), TOLD, start, end, "called", "电话核实", at)
        done = await steps.visit(visit.id)
        assert (done.evidence, done.approval, done.in_method) == ("attested", "", "supervisor_attest")


@pytest.mark.database
async def test_two_officers_who_decide_at_once_leave_one_decision(world: World) -> None:
    visit = await claimed(world)
    results = await asyncio.gather(
        afterwards.approve(world["officer"], visit.id, now()),
        afterwards.refuse(world["second_officer"], visit.id, "forged", "没有人来过", now()),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in results) == ["NoneType", "Refused"]


async def test_the_quarter_of_a_carer_is_weighed_by_the_term_of_its_contract(world: World) -> None:
    visit = await claimed(world)
    await Visit.update({Visit.status: "verified"}).where(Visit.id == visit.id)
    rows = await Visit.raw("SELECT contract FROM contract_line WHERE id = {}", visit.contract_line)
    year, quarter = quarter_of(rules.civil_date(visit.planned_start))
    found = await afterwards_shares.held_back(visit.carer, rows[0]["contract"], year, quarter)
    assert (found.delivered, found.afterwards, found.held) == (1, 1, (visit.id,))
    await Contract.update({Contract.terms: '{"afterwards_share": "1"}'}).where(Contract.id == rows[0]["contract"])
    assert (await afterwards_shares.held_back(visit.carer, rows[0]["contract"], year, quarter)).held == ()


async def test_the_page_of_evidence_shows_numbers_that_lead_to_their_visits(world: World, app) -> None:
    visit = await claimed(world)
    month = f"{rules.civil_date(visit.planned_start):%Y-%m}"
    for name, sees in (("officer", True), ("manager", True), ("other_manager", False), ("outsider", False)):
        visitor = await Visitor(app).sign_in(world[name])
        shown = await visitor.get(f"/visits/evidence?month={month}&evidence=afterwards")
        assert (shown.status_code, visit.number in shown.text) == (200, sees)
        sheet = await visitor.get(f"/visits/evidence.csv?month={month}")
        assert ("员cleaner" in sheet.text) is sees
        await visitor.close()


async def test_every_visit_behind_a_number_is_on_one_of_its_pages(world: World, app) -> None:
    visit = await claimed(world)
    await Visit.raw(
        "INSERT INTO visit SELECT (jsonb_populate_record(v, jsonb_build_object('id', gen_random_uuid(), 'number',"
        " 'MORE-' || lpad(g::text, 2, '0'), 'claim', NULL, 'planned_start', v.planned_start + g * interval '1 second')"
        ")).* FROM visit v, generate_series(1, 59) g WHERE v.id = {}",
        visit.id,
    )
    month = f"{rules.civil_date(visit.planned_start):%Y-%m}"
    visitor, seen = await Visitor(app).sign_in(world["officer"]), list[str]()
    for number in (1, 2, 3):
        text = (await visitor.get(f"/visits/evidence?month={month}&evidence=afterwards&page={number}")).text
        assert "60 rows" in text or "60 行" in text or "60 条" in text
        seen += re.findall(r"MORE-\d\d", text)
        assert ("page=3#behind" in text) is (number == 2)
    assert seen == [f"MORE-{n:02}" for n in range(1, 60)]
    await visitor.close()


async def test_no_visit_without_a_record_is_left_off_the_list(world: World, app) -> None:
    visit = await steps.planned(world, "cleaner", start=now() - timedelta(days=1))
    await Visit.raw(
        "INSERT INTO visit SELECT (jsonb_populate_record(v, jsonb_build_object('id', gen_random_uuid(), 'number',"
        " 'LATE-' || lpad(g::text, 2, '0'), 'planned_start', v.planned_start - g * interval '1 minute')"
        ")).* FROM visit v, generate_series(1, 29) g WHERE v.id = {}",
        visit.id,
    )
    visitor = await Visitor(app).sign_in(world["manager"])
    first, second = [(await visitor.get(f"/visits/to-enter?page={page}")).text for page in (1, 2)]
    assert visit.number in first and "30 " in first
    assert re.findall(r"LATE-\d\d", first + second)[::2] == [f"LATE-{n:02}" for n in range(1, 30)]
    await visitor.close()


async def test_a_claim_is_made_on_its_page_and_decided_on_another(world: World, app) -> None:
    visit = await steps.planned(world, "cleaner", start=now() - timedelta(days=1))
    visitor = await Visitor(app).sign_in(world["manager"])
    path = f"/visits/{visit.id}/afterwards"
    assert visit.number in (await visitor.get("/visits/to-enter")).text
    assert (await visitor.get(path)).status_code == 200
    day = rules.civil_date(visit.planned_start)
    typed = {"key": str(uuid4()), "day": day.isoformat(), "start": "xx", "why_text": "忘了带手机", "reason": "forgot"}
    bad = await visitor.post(path, typed)
    assert bad.status_code == 422
    assert "忘了带手机" in bad.text
    officer = await Visitor(app).sign_in(world["officer"])
    assert (await officer.get(f"/visits/{visit.id}/approval")).status_code == 404
    await claimed(world, visit=visit)
    assert visit.number in (await officer.get("/visits/afterwards")).text
    assert "忘了签到" in (await officer.get(f"/visits/{visit.id}/approval")).text
    assert (await officer.post(f"/visits/{visit.id}/refuse", {"reason": "forged"})).status_code == 422
    assert (await officer.post(f"/visits/{visit.id}/approve")).status_code == 303
    assert (await visitor.get(f"/visits/{visit.id}/approval")).status_code == 200
    await visitor.close()
    await officer.close()


def test_shares_are_shown_with_one_digit() -> None:
    assert [rules.percent(*each) for each in ((0, 0), (1, 3), (2, 3), (1, 1))] == ["—", "33.3 %", "66.7 %", "100.0 %"]
    assert rules.months_back(date(2026, 1, 31), 3) == ["2026-01", "2025-12", "2025-11"]
