"""A small fixed cast for the matching tests: one town, one organisation, a few carers; each test changes one thing."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import Any

from matching import Carer, ContractLine, Need, Organisation, Pair, Problem, Weights

AS_OF = date(2026, 1, 5)
LAT, LON = 31.77, 119.95
WEEKDAYS = tuple((day, 480, 1080) for day in range(5))
MORNINGS = tuple((day, 480, 720) for day in range(5))

WEIGHTS = Weights(
    unserved={"urgent": 100_000, "key": 40_000, "edge": 20_000, "general": 10_000},
    per_km=100,
    gender_wish=200,
    language_wish=400,
    change_of_carer=500,
    per_yuan=1,
)


def worker(id_: str = "li", **changed: Any) -> Carer:
    """A paid worker at the centre of the town who may do daily care."""
    given: dict[str, Any] = {
        "organisation": "sunrise",
        "kind": "worker",
        "lat": LAT,
        "lon": LON,
        "speed_kmh": 15.0,
        "max_km": 6.0,
        "minutes_per_4_weeks": 2000,
        "max_households": 5,
        "gender": "f",
        "languages": ("cmn",),
        "qualifications": {"C5": date(2027, 6, 30), "H": date(2026, 6, 30)},
        "windows": WEEKDAYS,
    }
    return Carer(id=id_, **(given | changed))


def volunteer(id_: str = "wang", **changed: Any) -> Carer:
    """An unpaid volunteer at the centre of the town who may visit and check."""
    given = {"organisation": None, "kind": "volunteer", "qualifications": {"V": date(2028, 6, 30)}}
    return worker(id_, **(given | changed))


def care(id_: str = "n1", **changed: Any) -> Need:
    """Daily care, twice a week for an hour, about 1.1 km north of the centre."""
    given: dict[str, Any] = {
        "household": f"home of {id_}",
        "lat": LAT + 0.01,
        "lon": LON,
        "service": "daily_care",
        "visits": 8,
        "minutes": 60,
        "priority": "key",
        "qualifications": (("C5", "C4"), ("H",)),
        "kinds": ("worker",),
        "windows": MORNINGS,
    }
    return Need(id=id_, **(given | changed))


def town(*, needs: tuple[Need, ...] = (care(),), carers: tuple[Carer, ...] = (worker(),), **changed: Any) -> Problem:
    """One organisation with one contract line for daily care, ample in every way."""
    given: dict[str, Any] = {
        "as_of": AS_OF,
        "detour": 1.3,
        "weights": WEIGHTS,
        "organisations": (Organisation(id="sunrise", minutes_per_4_weeks=20_000),),
        "contract_lines": (line(),),
    }
    return Problem(needs=needs, carers=carers, **(given | changed))


def line(**changed: Any) -> ContractLine:
    """The organisation's contract for daily care at 60 yuan a visit."""
    given = ContractLine(
        organisation="sunrise", service="daily_care", unit_price_fen=6000, max_visits=1000, max_fen=10_000_000
    )
    return replace(given, **changed)


def random_town(seed: int, needs: int, carers: int, tightness: float = 1.0) -> Problem:
    """A made-up town around the centre in which every rule decides somewhere; smaller `tightness` = less room."""
    draw = random.Random(seed)

    def near() -> dict[str, float]:
        return {"lat": round(LAT + draw.gauss(0, 0.02), 6), "lon": round(LON + draw.gauss(0, 0.02), 6)}

    people = tuple(
        worker(
            f"w{k}",
            organisation=draw.choice(["sunrise", "harbour"]),
            minutes_per_4_weeks=int(draw.randint(500, 2500) * tightness),
            max_households=draw.randint(1, 6),
            gender=draw.choice("fm"),
            languages=tuple(draw.sample(["cmn", "wuu"], draw.randint(1, 2))),
            qualifications={"C5": date(draw.choice([2025, 2027]), 6, 30), "H": date(2027, 6, 30)},
            windows=draw.sample(WEEKDAYS, draw.randint(2, 5)),
            **near(),
        )
        if draw.random() < 0.7
        else volunteer(f"v{k}", max_households=draw.randint(1, 3), minutes_per_4_weeks=draw.randint(200, 900), **near())
        for k in range(carers)
    )
    wanted = []
    for number in range(needs):
        check = draw.random() < 0.3
        wanted.append(
            care(
                f"n{number}",
                household=f"h{draw.randrange(max(1, needs * 2 // 3))}",
                service="visit_check" if check else "daily_care",
                visits=draw.choice([2, 4]) if check else draw.choice([4, 8, 12]),
                minutes=draw.choice([30, 60, 90]),
                priority=draw.choice(["urgent", "key", "edge", "general"]),
                qualifications=(("V", "H"),) if check else (("C5", "C4"), ("H",)),
                kinds=("worker", "volunteer") if check else ("worker",),
                gender_required="f" if draw.random() < 0.1 else None,
                gender_wish=draw.choice(["f", "m", None]),
                language_wish=draw.choice(["wuu", None]),
                windows=draw.sample(MORNINGS, draw.randint(2, 5)),
                excluded=tuple(draw.sample([c.id for c in people], 1)) if people and draw.random() < 0.1 else (),
                current=draw.choice([c.id for c in people]) if people and draw.random() < 0.2 else None,
                **near(),
            )
        )
    lines = tuple(
        line(
            organisation=name,
            service=service,
            unit_price_fen=draw.randint(3000, 7000),
            max_visits=int(draw.randint(20, 60) * max(1, carers / 4) * tightness),
            max_fen=int(draw.randint(100_000, 400_000) * max(1, carers / 4) * tightness),
        )
        for name, service in (("sunrise", "daily_care"), ("sunrise", "visit_check"), ("harbour", "daily_care"))
    )
    owners = tuple(
        Organisation(id=name, minutes_per_4_weeks=int(draw.randint(1500, 4000) * max(1, carers / 4) * tightness))
        for name in ("sunrise", "harbour")
    )
    return town(needs=tuple(wanted), carers=people, contract_lines=lines, organisations=owners)


def given_pairs(costs: list[list[int]], minutes: list[list[int]], room: list[int], unserved: int = 10**6) -> Problem:
    """A generalised assignment problem as given pairs: costs[carer][need], minutes[carer][need], room[carer]."""
    weights = replace(WEIGHTS, unserved=dict.fromkeys(WEIGHTS.unserved, unserved))
    jobs = tuple(care(f"job{j}") for j in range(len(costs[0])))
    agents = tuple(worker(f"agent{i}", minutes_per_4_weeks=m, max_households=len(jobs)) for i, m in enumerate(room))
    pairs = tuple(
        Pair(need=f"job{j}", carer=f"agent{i}", cost=costs[i][j], minutes=minutes[i][j])
        for i in range(len(room))
        for j in range(len(jobs))
    )
    return town(needs=jobs, carers=agents, pairs=pairs, weights=weights)
