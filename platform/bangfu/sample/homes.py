"""Where the sample's households live and who lives in them."""

from dataclasses import dataclass
from random import Random

from bangfu.sample.people import Human, People, family_name
from bangfu.sample.places import Place, place, point_near, townships, villages
from bangfu.shared.coordinates import from_wgs84

OFFICER_TOWN = "990101001"
"""The township of the sample's officer and coordinator: much is going on there."""

_CENTRE = {
    "990101001": 26, "990101100": 9, "990102001": 13, "990102002": 13, "990102003": 11, "990102100": 9, "990103001": 15,
    "990103100": 9, "990103101": 11, "990103102": 10, "990103103": 2, "990103104": 1, "990103106": 5, "990103107": 2,
    "990104100": 19, "990104101": 10, "990104102": 4, "990104103": 7, "990104104": 4, "990104105": 4, "990104107": 4,
    "990104108": 4, "990104109": 1, "990104001": 6, "990104111": 7, "990104002": 8, "990104003": 6,
}  # fmt: skip
_ROADS = (
    "青洋路 竹林路 河海路 通江路 晋陵路 太湖路 龙锦路 怀德路 星港路 梅龙路 东经路 飞龙路 黄河路 珠江路 "
    "常武路 定安路 花园街 人民路 聚湖路 鸣新路 延陵路 劳动路 健身路 兰陵路 光华路 中凉路 紫荆路 丁香路 "
    "玉龙路 勤业路"
)
_GARDENS = "阳光花苑 兰翔小区 丽景花园 锦绣家园 翠竹苑 桃园小区 荷花苑 清水湾 翰林雅居 金谷苑 香樟苑 康乐小区"


@dataclass(slots=True)
class Home:
    """A household's place: the village, the address in one line and the point as a list gives it ("" for none)."""

    village: Place
    address: str
    lat: str = ""
    lon: str = ""
    datum: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a household; `relation` to the head, `tags` of DOMAIN.md 1.2, health in a few words."""

    human: Human
    relation: str
    age: int
    tags: tuple[str, ...] = ()
    health: str = ""


def make_home(random: Random, area: str) -> Home:
    """A home in one of the area's townships. Some lists give no point, some one of a map with another datum."""
    village = random.choice(villages(_town(random, area)))
    home = Home(village, _address(random, village))
    point = point_near(random, village, 0.75)
    datum = random.choices(("wgs84", "gcj02", "bd09", ""), (86, 7, 4, 3))[0]
    if datum in ("wgs84", "gcj02", "bd09"):
        lat, lon = from_wgs84(*point, datum)  # type: ignore[arg-type]  # narrowed by the tuple
        home.lat, home.lon, home.datum = f"{lat:.6f}", f"{lon:.6f}", datum
    return home


def _town(random: Random, area: str) -> str:
    if area == "centre":
        return random.choices(list(_CENTRE), list(_CENTRE.values()))[0]
    towns = townships("990105" if area == "jintan" else "990106")
    # The county town comes first and holds most.
    weights = [len(towns) * 2, *(1 for _ in towns[1:])]
    return random.choices(towns, weights)[0].township


def _address(random: Random, village: Place) -> str:
    start = f"{place(village.township).name}{village.name}"
    if village.code[9] == "2":
        return f"{start}{random.randint(1, 14)}组{random.randint(1, 89)}号"
    street = f"{random.choice(_ROADS.split())}{random.randint(3, 298)}号"
    garden = random.choice(_GARDENS.split()) if random.random() < 0.7 else ""
    return f"{start}{street}{garden}{random.randint(1, 36)}幢{random.randint(1, 6)}0{random.randint(1, 4)}室"


def make_members(people: People, sort: str) -> list[Member]:
    """The members of a household of a sort, the head first."""
    return _MAKERS[sort](people)


def _elder(people: People) -> list[Member]:
    random, age = people.random, people.random.randint(66, 92)
    head = people.make(age, people.sex(0.58))
    living = random.choices(("alone", "couple", "with_child"), (50, 32, 18))[0]
    tags = {"alone": ("lives_alone",), "couple": ("empty_nest",)}.get(living, ())
    extra = random.choices(((), ("serious_illness",), ("dementia",), ("family_planning_special",)), (78, 12, 6, 4))[0]
    health = random.choice(
        ("高血压", "糖尿病，眼底病变", "脑梗后遗症", "骨质疏松，膝关节痛", "冠心病", "白内障", "慢性支气管炎")
    )
    members = [Member(head, "self", age, (*tags, *extra), health)]
    if living == "couple":
        members.append(_spouse(people, head, age, health="高血压" if random.random() < 0.5 else ""))
    if living == "with_child":
        grown = max(30, age - random.randint(23, 30))
        members.append(Member(people.make(grown, people.sex(), family_name(head)), "child", grown))
    return members


def _disabled(people: People) -> list[Member]:
    random, age = people.random, people.random.randint(24, 61)
    head = people.make(age, people.sex(0.45))
    kind = random.choice(("肢体残疾", "视力残疾", "智力残疾", "听力残疾", "精神残疾"))
    tags = ("mental_severe",) if kind == "精神残疾" else ()
    members = [Member(head, "self", age, tags, f"{kind}{random.choice('一二二三')}级")]
    if random.random() < 0.55:
        older = age + random.randint(23, 29)
        if older < 93:
            members.append(Member(people.make(older, people.sex()), "parent", older, health="年迈体弱"))
    return members


def _child(people: People) -> list[Member]:
    random = people.random
    by_grandparents = random.random() < 0.55
    age = random.randint(60, 74) if by_grandparents else random.randint(31, 47)
    head = people.make(age, people.sex(0.6))
    members = [Member(head, "self", age, health="慢性病" if by_grandparents and random.random() < 0.3 else "")]
    tag = random.choice(("left_behind", "left_behind", "de_facto_unattended", "orphan")) if by_grandparents else ""
    for _ in range(random.choices((1, 2), (72, 28))[0]):
        young = random.randint(6, 15)
        child = people.make(young, people.sex(), family_name(head))
        members.append(Member(child, "grandchild" if by_grandparents else "child", young, (tag,) if tag else ()))
    return members


def _worker(people: People) -> list[Member]:
    age = people.random.randint(23, 54)
    head = people.make(age, people.sex(0.45))
    return [Member(head, "self", age), *([_spouse(people, head, age)] if people.random.random() < 0.5 else [])]


def _ill(people: People) -> list[Member]:
    age = people.random.randint(36, 74)
    head = people.make(age, people.sex())
    illness = people.random.choice(
        ("尿毒症，每周透析", "肺癌术后化疗", "肝硬化", "乳腺癌术后", "重症胰腺炎恢复期", "强直性脊柱炎")
    )
    members = [Member(head, "self", age, ("serious_illness",), illness)]
    return [*members, *([_spouse(people, head, age)] if people.random.random() < 0.65 else [])]


def _sudden(people: People) -> list[Member]:
    age = people.random.randint(26, 68)
    head = people.make(age, people.sex())
    event = people.random.choice(("车祸受伤，骨折", "家中失火", "突发心肌梗死", "工伤", ""))
    members = [Member(head, "self", age, health=event)]
    return [*members, *([_spouse(people, head, age)] if people.random.random() < 0.6 else [])]


def _spouse(people: People, head: Human, age: int, health: str = "") -> Member:
    other_age = max(22, age + people.random.randint(-4, 3))
    return Member(
        people.make(other_age, "male" if head.sex == "female" else "female"), "spouse", other_age, health=health
    )


_MAKERS = {"elder": _elder, "disabled": _disabled, "child": _child, "worker": _worker, "ill": _ill, "sudden": _sudden}
