"""The checker of a day: the cost by hand, and every broken rule found."""

import copy
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.schedule.day import check_day, costs_of, day_of
from tests.matching.schedule.day_cast import apart, day, patient, together

# c1 gives p1 and p2, then p3 together with c2, who gives p4 twenty minutes after c1 does.
PROBLEM = day_of(
    day(
        [
            patient("p1", (3, 4), (0, 4), "s1"),
            patient("p2", (6, 8), (0, 10), "s1"),
            patient("p3", (6, 8), (40, 60), "s1", "s2", **together()),
            patient("p4", (0, 0), (60, 90), "s1", "s2", **apart(20, 30)),
        ],
        [["s1"], ["s2"], []],
    )
)


def visit(name: str, service: str, start: float) -> dict[str, Any]:
    """Ten minutes of a service."""
    return {"patient": name, "service": service, "start": start, "end": start + 10}


PLAN: dict[str, Any] = {
    "cost": (20.0 + 20.0 + 11.0 + 10.0) / 3,
    "routes": [
        {
            "caregiver": "c1",
            "visits": [visit("p1", "s1", 5), visit("p2", "s1", 20), visit("p3", "s1", 40), visit("p4", "s1", 60)],
        },
        {"caregiver": "c2", "visits": [visit("p3", "s2", 40), visit("p4", "s2", 80)]},
        {"caregiver": "c3", "visits": []},
    ],
}


def test_the_cost_is_a_third_of_travel_and_all_tardiness_and_the_largest() -> None:
    """c1 goes 5 + 5 + 0 + 10, c2 goes 10 + 10; p1 is late by 1, p2 by 10."""
    costs = costs_of(PROBLEM, PLAN)
    assert (costs.travel, costs.tardiness, costs.largest) == (40.0, 11.0, 10.0)
    assert costs.cost == pytest.approx(61 / 3)
    assert check_day(PROBLEM, PLAN) == []


def test_a_caregiver_who_stays_free_may_be_left_out() -> None:
    assert check_day(PROBLEM, {**PLAN, "routes": PLAN["routes"][:2]}) == []


def test_the_two_services_of_a_patient_may_have_the_same_name() -> None:
    problem = day_of(day([patient("p1", (3, 4), (0, 60), "s1", "s1", **apart(5, 20))], [["s1"], ["s1"]]))
    routes = [
        {"caregiver": "c1", "visits": [visit("p1", "s1", 15)]},
        {"caregiver": "c2", "visits": [visit("p1", "s1", 5)]},
    ]
    assert check_day(problem, {"cost": 20 / 3, "routes": routes}) == []


Plan = dict[str, Any]


def _at(plan: Plan, random: Random) -> dict[str, Any]:
    found: dict[str, Any] = random.choice([visit for route in plan["routes"] for visit in route["visits"]])
    return found


def _forget(plan: Plan, random: Random) -> None:
    route = random.choice(plan["routes"][:2])
    route["visits"].pop(random.randrange(len(route["visits"])))


def _repeat(plan: Plan, random: Random) -> None:
    plan["routes"][2]["visits"].append(dict(_at(plan, random)))


def _give_to_another(plan: Plan, random: Random) -> None:
    route = random.choice(plan["routes"][:2])
    plan["routes"][2]["visits"].append(route["visits"].pop(random.randrange(len(route["visits"]))))


def _stretch(plan: Plan, random: Random) -> None:
    _at(plan, random)["end"] += random.choice([-1, 1]) * random.uniform(0.001, 5)


def _start_before_the_window(plan: Plan, random: Random) -> None:
    late = random.choice([visit for route in plan["routes"] for visit in route["visits"] if visit["patient"] == "p4"])
    late["start"] = random.uniform(0, 59.9)
    late["end"] = late["start"] + 10


def _start_before_arriving(plan: Plan, random: Random) -> None:
    early = plan["routes"][0]["visits"][random.randrange(2)]
    early["start"] -= random.uniform(0.001, 5)
    early["end"] = early["start"] + 10


def _start_apart(plan: Plan, random: Random) -> None:
    start = random.choice([60 + random.uniform(0, 19.9), 90.1 + random.uniform(0, 99)])
    plan["routes"][1]["visits"][1] |= {"start": start, "end": start + 10}


def _start_not_together(plan: Plan, random: Random) -> None:
    start = 40 + random.uniform(0.001, 9)
    plan["routes"][1]["visits"][0] |= {"start": start, "end": start + 10}


def _give_both(plan: Plan, random: Random) -> None:
    plan["routes"][0]["visits"].append(plan["routes"][1]["visits"].pop())


def _flatter(plan: Plan, random: Random) -> None:
    plan["cost"] -= random.uniform(0.001, 5)


def _invent(field: str, name: str) -> Callable[[Plan, Random], None]:
    def change(plan: Plan, random: Random) -> None:
        _at(plan, random)[field] = name

    return change


def _route_of_nobody(plan: Plan, random: Random) -> None:
    random.choice(plan["routes"])["caregiver"] = "c9"


def _two_routes(plan: Plan, random: Random) -> None:
    plan["routes"].append({"caregiver": random.choice(["c1", "c2", "c3"]), "visits": []})


def _no_number(plan: Plan, random: Random) -> None:
    _at(plan, random)[random.choice(["start", "end"])] = random.choice([None, "8:00", float("nan"), True])


CORRUPTIONS = [
    ("missing", _forget),
    ("twice", _repeat),
    ("ability", _give_to_another),
    ("length", _stretch),
    ("early", _start_before_the_window),
    ("way", _start_before_arriving),
    ("apart", _start_apart),
    ("apart", _start_not_together),
    ("same_caregiver", _give_both),
    ("cost", _flatter),
    ("unknown_service", _invent("service", "s3")),
    ("unknown_patient", _invent("patient", "p9")),
    ("unknown_caregiver", _route_of_nobody),
    ("twice", _two_routes),
    ("form", _no_number),
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(CORRUPTIONS), st.randoms(use_true_random=False))
def test_a_corrupted_plan_is_found_out(corruption: tuple[str, Callable[[Plan, Random], None]], random: Random) -> None:
    code, corrupt = corruption
    plan = copy.deepcopy(PLAN)
    corrupt(plan, random)
    assert code in {fault.code for fault in check_day(PROBLEM, plan)}


NO_PLANS: list[Any] = [None, [], {}, {"routes": []}, {"cost": 1, "routes": {}}, {"cost": 1, "routes": [3]}]


@pytest.mark.parametrize("document", NO_PLANS)
def test_what_is_no_plan_is_named_as_such(document: Any) -> None:
    assert [fault.code for fault in check_day(PROBLEM, document)] == ["form"]
    with pytest.raises(ValueError, match="not a plan"):
        costs_of(PROBLEM, document)
