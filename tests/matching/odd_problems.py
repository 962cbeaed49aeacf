"""Random problems full of edges: limits met exactly, nothing and nobody, zeros, giants, places far apart."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from matching import Carer, ContractLine, Need, Organisation, Pair, Problem, SharedLimit, Weights
from tests.matching.cast import random_town

AS_OF = date(2026, 1, 5)
MOST = 2**63 - 1
SERVICES = ("care", "visit", "陪伴")
OWNERS = ("o1", "o2", "阳光 中心")
CODES = ("H", "T", "P")
PLACES = (
    (31.77, 119.95),
    (31.78, 119.95),
    (31.77, 119.97),
    (31.80, 119.99),
    (-31.77, -60.05),
    (90.0, 0.0),
    (0.0, 180.0),
)
KINDS = ("worker", "social_worker", "volunteer")
NAMES = ("", "a b", "é", "null", "0", "<b>", "'\"", "名")


class Maker:
    """One random problem; what is drawn depends on the seed alone."""

    def __init__(self, seed: int) -> None:
        """Sizes are drawn first: up to 7 needs and 5 carers, seldom none."""
        self.draw = random.Random(seed)
        self.wild = self.draw.random() < 0.4
        self.needs = max(self.draw.randint(0, 7), self.draw.randint(0, 7))
        self.carers = max(self.draw.randint(0, 5), self.draw.randint(0, 4))

    def one(self, usual: Any, odd: Any = ()) -> Any:
        """One of the usual values, in a wild problem now and then an odd one."""
        return self.draw.choice(odd if odd and self.wild and self.draw.random() < 0.15 else usual)

    def some(self, values: Any, least: int = 0) -> tuple[Any, ...]:
        """Some of the values in any order."""
        return tuple(self.draw.sample(values, self.draw.randint(least, len(values))))

    def at(self) -> dict[str, float]:
        """A place: one of a few, so that distances of zero occur, or a little beside it."""
        lat, lon = self.one(PLACES[:4], PLACES[4:])
        off = self.draw.choice([0.0, 0.0, 0.003, -0.01])
        return {"lat": max(-90.0, min(90.0, lat + off)), "lon": max(-180.0, min(180.0, lon + off))}

    def windows(self) -> tuple[tuple[int, int, int], ...]:
        """Windows that touch, overlap, repeat or last a whole day."""
        usual = [(480, 720), (480, 540), (540, 720), (480, 1080)]
        odd = [(0, 1440), (720, 721), (480, 480 + 30), (1439, 1440)]
        return tuple((day, *self.one(usual, odd)) for day in self.draw.choices(range(7), k=self.draw.randint(4, 14)))

    def name(self, letter: str, number: int) -> str:
        """An id; in wild problems with odd letters."""
        return f"{letter}{number}{self.one(('',), NAMES)}"

    def carer(self, number: int) -> Carer:
        """Somebody whose minutes are about what two needs take."""
        kind, day = self.one((*KINDS, "worker")), timedelta(days=1)
        return Carer(
            id=self.name("c", number),
            organisation=self.one(OWNERS[:2], OWNERS) if kind == "worker" or self.draw.random() < 0.1 else None,
            kind=kind,
            speed_kmh=self.one((5.0, 15.0, 25.0), (0.1, 10_000)),
            max_km=self.one((2.0, 5.0, 9.0, 12.0), (0.0, 1_000_000, 1e-9)),
            minutes_per_4_weeks=self.one((240, 480, 485, 490, 720, 960, 1500), (0, 1, MOST)),
            max_households=self.one((1, 2, 3), (0, MOST)),
            gender=self.one("fm"),
            languages=self.some(("cmn", "wuu")),
            qualifications={code: AS_OF + day * self.one((0, 300), (-1,)) for code in self.some(CODES, 2)},
            windows=self.windows(),
            **self.at(),
        )

    def need(self, number: int, carers: tuple[Carer, ...]) -> Need:
        """Something wanted by one of few households."""
        known = [carer.id for carer in carers] + ["gone"]
        return Need(
            id=self.name("n", number),
            household=f"h{self.draw.randrange(4)}",
            service=self.one(SERVICES[:2], SERVICES),
            visits=self.one((1, 2, 4, 4, 5, 8, 12), (0, 28, 1000)),
            minutes=self.one((30, 60, 120), (0, 1, 1440, 10_000_000)),
            priority=self.one(("urgent", "key", "edge", "general")),
            qualifications=tuple(self.some(CODES, 1) for _ in range(self.one((0, 1, 1), (2, 3)))),
            kinds=self.some(KINDS, self.one((1, 2, 3, 3), (0,))),
            gender_required=self.one((None, None, None, "f"), ("m",)),
            gender_wish=self.one((None, "f", "m")),
            language_wish=self.one((None, "wuu", "cmn"), ("xx",)),
            windows=self.windows(),
            excluded=(self.draw.choice(known),) if self.draw.random() < 0.1 else (),
            current=self.draw.choice(known) if self.draw.random() < 0.3 else None,
            **self.at(),
        )

    def weights(self) -> Weights:
        """The usual weights, or others: free, dear, or such that leaving a need is cheaper than serving it."""
        usual = {"urgent": 100_000, "key": 40_000, "edge": 20_000, "general": 10_000}
        return Weights(
            unserved={priority: self.one((cost,), (0, 1, 500, 10**9)) for priority, cost in usual.items()},
            per_km=self.one((100,), (0, 0.37, 1e9)),
            gender_wish=self.one((200,), (0, 10**9)),
            language_wish=self.one((400,), (0,)),
            change_of_carer=self.one((500,), (0, 10**9)),
            per_yuan=self.one((1, 0.5), (0, 0.01, 1e9)),
        )

    def line(self, organisation: str, service: str) -> ContractLine:
        """A contract for a few visits."""
        price = self.one((0, 2500, 6000, 6001), (1, 10**10))
        visits = self.one((4, 8, 12, 16, 40), (0, MOST))
        return ContractLine(
            organisation=organisation,
            service=service,
            unit_price_fen=price,
            max_visits=visits,
            max_fen=self.one((price * 8, price * 12 + 1, max(0, price * 12 - 1), MOST), (0,)),
        )

    def limits(self, lines: tuple[ContractLine, ...], needs: tuple[Need, ...]) -> tuple[SharedLimit, ...]:
        """What several lines, or some needs, may use together."""
        keys = [(line.organisation, line.service) for line in lines]
        ids = [need.id for need in needs]
        return tuple(
            SharedLimit(
                id=f"limit {number}",
                lines=self.some(keys, 1),
                needs=None if self.draw.random() < 0.5 else self.some(ids),
                max_visits=self.one((4, 8, 12), (0, MOST)),
                max_fen=self.one((None, 48_000, 72_006), (0, MOST)),
            )
            for number in range(self.draw.choice([0, 0, 1, 2]) if keys else 0)
        )

    def pairs(self, needs: tuple[Need, ...], carers: tuple[Carer, ...]) -> tuple[Pair, ...]:
        """Given pairs whose loads and costs differ by carer as they like."""
        return tuple(
            Pair(
                need=need.id,
                carer=carer.id,
                cost=self.one(range(0, 30_000, 500), (-(10**9), -5, 0, 10**9)),
                minutes=self.one(range(0, 500, 10), (0, 10**12)),
            )
            for need in needs
            for carer in carers
            if self.draw.random() < 0.8
        )

    def extended_weights(self, weights: Weights) -> Weights:
        """Prices of fairness and wishes, each often off."""
        return replace(
            weights,
            continuity_per_month=self.one((0, 7, 100), (10**9,)),
            continuity_most=self.one((None, 300, 1000), (0,)),
            rotation=self.one((0, 300, 3000), (10**9,)),
            even_load={kind: self.one((0, 500, 20_000), (1, 10**9)) for kind in self.some(KINDS)},
        )

    def extended_need(self, need: Need) -> Need:
        """A need with what version 2 adds."""
        return replace(
            need,
            months_together=self.one((0, 3, 40), (1200,)),
            carers=self.one((1, 2)),
            experienced_only=self.draw.random() < 0.1,
        )

    def problem(self) -> Problem:
        """The problem."""
        carers = tuple(self.carer(number) for number in range(self.carers))
        needs = tuple(self.need(number, carers) for number in range(self.needs))
        offered = [(owner, service) for owner in OWNERS for service in SERVICES if self.draw.random() < 0.85]
        lines = tuple(self.line(owner, service) for owner, service in offered)
        owners = tuple(
            Organisation(id=owner, minutes_per_4_weeks=self.one((480, 720, 1440, 4000), (0, MOST))) for owner in OWNERS
        )
        return Problem(
            as_of=AS_OF,
            detour=self.one((1.3, 1.0), (0, 100)),
            weights=self.weights(),
            organisations=owners,
            contract_lines=lines,
            carers=carers,
            needs=needs,
            pairs=self.pairs(needs, carers) if self.draw.random() < 0.25 else None,
            limits=self.limits(lines, needs),
        )


def odd_problem(seed: int) -> Problem:
    """A small problem of up to 7 needs and 5 carers."""
    return Maker(seed).problem()


def extended_problem(seed: int) -> Problem:
    """The odd problem of a seed with some of version 2's extensions."""
    made, maker = odd_problem(seed), Maker(seed + 2**32)
    needs = tuple(maker.extended_need(need) for need in made.needs)
    return replace(
        made,
        weights=maker.extended_weights(made.weights),
        needs=needs,
        carers=tuple(replace(c, experience_months=maker.one((None, None, 0, 5, 7), (1200,))) for c in made.carers),
        organisation_share=maker.one((None, None, 34, 50, 80), (1, 100)),
        newcomer_months=maker.one((6, 6, 12), (0, 1)),
    )


def middling_extended(seed: int) -> Problem:
    """The middling problem of a seed with every extension that is linear; a third of its needs ask for two carers."""
    made, draw = middling_problem(seed), random.Random(seed)
    weights = replace(made.weights, rotation=draw.choice([0, 400]), continuity_per_month=draw.choice([0, 30]))
    needs = tuple(
        replace(
            need,
            carers=2 if draw.random() < 0.35 else 1,
            months_together=draw.randint(0, 60),
            experienced_only=draw.random() < 0.1,
        )
        for need in made.needs
    )
    carers = tuple(replace(carer, experience_months=draw.choice([None, 2, 30])) for carer in made.carers)
    share = draw.choice([None, 15, 30, 50])
    return replace(made, weights=weights, needs=needs, carers=carers, organisation_share=share)


def middling_problem(seed: int) -> Problem:
    """A town of 15 to 40 needs and 4 to 8 carers in which limits bind, two shared ones among them."""
    draw = random.Random(seed)
    made = random_town(seed, draw.randint(15, 40), draw.randint(4, 8), tightness=draw.choice([0.4, 0.7, 1.0, 2.0]))
    care = (("sunrise", "daily_care"), ("harbour", "daily_care"))
    some = tuple(draw.sample([need.id for need in made.needs], len(made.needs) // 2))
    return replace(
        made,
        limits=(
            SharedLimit(id="town", lines=care, max_visits=draw.randint(20, 150)),
            SharedLimit(id="subsidy", lines=care[:1], needs=some, max_fen=draw.randint(50_000, 400_000)),
        ),
    )
