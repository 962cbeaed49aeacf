"""Who may serve on a day, and which certificates are missing: the boundaries of every rule."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.providers.carer_rules import Standing, barred_reason, last_valid_day, may_serve, missing, told_reason
from bangfu.providers.carer_tables import GuardianConsent, VolunteerInsurance
from bangfu.providers.standing import barred_carers, fit_on, valid_until
from bangfu.providers.tables import Carer, Qualification
from bangfu.shared.clock import today
from tests.support import World, make_carer

DAY = date(2026, 11, 22)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
INSURED = ((DAY, DAY),)


def test_a_policy_counts_on_its_first_and_on_its_last_day_only() -> None:
    who = Standing("volunteer", insured=INSURED)
    assert [barred_reason(who, day) for day in (BEFORE, DAY, AFTER)] == ["insurance_missing", "", "insurance_missing"]


def test_a_volunteer_who_was_taken_over_serves_without_a_policy_until_the_set_day() -> None:
    who = Standing("volunteer", insurance_by=DAY)
    assert [barred_reason(who, day) for day in (DAY, AFTER)] == ["", "insurance_missing"]


def test_workers_need_no_policy() -> None:
    assert barred_reason(Standing("worker"), DAY) == ""
    assert barred_reason(Standing("social_worker"), DAY) == ""


def test_who_need_not_know_cannot_tell_a_hit_from_a_bar() -> None:
    assert told_reason("clearance_hit") == told_reason("blacklisted") == "paused"
    assert told_reason("insurance_missing") == "insurance_missing"


def test_a_bar_holds_on_its_last_day_and_a_hit_from_its_first() -> None:
    assert [barred_reason(Standing("worker", blacklist_until=DAY), day) for day in (DAY, AFTER)] == ["blacklisted", ""]
    hit = Standing("worker", clearance_hit_on=DAY)
    assert [barred_reason(hit, day) for day in (BEFORE, DAY, AFTER)] == ["", "clearance_hit", "clearance_hit"]


def test_who_left_is_barred_before_anything_else_is_asked() -> None:
    assert barred_reason(Standing("volunteer", active=False, blacklist_until=DAY), DAY) == "not_active"


@pytest.mark.parametrize(
    ("born", "consented", "reason"),
    [
        (date(2018, 11, 23), True, "under_age"),  # seven until tomorrow
        (date(2018, 11, 22), True, ""),  # eight today
        (date(2018, 11, 22), False, "guardian_consent_missing"),
        (date(2008, 11, 23), False, "guardian_consent_missing"),  # seventeen until tomorrow
        (date(2008, 11, 22), False, ""),  # eighteen today
    ],
)
def test_volunteers_from_eight_need_their_guardians_consent_until_eighteen(
    born: date, consented: bool, reason: str
) -> None:
    consents: tuple[tuple[date, date | None], ...] = ((DAY, None),) if consented else ()
    assert barred_reason(Standing("volunteer", born=born, insured=INSURED, consents=consents), DAY) == reason


def test_a_worker_under_eighteen_is_barred() -> None:
    assert barred_reason(Standing("worker", born=date(2008, 11, 23)), DAY) == "under_age"
    assert barred_reason(Standing("worker", born=date(2008, 11, 22)), DAY) == ""


@pytest.mark.parametrize("service", ["daily_care", "nursing_care", "medical_help", "visit_check", "companion_child"])
def test_a_minor_does_nothing_in_a_home_alone(service: str) -> None:
    assert not may_serve(service, 17)
    assert may_serve(service, 18)


def test_from_eight_a_minor_may_join_a_group_or_call() -> None:
    assert [may_serve("social_inclusion", age) for age in (7, 8)] == [False, True]
    assert [may_serve("phone_check", age) for age in (7, 8)] == [False, True]


def test_health_and_minors_clearance_count_a_year_at_most() -> None:
    far = date(2030, 1, 1)
    assert last_valid_day("M", DAY, far) == DAY + timedelta(days=365)
    assert last_valid_day("H", DAY, far) == DAY + timedelta(days=365)
    assert last_valid_day("H", DAY, AFTER) == AFTER
    assert last_valid_day("S", DAY, far) == far
    assert last_valid_day("M", None, far) == far


CODES = st.sampled_from(["S", "C5", "H", "M", "T", "V"])


@given(
    st.lists(st.lists(CODES, min_size=1, max_size=3), max_size=4),
    st.dictionaries(CODES, st.integers(-2, 2).map(lambda days: DAY + timedelta(days=days)), max_size=6),
)
def test_what_is_missing_is_exactly_the_groups_without_a_valid_code(
    groups: list[list[str]], held: dict[str, date]
) -> None:
    lacking = missing(groups, held, DAY)
    valid = {code for code, last in held.items() if last >= DAY}
    assert lacking == ["/".join(group) for group in groups if valid.isdisjoint(group)]


async def _volunteer(number: str, **more: object) -> UUID:
    carer = Carer(
        id=uuid4(), number=number, kind="volunteer", division="990101001000", name="测试甲", sex="f",
        **{"insurance_by": None, **more},
    )  # fmt: skip
    await carer.save()
    return carer.id


@pytest.mark.database
async def test_everybody_who_is_barred_on_a_day_is_named_with_the_reason(world: World) -> None:
    day = today()
    next_day = day + timedelta(days=1)
    bare, boy = await _volunteer("V-1"), await _volunteer("V-2", birth_date=day - timedelta(days=4000))
    gone = await _volunteer("V-3", active=False)
    await VolunteerInsurance(id=uuid4(), carer=boy, insurer="测", starts_on=day, ends_on=day).save()
    await Carer.update({Carer.clearance_hit_on: day}).where(Carer.id == world.carers["rival"])
    found = await barred_carers(day)
    assert found == {
        bare: "insurance_missing", boy: "guardian_consent_missing", gone: "not_active",
        world.carers["rival"]: "clearance_hit",
    }  # fmt: skip
    assert await barred_carers(day, [bare, world.carers["nurse"]]) == {bare: "insurance_missing"}
    consent = GuardianConsent(id=uuid4(), carer=boy, guardian_enc="x", given_on=day, withdrawn_on=next_day)
    await consent.save()
    assert await barred_carers(day, [boy]) == {}
    assert await barred_carers(next_day, [boy]) == {boy: "guardian_consent_missing"}


async def test_only_verified_certificates_count_and_of_two_the_longer_one(world: World) -> None:
    carer = await make_carer("W-9", "worker", world.organization)
    for code, status, last in (
        ("C5", "handed_in", AFTER), ("H", "rejected", AFTER), ("T", "verified", DAY), ("T", "verified", AFTER)
    ):  # fmt: skip
        await Qualification(id=uuid4(), carer=carer, code=code, status=status, expires_on=last).save()
    assert await valid_until([carer]) == {carer: {"T": AFTER}}
    assert await fit_on(carer, [["C5", "G"], ["H"], ["T"]], AFTER) == ["C5/G", "H"]
    assert await fit_on(carer, [["T"]], AFTER + timedelta(days=1)) == ["T"]
