"""Every flag on both sides of its boundary, as DOMAIN.md 5.2 words it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.verification import decisions, rules
from bangfu.verification.flag_words import sentence_of
from bangfu.verification.payability import needs_agreement
from bangfu.verification.rules import BOUNDS, DEFAULTS, FLAGS, NAMES, Done, Picture, Thresholds

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOME = (31.78, 119.95)
METRE = 1 / 111_195.0797


def done(start: float, minutes: float, metres: float = 0.0, household: str = "b", visit: str = "v") -> Done:
    """A visit that begins so many minutes after noon, so many metres north of the first home."""
    begun = NOON + start * MINUTE
    point = (HOME[0] + metres * METRE, HOME[1])
    return Done(visit, "TF-2", household, begun, begun + minutes * MINUTE, point)


OWN = done(0, 30, household="a", visit="own")


@pytest.mark.parametrize(("rural", "most"), [(False, 300), (True, 500)])
def test_far_is_more_than_300_m_in_town_and_more_than_500_m_in_a_village(rural: bool, most: int) -> None:
    assert rules.geo_far(most, rural=rural) is None
    assert rules.geo_far(most + 1, rural=rural) == {"metres": most + 1, "most": most}
    assert rules.geo_far(None, rural=rural) is None


def test_exactly_ninety_percent_of_the_standard_is_enough() -> None:
    assert rules.short(NOON, NOON + 27 * MINUTE, 30) is None
    almost = rules.short(NOON, NOON + 27 * MINUTE - timedelta(seconds=1), 30)
    assert almost == {"minutes": 26, "standard": 30, "percent": 90}


@given(st.integers(1, 480), st.integers(0, 60 * 600))
def test_short_is_exactly_less_than_ninety_percent(minutes: int, seconds: int) -> None:
    found = rules.short(NOON, NOON + timedelta(seconds=seconds), minutes)
    assert (found is not None) == (10 * seconds < 9 * 60 * minutes)


@given(st.integers(-300, 300), st.integers(0, 240))
def test_early_or_late_is_more_than_thirty_minutes_outside_of_the_window(begins: int, length: int) -> None:
    found = rules.early_late(NOON + begins * MINUTE, NOON, NOON + length * MINUTE)
    assert (found is not None) == (begins < -30 or begins > length + 30)
    if found is not None:
        assert found["side"] == ("early" if begins < 0 else "late")


@given(st.integers(-120, 120), st.integers(1, 120))
def test_two_homes_at_one_time_overlap_and_touching_visits_do_not(begins: int, length: int) -> None:
    found = rules.overlap(OWN, [done(begins, length)])
    shared = min(30, begins + length) - max(0, begins)
    assert (found["minutes"] if found else 0) == max(0, shared)
    assert rules.overlap(OWN, [done(begins, length, household="a")]) is None, "one home is one place"


def test_sixty_kilometres_an_hour_are_possible_and_more_are_not() -> None:
    ten_km_in_ten_minutes = done(40, 30, metres=9_999)
    assert rules.impossible_travel(OWN, [ten_km_in_ten_minutes]) is None
    faster = rules.impossible_travel(OWN, [done(40, 30, metres=10_010)])
    assert faster is not None
    assert (faster["minutes"], faster["most"]) == (10, 60)


@given(st.integers(-400, 400), st.integers(1, 90), st.integers(0, 60_000))
def test_travel_is_judged_before_and_after_alike_and_never_between_overlapping_visits(
    begins: int, length: int, metres: int
) -> None:
    other = done(begins, length, metres)
    gap = begins - 30 if begins >= 30 else -(begins + length)
    found = rules.impossible_travel(OWN, [other])
    if gap < 0 or metres <= 100:
        assert found is None
    elif abs(metres - gap * 1000) > 5:
        assert (found is not None) == (metres > gap * 1000)
    assert rules.impossible_travel(replace(OWN, point=None), [other]) is None


@given(st.integers(-(2**63), 2**63 - 1), st.sets(st.integers(0, 63), max_size=12))
def test_nearly_the_same_picture_differs_in_four_bits_at_most(first: int, flipped: set[int]) -> None:
    second = first
    for bit in flipped:
        second ^= 1 << bit
    second = (second + 2**63) % 2**64 - 2**63
    assert rules.likeness(first, second) == len(flipped)
    found = rules.dup_photo([Picture("a", "1", "x", first)], [Picture("b", "2", "y", second)])
    plain = rules.says_nothing(first) or rules.says_nothing(second)
    assert (found is not None) == (len(flipped) <= 4 and not plain)


def test_the_very_same_picture_counts_even_if_it_is_one_plain_surface() -> None:
    found = rules.dup_photo([Picture("a", "1", "x", 0)], [Picture("b", "2", "x", 0)])
    assert found == {"other": "b", "number": "2", "bits": 0, "same": True}


def test_copied_words_are_those_of_all_of_the_last_three_records() -> None:
    assert rules.copy_text("w", ["w", "w", "w", "x"]) == {"records": 3}
    assert rules.copy_text("w", ["w", "w", "x"]) is None
    assert rules.copy_text("w", ["w", "w"]) is None
    assert rules.copy_text("", ["", "", ""]) is None


def test_a_record_is_late_after_more_than_twenty_four_hours() -> None:
    assert rules.late_record(NOON, NOON + timedelta(hours=24)) is None
    assert rules.late_record(NOON, NOON + timedelta(hours=24, seconds=1)) == {"hours": 24, "most": 24}


def test_unable_with_its_reason_is_a_confirmation() -> None:
    assert rules.no_confirm("unable") is None
    assert rules.no_confirm("") == {}


def test_a_gap_names_what_is_missing_and_why_somebody_was_barred() -> None:
    assert rules.cred_gap([], "") is None
    assert rules.cred_gap(["C5"], "blacklisted") == {"missing": ["C5"], "barred": "blacklisted"}


@pytest.mark.parametrize(
    ("kind", "days", "flagged"),
    [("died", 1, True), ("died", 0, False), ("died", -1, False), ("moved_out", 3, True), ("hospital", 0, True),
     ("hospital", 1, False), ("hospital", -1, False)],
)  # fmt: skip
def test_after_a_death_or_a_move_no_visit_is_possible_from_the_next_day_on(kind: str, days: int, flagged: bool) -> None:
    day = date(2026, 11, 20)
    assert (rules.after_event(day, [(kind, day - timedelta(days=days))]) is not None) == flagged


def test_twelve_visits_a_day_are_plausible_and_thirteen_are_not() -> None:
    assert rules.burst(12) is None
    assert rules.burst(13) == {"visits": 13, "most": 12}


@given(st.fixed_dictionaries({name: st.integers(*BOUNDS[name]) for name in NAMES}))
def test_a_version_of_the_thresholds_comes_back_as_it_was_kept(values: dict[str, int]) -> None:
    assert rules.values_of(rules.thresholds_of(values)) == values
    limits = rules.thresholds_of(values)
    assert rules.geo_far(limits.far_m, rural=False, limits=limits) is None
    assert rules.geo_far(limits.far_m + 1, rural=False, limits=limits) is not None
    assert rules.burst(limits.burst_visits, limits) is None


def test_the_defaults_are_those_of_the_reference_and_lie_inside_of_their_bounds() -> None:
    assert (DEFAULTS.far_m, DEFAULTS.far_rural_m, DEFAULTS.short_percent, DEFAULTS.tolerance_minutes) == (
        300,
        500,
        90,
        30,
    )
    assert (DEFAULTS.travel_kmh, DEFAULTS.late_hours, DEFAULTS.burst_visits, DEFAULTS.copied_records) == (60, 24, 12, 3)
    assert all(BOUNDS[name][0] <= getattr(DEFAULTS, name) <= BOUNDS[name][1] for name in NAMES)
    assert rules.thresholds_of({}) == Thresholds()


def test_every_flag_has_a_sentence_with_its_numbers() -> None:
    details = {
        "geo_far": rules.geo_far(620, rural=False), "short": rules.short(NOON, NOON + 5 * MINUTE, 30),
        "early_late": rules.early_late(NOON, NOON + 60 * MINUTE, NOON + 90 * MINUTE),
        "overlap": rules.overlap(OWN, [done(5, 30)]),
        "impossible_travel": rules.impossible_travel(OWN, [done(31, 9, 9e3)]),
        "dup_photo": {"other": "x", "number": "TF-2", "bits": 2, "same": False}, "copy_text": {"records": 3},
        "late_record": {"hours": 30, "most": 24}, "no_confirm": {}, "cred_gap": rules.cred_gap(["C5"], ""),
        "after_event": {"event": "died", "since": "2026-11-01"}, "burst": rules.burst(13),
        "incomplete": rules.incomplete(["times"], ["1"]), "by_hand": {},
    }  # fmt: skip
    assert set(details) == set(FLAGS)
    for flag, detail in details.items():
        text = sentence_of(flag, detail or {})
        assert text
        assert "{" not in text


def test_what_keeps_a_visit_from_being_verified_is_said_in_words() -> None:
    fine = {"approval": "", "open_flags": [], "missing": [], "items": []}
    assert decisions.hindrances(**fine) == []
    assert decisions.hindrances(**{**fine, "approval": "waiting"}) == [decisions.NO_APPROVAL]
    assert decisions.hindrances(**{**fine, "open_flags": ["short"]}) == [decisions.OPEN_FLAGS]
    assert decisions.hindrances(**{**fine, "items": ["1"], "open_flags": ["incomplete"]}) == [decisions.ITEMS]
    assert decisions.hindrances(**{**fine, "missing": ["times"]}) == [decisions.ELEMENTS]


def test_an_agreement_is_needed_where_the_assistance_fund_pays_for_a_dispersed_person() -> None:
    assert needs_agreement("tekun", "dispersed", "special_assistance_fund")
    assert not needs_agreement("tekun", "dispersed", "work_budget")
    assert not needs_agreement("dibao", "", "special_assistance_fund")
    assert not needs_agreement("tekun", "centralized", None)
