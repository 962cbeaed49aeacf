"""The sample's 1,200 households with their 1,500 needs, as one list: a row per member, and one per further need."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from bangfu.sample.demand import DEMAND, Demand, windows
from bangfu.sample.homes import OFFICER_TOWN, Home, Member, make_home, make_members
from bangfu.sample.people import People
from bangfu.sample.reasons import reasons

HOUSEHOLDS = 1200
SHARE_OF_NEEDS = 0.8
TRADES_OF = {
    "visit_check": ("helper", "social_worker", "volunteer"), "daily_care": ("care", "helper", "nurse_aide"),
    "nursing_care": ("nurse_aide", "nurse"), "meal": ("care", "meals"), "rehab": ("rehab",), "tutoring": ("teacher",),
    "psych": ("counsellor", "case_worker"), "companion_child": ("social_worker", "teacher"),
}  # fmt: skip
"""Who may already serve a household, by service: trades of bangfu.sample.carers."""


@dataclass(slots=True)
class Group:
    """Households of one sort in one area, and what they need."""

    sort: str
    area: str
    demands: list[Demand] = field(default_factory=list)
    homes: int = 0


@dataclass(frozen=True, slots=True)
class Staff:
    """Carers as the sample's needs refer to them: number, trade, degrees."""

    number: str
    trade: str
    lat: float
    lon: float


def household_rows(people: People, staff: list[Staff]) -> list[dict[str, str]]:
    """The rows of the import kind `households`."""
    rows: list[dict[str, str]] = []
    serial = needs = 0
    for group in _groups(people.random):
        for demands in _shared_out(people.random, group):
            serial += 1
            house = _Household(people, staff, group, demands, serial)
            rows += house.rows(needs)
            needs += len(demands)
    return rows


def _groups(random: Random) -> list[Group]:
    """Every need in a group; homes are shared out so that they come to HOUSEHOLDS."""
    groups: dict[tuple[str, str], Group] = {}
    for demand in DEMAND:
        for _ in range(demand.count):
            key = (random.choice(demand.sorts), demand.area)
            groups.setdefault(key, Group(*key)).demands.append(demand)
    for group in groups.values():
        random.shuffle(group.demands)
        most = max(Counter(demand.service for demand in group.demands).values())
        # No home needs one service twice.
        group.homes = max(most, int(len(group.demands) * SHARE_OF_NEEDS))
    largest = sorted(groups.values(), key=lambda group: -len(group.demands))
    for at in range(HOUSEHOLDS - sum(group.homes for group in largest)):
        largest[at % len(largest)].homes += 1
    return list(groups.values())


def _shared_out(random: Random, group: Group) -> list[list[Demand]]:
    """The group's needs by household: one each, the rest beside needs of another service, three at most."""
    shared = [[demand] for demand in group.demands[: group.homes]]
    for demand in group.demands[group.homes :]:
        fitting = [own for own in shared if len(own) < 3 and all(other.service != demand.service for other in own)]
        random.choice(fitting).append(demand)
    return shared


@dataclass(slots=True)
class _Household:
    people: People
    staff: list[Staff]
    group: Group
    demands: list[Demand]
    serial: int
    home: Home = field(init=False)
    members: list[Member] = field(init=False)
    category: str = field(init=False)
    risk: str = field(init=False)
    level: str = field(init=False)
    grounded: bool = field(init=False)
    statuses: list[str] = field(init=False)

    def __post_init__(self) -> None:
        random, sort = self.people.random, self.group.sort
        self.home = make_home(random, self.group.area)
        self.members = make_members(self.people, sort)
        names, weights = _CATEGORIES[sort]
        self.category = random.choices(names, weights)[0]
        self.risk = random.choices(("red", "yellow", "blue", "green"), (6, 24, 40, 30))[0] if sort == "child" else ""
        self.level = random.choices(("full_self", "semi", "full_care"), _LEVELS.get(sort, (1, 0, 0)))[0]
        self.statuses = [self._status(demand) for demand in self.demands]
        # Only what is not confirmed may still wait for its ground.
        self.grounded = "confirmed" in self.statuses or random.random() < 0.8

    def _status(self, demand: Demand) -> str:
        drawn = self.people.random.random()
        if demand.trap or self.group.area != "centre":
            return "confirmed"
        busy = self.home.village.township == OFFICER_TOWN
        draft, submitted = (0.07, 0.22) if busy else (0.012, 0.03)
        return "draft" if drawn < draft else "submitted" if drawn < draft + submitted else "confirmed"

    def rows(self, needs_before: int) -> Iterator[dict[str, str]]:
        """One row a member with that member's first need, then one row for each further need."""
        served = self._served()
        waiting = [self._need(demand, needs_before + at) for at, demand in enumerate(self.demands, start=1)]
        for member in self.members:
            need = waiting.pop(0) if member is served and waiting else {}
            yield {**self._house(), **self._person(member), **need}
        for need in waiting:
            yield {**self._house(), **self._person(served), **need}

    def _served(self) -> Member:
        """Who the needs are for: the first child of a child's household, else the head."""
        return next((m for m in self.members if m.age < 16), self.members[0])

    def _house(self) -> dict[str, str]:
        people, home, tekun = self.people, self.home, self.category == "tekun"
        adults = [member for member in self.members if member.age >= 18]
        ago = 12 + self.serial % 50 if self.category == "emergency" else 90 + self.serial * 53 % 2200
        ground = {} if not self.grounded else self._ground(adults[0])
        return {
            "household_number": f"CZH-{self.serial:04d}", "division": home.village.code, "address": home.address,
            "lat": home.lat, "lon": home.lon, "datum": home.datum, "category": self.category,
            "category_since": (people.as_of - timedelta(days=ago)).isoformat(),
            "admission_mode": self._admission() if self.category == "dibao" else "",
            "support_mode": "dispersed" if tekun else "", "selfcare_level": self.level if tekun else "",
            "risk_color": self.risk, "two_person_visits": "是" if self._delicate() else "否", "trained_only": "否",
            "household_language": "wuu" if self.serial % 5 < 3 else "cmn", **ground,
        }  # fmt: skip

    def _admission(self) -> str:
        return "individual" if len(self.members) == 1 else "household"

    def _delicate(self) -> bool:
        return any("mental_severe" in member.tags for member in self.members) and self.serial % 2 == 0

    def _ground(self, giver: Member) -> dict[str, str]:
        given = self.people.as_of - timedelta(days=12 + self.serial * 31 % 290)
        if self.serial % 6 == 0:
            return {"consent_ground": "statutory", "statute": _STATUTE, "consent_on": given.isoformat()}
        relation = "guardian" if self.group.sort == "child" else giver.relation
        return {
            "consent_ground": "consent", "consent_giver": giver.human.name, "consent_relation": relation,
            "consent_method": "书面签字", "consent_on": given.isoformat(),
        }  # fmt: skip

    def _person(self, member: Member) -> dict[str, str]:
        human = member.human
        return {
            "member_name": human.name, "relation": member.relation, "sex": human.sex_word,
            "birth_date": human.birth.isoformat(), "id_type": "resident_id", "id_number": human.id_number,
            "phone": human.phone if member.age >= 16 else "", "bank": self._bank(member), "health": member.health,
            "tags": "、".join(member.tags),
        }  # fmt: skip

    def _bank(self, member: Member) -> str:
        """A made-up account of the allowance card; no bank issues numbers that start with 99."""
        return f"99{int(member.human.id_number[6:17]) * 7919 % 10**15:015d}" if member.relation == "self" else ""

    def _need(self, demand: Demand, number: int) -> dict[str, str]:
        random, visits = self.people.random, self.people.random.choice(demand.visits)
        minutes = random.choice(demand.minutes)
        status = self.statuses[self.demands.index(demand)]
        return {
            "service": demand.service, "visits": str(visits), "minutes": str(minutes), "priority": self._priority(),
            "windows": windows(random, demand.hours, visits),
            "gender_required": demand.gender_required or self._required(demand),
            "gender_wish": random.choice("fm") if not demand.trap and random.random() < 0.15 else "",
            "language_wish": "wuu" if self.serial % 5 < 3 and random.random() < 0.45 else "",
            **self._history(demand), "need_reason": random.choice(reasons(demand.service, self.group.sort)),
            "need_number": f"CZX-{number:04d}", "need_status": status,
        }  # fmt: skip

    def _required(self, demand: Demand) -> str:
        """Help with bathing may be asked of a woman; that leaves carers enough."""
        bathing = demand.service == "daily_care" and self._served().human.sex == "female"
        return "f" if bathing and self.people.random.random() < 0.12 else ""

    def _priority(self) -> str:
        if self.risk == "red" or (self.category == "emergency" and self.serial % 3 == 0):
            return "urgent"
        return _PRIORITY[self.category]

    def _history(self, demand: Demand) -> dict[str, str]:
        """The carer of until now, and whom the household does not want again."""
        random, drawn = self.people.random, self.people.random.random()
        nearby = self._nearby(demand.service)
        known = random.choice(nearby).number if nearby else ""
        if demand.trap or drawn > 0.16:
            return {"current_carer": "", "excluded_carers": ""}
        return {"current_carer": known if drawn < 0.12 else "", "excluded_carers": known if drawn >= 0.12 else ""}

    def _nearby(self, service: str) -> list[Staff]:
        lat, lon = self.home.village.lat, self.home.village.lon
        able = [carer for carer in self.staff if carer.trade in TRADES_OF.get(service, ())]
        return sorted(able, key=lambda carer: (abs(carer.lat - lat) + abs(carer.lon - lon), carer.number))[:3]


_CATEGORIES = {
    "elder": (("tekun", "dibao", "dibao_edge"), (45, 38, 17)),
    "disabled": (("dibao", "tekun", "dibao_edge"), (62, 18, 20)),
    "child": (("dibao", "dibao_edge", "tekun", "rigid_expense"), (46, 34, 8, 12)),
    "worker": (("dibao_edge", "dibao", "rigid_expense"), (52, 30, 18)),
    "ill": (("rigid_expense", "dibao"), (70, 30)),
    "sudden": (("emergency",), (1,)),
}
_LEVELS = {"elder": (30, 45, 25), "disabled": (15, 50, 35)}
_PRIORITY = {"tekun": "key", "dibao": "key", "dibao_edge": "edge", "rigid_expense": "edge", "emergency": "general"}
_STATUTE = "《中华人民共和国个人信息保护法》第十三条第一款第（三）项、第三十四条（履行法定职责所必需）"
