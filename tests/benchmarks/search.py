"""How fast people are found: `python -m tests.benchmarks.search [PEOPLE] [--repeats N] [--explain QUERY]`.

Fills an embedded database of its own with made-up people (three to a household, in one city of ten counties), straight
by COPY, then asks the portal's own `searching.search` for every kind of query in the scope of a township, a county and
the city. Beside the milliseconds of each kind stands a plain search in the same database: ILIKE, or every row opened.
The exit code says only whether it ran.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from bangfu.divisions.tables import Division
from bangfu.households import searching
from bangfu.households.sealing import PersonFacts, household_columns, person_columns, unseal
from bangfu.households.tables import Household
from bangfu.runtime import Runtime
from bangfu.settings import Settings
from bangfu.shared.actor import Actor
from bangfu.shared.address_grams import contains
from bangfu.shared.database import DB, transaction
from bangfu.shared.identifiers import ancestors, division_level

COUNTIES, TOWNSHIPS, VILLAGES, PER_HOUSEHOLD = 10, 10, 20, 3
SCOPES = {"township": "990105004", "county": "990105", "city": "9901"}
SURNAMES = dict(zip(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜",
    (7.2, 7.2, 6.8, 5.4, 4.5, 3.1, 2.1, 2.2, 2.1, 2.0, 1.7, 1.5, 1.3, 1.3, 1.2, 1.2, 1.2, 1.2, 1.1, 1.0, *[0.6] * 40),
    strict=False,
))  # fmt: skip
GIVEN = (
    "伟芳娜敏静秀丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英建国志红玉金华文斌辉宇浩博雪梅琴云莲荣爱珍翠春凤菊香月婷玲燕彬鑫龙海山"
    "川林森晨阳宏飞鹏峰波亮东升福贵财发旺祥瑞安康宁乐欣怡佳琪思雨涵梓轩子豪"
)
STREETS = [
    first + second + end
    for first in "幸新东西南北和建光胜"
    for second in "福华风苑平设明利湖山"
    for end in ("路", "街", "巷")
]


@dataclass
class Sampled:
    """What is asked for: values that are there, taken while filling."""

    names: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    pinyin: list[str] = field(default_factory=list)
    initials: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)


def villages() -> list[str]:
    return [
        f"9901{county + 1:02d}{township + 1:03d}{village + 201:03d}"
        for county in range(COUNTIES) for township in range(TOWNSHIPS) for village in range(VILLAGES)
    ]  # fmt: skip


def made_up(people: int, sampled: Sampled, random: Random) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Households with their members, as rows."""
    places, surnames, weights = villages(), list(SURNAMES), list(SURNAMES.values())
    for number in range(people // PER_HOUSEHOLD):
        household, division = uuid4(), places[number % len(places)]
        address = (
            f"{random.choice(STREETS)}{random.randint(1, 400)}号{random.randint(1, 30)}幢{random.randint(101, 999)}室"
        )
        family, members = random.choices(surnames, weights)[0], []
        for at in range(PER_HOUSEHOLD):
            serial = number * PER_HOUSEHOLD + at
            surname = family if at != 1 else random.choices(surnames, weights)[0]
            given = "".join(random.choices(GIVEN, k=2 if random.random() < 0.8 else 1))
            facts = PersonFacts(
                surname + given, "self" if not at else "other", is_head=not at,
                birth_date=date(1930, 1, 1) + timedelta(days=serial * 37 % 33_000),
                id_number=f"99{serial:015d}X", phone=f"+86199{serial:08d}" if at < 2 else "",
            )  # fmt: skip
            person = uuid4()
            members.append({"id": person, "household": household, **person_columns(person, facts)})
            if serial % 997 == 0:
                _note(sampled, facts, members[-1], address)
        head = members[0]["name"]
        row = {
            "id": household, "number": f"BM-{number:06d}", "division": division, "category": "dibao",
            **household_columns(household, head_name=head, address=address),
        }  # fmt: skip
        yield row, members


def _note(sampled: Sampled, facts: PersonFacts, row: dict[str, Any], address: str) -> None:
    sampled.names.append(facts.name)
    sampled.numbers.append(facts.id_number)
    sampled.phones.append(facts.phone or "+8619900000000")
    sampled.pinyin.append(row["pinyin"])
    sampled.initials.append(row["initials"])
    sampled.addresses.append(address)


async def fill(people: int, random: Random) -> Sampled:
    codes = {code for village in villages() for code in (village, *ancestors(village))}
    async with transaction():
        for code in sorted(codes):
            await Division(
                code=code, name=f"示例{code[-3:]}村", level=int(division_level(code)), lat=31.7, lon=119.9
            ).save()
    sampled, homes, members = Sampled(), list[dict[str, Any]](), list[dict[str, Any]]()
    connection = await asyncpg.connect(**DB.config)
    for home, its_people in made_up(people, sampled, random):
        homes.append(home)
        members += its_people
        if len(homes) == 5000:
            await _copy(connection, homes, members)
            homes, members = [], []
    await _copy(connection, homes, members)
    for table in ("household", "person", "division"):
        await connection.execute(f"VACUUM ANALYZE {table}")
    await connection.close()
    return sampled


async def _copy(connection: Any, homes: list[dict[str, Any]], members: list[dict[str, Any]]) -> None:
    for table, rows in (("household", homes), ("person", members)):
        if rows:
            columns = list(rows[0])
            await connection.copy_records_to_table(
                table, records=[tuple(row[name] for name in columns) for row in rows], columns=columns
            )


def kinds(sampled: Sampled, random: Random) -> dict[str, list[str]]:
    """Queries of every kind; some find thousands, some find nothing."""

    def some(values: Iterable[str]) -> list[str]:
        return random.sample(sorted({value for value in values if value}), 20)

    longest = [name for name in sampled.names if len(name) == 3]
    return {
        "commonest surnames": ["王", "李", "张", "刘", "陈"] * 4,
        "one character": some(GIVEN),
        "two characters": some(name[-2:] for name in longest),
        "surname and first": some(name[:2] for name in longest),
        "whole name": some(sampled.names),
        "whole pinyin": some(sampled.pinyin),
        "pinyin of a surname": ["wang", "li", "zhang", "liu", "chen"] * 4,
        "part of the pinyin": some(value[2:7] if value[2:7].isalpha() else value for value in ("xiao", *(
            "".join(searching.query_terms(value))[:5] for value in sampled.pinyin))),
        "initials": some(sampled.initials),
        "one letter": list("wlzcyhjgxsmftdbknpqr"),
        "whole ID number": some(sampled.numbers),
        "whole phone": some(value[3:] for value in sampled.phones),
        "phone tail": some(value[-4:] for value in sampled.phones),
        "household number": [f"BM-{random.randrange(1000):06d}" for _ in range(20)],
        "street and number": some(value.partition("号")[0] + "号" for value in sampled.addresses),
        "street": some(STREETS),
        "common address part": ["1号", "3幢", "号1", "室", "路1", "12号", "幢10", "街2", "巷3", "01室"] * 2,
        "nothing to find": [
            "犇", "龘龘", "xyzq", "vvv", "99" + "9" * 15 + "X", "13800138000", "BM-999999", "不存在路9号", "犇犇", "qq",
        ] * 2,
    }  # fmt: skip


PLAIN = (
    "SELECT h.id, p.name FROM person p JOIN household h ON h.id = p.household WHERE h.division LIKE {}"
    " AND (p.name ILIKE {} OR p.pinyin ILIKE {} OR p.initials ILIKE {}) ORDER BY h.head_pinyin, h.number LIMIT 50"
)
BY_VALUE = (
    "SELECT h.id, p.name FROM person p JOIN household h ON h.id = p.household WHERE h.division LIKE {} AND {} || ''"
    " IN (p.id_number_index || '', p.phone_index || '', p.phone_tail_index || '', h.number || '') LIMIT 50"
)


async def plain(scope: str, query: str, kind: str) -> None:
    """The search that needs no index: ILIKE over names, every value compared, every address of the scope opened."""
    if "street" in kind or "address" in kind:
        rows = await Household.raw("SELECT id, address_enc FROM household WHERE division LIKE {}", f"{scope}%")
        [row["id"] for row in rows if contains(unseal("household", row, "address_enc"), query)]
        return
    if asked := (searching.condition(query) if any(mark.isdecimal() for mark in query) else None):
        await Household.raw(BY_VALUE, f"{scope}%", str(asked[1][0]))
        return
    await Household.raw(PLAIN, f"{scope}%", *[f"%{query}%"] * 3)


async def measured(work: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await work()
    return (time.perf_counter() - started) * 1000


async def _ask(actor: Actor, query: str, found: list[searching.Hit]) -> None:
    found += await searching.search(actor, query)


def at(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


async def measure(people: int, repeats: int) -> None:
    random = Random(7)
    started = time.perf_counter()
    sampled = await fill(people, random)
    print(f"{people} made-up people in {people // PER_HOUSEHOLD} households, filled in "
          f"{time.perf_counter() - started:.0f} s", flush=True)  # fmt: skip
    await print_sizes()
    print(f"{'scope':<10}{'kind':<22}{'queries':>8}{'hits':>6}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}{'plain ms':>10}")
    worst: dict[str, float] = {}
    for scope_name, scope in SCOPES.items():
        actor = Actor(UUID(int=1), "bench", "Bench", frozenset({"bureau_officer"}), scope)
        for kind, queries in kinds(sampled, random).items():
            times, hits = [], 0
            for query in queries * repeats:
                found: list[searching.Hit] = []
                times.append(await measured(partial(_ask, actor, query, found)))
                hits += len(found)
            slow = [await measured(partial(plain, scope, query, kind)) for query in queries[:3]]
            worst[f"{kind} ({scope_name})"] = at(times, 0.95)
            print(f"{scope_name:<10}{kind:<22}{len(times):>8}{hits / len(times):>6.0f}{at(times, 0.5):>9.1f}"
                  f"{at(times, 0.95):>9.1f}{max(times):>9.1f}{at(slow, 0.5):>10.1f}", flush=True)  # fmt: skip
    kind, value = max(worst.items(), key=lambda item: item[1])
    print(f"worst p95 of all kinds and scopes: {value:.1f} ms, {kind}; asked for: below 150 ms")


async def print_sizes() -> None:
    rows = await Household.raw(
        "SELECT relname, pg_relation_size(oid) / 1000000 AS mb FROM pg_class WHERE relname IN ('person', 'household',"
        " 'person_search', 'person_scope', 'household_address') ORDER BY relname"
    )
    print("MB: " + ", ".join(f"{row['relname']} {row['mb']}" for row in rows), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("people", type=int, nargs="?", default=300_000)
    parser.add_argument("--repeats", type=int, default=1, help="how often each query is asked")
    chosen = parser.parse_args()

    async def run(_: Runtime) -> int:
        await measure(chosen.people, chosen.repeats)
        return 0

    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # the database's unprivileged account has to enter
        with Runtime(Settings(data=Path(folder)), fast=True) as runtime:
            code = asyncio.run(runtime.run(run))
    sys.exit(code)


if __name__ == "__main__":
    main()
