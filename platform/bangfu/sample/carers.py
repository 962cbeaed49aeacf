"""The sample city's 90 carers: what they can do, when, and where they start from.

On purpose the assessors' certificates have run out (`no_qualified` for every ability assessment), men who may nurse
are missing (`excluded` where a man is required), and nobody works on Sunday evenings or before seven (`no_time`).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from bangfu.sample.organisations import uscc
from bangfu.sample.people import People
from bangfu.sample.places import place, point_near, villages


@dataclass(frozen=True, slots=True)
class Trade:
    """What people of a trade hold and how they work; `hours` a week, `homes` households at most."""

    codes: tuple[str, ...]
    travel: str
    max_km: int
    hours: tuple[int, int]
    homes: tuple[int, int]
    women: float
    sometimes: tuple[str, ...] = ()


TRADES = {
    "care": Trade(("C5", "H", "T"), "ebike", 9, (34, 40), (18, 28), 0.9),
    "nurse_aide": Trade(("C4", "H", "T"), "ebike", 10, (36, 40), (16, 22), 1.0),
    "nurse": Trade(("N", "C3", "H", "T"), "car", 20, (34, 38), (18, 24), 1.0),
    "assessor": Trade(("A", "N", "T"), "car", 25, (30, 36), (20, 30), 0.7),
    "helper": Trade(("G", "H", "T"), "ebike", 8, (30, 38), (20, 32), 0.8),
    "rehab": Trade(("R", "T"), "car", 18, (32, 38), (20, 28), 0.5),
    "counsellor": Trade(("P", "T", "M"), "car", 22, (28, 36), (24, 34), 0.6),
    "case_worker": Trade(("S", "T", "M"), "car", 22, (32, 38), (30, 40), 0.7, ("P",)),
    "teacher": Trade(("E", "M", "T"), "ebike", 10, (26, 34), (14, 20), 0.6),
    "meals": Trade(("H", "T"), "ebike", 9, (30, 36), (12, 16), 0.7),
    "trainer": Trade(("TR", "T"), "car", 20, (32, 38), (14, 20), 0.5),
    "builder": Trade(("T",), "car", 45, (38, 40), (24, 30), 0.0),
    "lawyer": Trade(("L",), "car", 20, (24, 30), (20, 30), 0.5),
    "social_worker": Trade(("S", "T", "M"), "car", 15, (28, 36), (24, 30), 0.75, ("E",)),
    "volunteer": Trade(("V", "T"), "ebike", 6, (5, 8), (4, 5), 0.6, ("M", "E", "H")),
}
STAFF: tuple[tuple[str, str, str], ...] = (
    ("chunhui", "care", "101001 101001 101100 102001 102002 102003 102100 103001 103102 103106"),
    ("chunhui", "nurse_aide", "101001 102001 103001 103100"),
    ("bangshou", "care", "104100 104100 104101 104103 104104 104111 104002 104108 104107"),
    ("bangshou", "trainer", "104100 102001"),
    ("tongxin", "case_worker", "103001 104100 101001 102002 103101"),
    ("tongxin", "counsellor", "103001 104100 101001"),
    ("linli", "helper", "102002 102001 101001 103001 104101 104003"),
    ("nuanyang", "meals", "102001 101001 104100"),
    ("nuanyang", "teacher", "102001 104100 103001"),
    ("anyi", "nurse_aide", "104001 104100 104102 104105"),
    ("fushou", "care", "105100 105106 105102"),
    ("fushou", "nurse_aide", "105100"),
    ("kangju", "builder", "103101 104100"),
    ("boai", "rehab", "103100 101001 104100"),
    ("boai", "nurse", "103100"),
    ("boai", "assessor", "103100 104100"),
    ("zhengyan", "lawyer", "104100 101001"),
    ("shanshui", "care", "106100 106100 106104"),
    ("shanshui", "case_worker", "106100"),
    ("shanshui", "teacher", "106100"),
    ("station_a", "social_worker", "101001 101100 102001 103001 103100"),
    ("station_b", "social_worker", "104100 104002 104102 105100 106100"),
    ("qingguo", "volunteer", "101001 101001 101001 102001 102003 103001 103101 104100 104100 104002 105100 106100"),
)
SOON = (5, 24, 51, -18, 3, 29, 58, 12, 45)
"""Days left of certificates that someone has to see to; negative ones ran out."""
VALID_DAYS = {"H": 365, "M": 365}
"""Health certificates and clearances run for a year at most (DOMAIN.md 2.3)."""


def carer_rows(people: People) -> list[dict[str, str]]:
    """The rows of the import kind `carers`, numbered in the order of STAFF."""
    posts = [(body, trade, town) for body, trade, towns in STAFF for town in towns.split()]
    return [_carer(people, at, *post) for at, post in enumerate(posts, start=1)]


def carer_number(serial: int) -> str:
    """CZ-001 and so on."""
    return f"CZ-{serial:03d}"


def _carer(people: People, serial: int, body: str, trade_name: str, town: str) -> dict[str, str]:
    random, trade = people.random, TRADES[trade_name]
    home = random.choice(villages(f"990{town}"))
    human = people.make(random.randrange(22, 58), people.sex(trade.women))
    lat, lon = point_near(random, home, 0.9)
    kind = trade_name if trade_name in ("social_worker", "volunteer") else "worker"
    speed = {"ebike": 15, "car": 30}[trade.travel]
    return {
        "number": carer_number(serial), "kind": kind, "organisation": uscc(body), "division": home.code,
        "name": human.name, "sex": human.sex_word, "birth_date": human.birth.isoformat(),
        "id_number": human.id_number, "phone": human.phone, "languages": _languages(people),
        "travel_mode": trade.travel, "speed_kmh": str(speed), "max_km": str(trade.max_km),
        "hours_per_week": str(random.randint(*trade.hours)),
        "max_households": str(random.randint(*trade.homes)), "qualifications": _held(people, trade_name, serial),
        "availability": _hours(people, trade_name), "lat": f"{lat:.6f}", "lon": f"{lon:.6f}", "datum": "wgs84",
        "address": f"{place(home.township).name}{home.name}", "blacklist_until": "",
    }  # fmt: skip


def _languages(people: People) -> str:
    spoken = ["cmn"]
    spoken += ["wuu"] if people.random.random() < 0.65 else []
    spoken += ["csl"] if people.random.random() < 0.05 else []
    return "、".join(spoken)


def _held(people: People, trade_name: str, serial: int) -> str:
    """Certificates with their last days: some ran out, some will within a week, a month or two."""
    trade = TRADES[trade_name]
    codes = [*trade.codes, *(code for code in trade.sometimes if people.random.random() < 0.6)]
    ends = {code: _days_left(people, code) for code in codes}
    # Every fifth carer has one certificate that runs out soon or ran out; which one goes round.
    if serial % 5 == 3:
        ends[codes[serial // 5 % len(codes)]] = SOON[serial // 5 % len(SOON)]
    if trade_name == "assessor":
        ends["A"] = -12 - serial % 7
    return ";".join(f"{code}:{(people.as_of + timedelta(days=left)).isoformat()}" for code, left in ends.items())


def _days_left(people: People, code: str) -> int:
    return people.random.randrange(62, VALID_DAYS.get(code, 900) - 10)


WEEKDAYS = "周一至周五"


def _hours(people: People, trade_name: str) -> str:
    """Weekly hours as lists write them."""
    saturday = people.random.random() < 0.5
    if trade_name == "volunteer":
        first, second = people.random.sample("一二三四五", 2)
        return f"周六、周日 09:00-17:30;周{first} 18:30-20:30;周{second} 18:30-20:30"
    if trade_name == "teacher":
        return f"{WEEKDAYS} 13:00-20:30;周六 08:30-17:30" + (";周日 08:30-17:00" if saturday else "")
    if trade_name in ("care", "nurse_aide", "helper", "meals"):
        return "周一至周六 07:30-18:00" + (";周日 07:30-12:30" if saturday else "")
    if trade_name in ("social_worker", "case_worker", "counsellor"):
        return f"{WEEKDAYS} 08:30-12:00、13:00-18:00" + (";周三 18:30-20:30;周六 09:00-17:00" if saturday else "")
    return f"{WEEKDAYS} 08:30-17:30" + (";周六 09:00-16:00" if saturday else "")


def nearest_expiry(as_of: date, rows: list[dict[str, str]]) -> list[int]:
    """Days left of every certificate in the rows, the shortest first."""
    ends = (entry.partition(":")[2] for row in rows for entry in row["qualifications"].split(";"))
    return sorted((date.fromisoformat(end) - as_of).days for end in ends)
