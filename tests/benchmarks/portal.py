"""How fast the portal's pages are at full size: `python -m tests.benchmarks.portal [--visits N ...] [--times N]`.

Makes a county of 30,000 households and 100,000 needs once with 200,000 and once with 2,000,000 visits, each on an
embedded server of its own, signs in as each of the main roles and asks every page of their menus and PAGES, one after
the other. Writes the 50th and 95th percentile in ms, the number of SQL statements, the ratio of the sizes and what is
over the goals to build/bench/portal.md.
"""

import argparse
import asyncio
import logging
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import quantiles
from typing import Any, Final
from uuid import UUID

import asyncpg
from litestar import Litestar

from bangfu.app import create_app
from bangfu.households.tables import Household
from bangfu.runtime import Runtime
from bangfu.settings import Settings
from bangfu.shared.actor import Actor
from bangfu.shared.clock import today
from bangfu.shared.permissions import allows
from bangfu.shared.web import frame
from tests.benchmarks.portal_data import FULL, USERS, Size, make, user_id
from tests.support import Visitor

SIZES: Final = (200_000, 2_000_000)
MOST_MS: Final = 300.0
MOST_RATIO: Final = 1.5
"""The goals: the 95th percentile of a page, and how much slower ten times the visits may be."""
NOTHING: Final = 20.0
"""Below so many ms a ratio is noise."""

PAGES: Final[dict[str, tuple[str, ...]]] = {
    "dispatcher": (
        "/households?q=王", "/needs?status=confirmed", "/visits", "/assignments?status=active",
    ),
    "lead": (
        "/households?page=100", "/needs?page=100", "/verification?state=flagged", "/verification?state=all",
        "/verification?state=all&page=200", "/due?show=risk", "/due?show=missed", "/visits?page=200",
        "/visits/evidence?evidence=attested", "/reports/charts", "/reports/scores",
        "/reports/figures/households_served", "/reports/rows/households_served",
        "/reports/figures/visits_verified", "/reports/rows/visits_verified", "/ledgers/village_visits",
        "/ledgers/purchase_month", "/ledgers/town_performance", "/match/scenarios", "/map/towns.json",
        "/households/{household}", "/households/{household}/visits", "/needs/{need}", "/assignments/{assignment}",
        "/visits/{visit}", "/due/{assignment}", "/carers/{carer}", "/providers/{organization}", "/contracts/{contract}",
    ),
    "officer": ("/supervision/wall", "/verification?state=flagged"),
    "township": ("/complaints?status=closed", "/visits?state=waiting"),
    "manager": ("/org-visits",),
    "volunteer": ("/my-visits",),
}  # fmt: skip
"""Pages beside those of the menus: user -> addresses. In braces: the busiest household, carer and so on."""
BUSIEST: Final = {
    "household": "SELECT household AS id FROM visit GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
    "carer": "SELECT carer AS id FROM visit GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
    "organization": "SELECT organization AS id FROM visit WHERE organization IS NOT NULL GROUP BY 1"
    " ORDER BY count(*) DESC, 1 LIMIT 1",
    "assignment": "SELECT assignment AS id FROM visit GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
    "need": "SELECT need AS id FROM visit GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
    "contract": "SELECT l.contract AS id FROM visit v JOIN contract_line l ON l.id = v.contract_line GROUP BY 1"
    " ORDER BY count(*) DESC, 1 LIMIT 1",
    "visit": "SELECT id FROM visit WHERE status = 'verified' ORDER BY number LIMIT 1",
}


@dataclass(slots=True)
class Asked:
    """What came of asking one page: status, ms of each time, number of statements, the slowest of them."""

    status: int = 0
    ms: list[float] = field(default_factory=list)
    first: float = 0.0
    """ms of the first time, which warms caches and counts what is then kept: told, but not in the percentiles."""
    statements: int = 0
    slowest: list[tuple[float, str]] = field(default_factory=list)

    @property
    def least(self) -> float:
        """The fastest in ms: what a busy machine disturbs least, so ratios are of these."""
        return min(self.ms)

    @property
    def p50(self) -> float:
        """Median in ms."""
        return quantiles(self.ms, n=20, method="inclusive")[9]

    @property
    def p95(self) -> float:
        """95th percentile in ms."""
        return quantiles(self.ms, n=20, method="inclusive")[18]


Results = dict[tuple[str, str], Asked]


async def actor(name: str) -> Actor:
    """One of USERS as the portal knows them."""
    rows = await Household.raw("SELECT organization, carer FROM app_user WHERE id = {}", user_id(name))
    role, scope = USERS[name]
    organization: UUID | None = rows[0]["organization"]
    return Actor(user_id(name), name, name, frozenset({role}), scope, organization, rows[0]["carer"])


def pages_of(who: Actor) -> list[str]:
    """Every page of the person's menu, then the further ones."""
    menu = [item.href for item in frame.MENU if allows(who.roles, item.permission)]
    return list(dict.fromkeys([*menu, *PAGES.get(who.username, ())]))


@contextmanager
def statements() -> Iterator[list[tuple[float, str]]]:
    """(ms, text) of each statement that any connection of this process runs meanwhile."""
    seen: list[tuple[float, str]] = []
    kind: Any = asyncpg.connection.Connection
    really = kind._execute

    async def execute(self: Any, query: str, *args: Any, **more: Any) -> Any:
        began = time.perf_counter()
        try:
            return await really(self, query, *args, **more)
        finally:
            seen.append(((time.perf_counter() - began) * 1000, query))

    kind._execute = execute
    try:
        yield seen
    finally:
        kind._execute = really


async def ask(app: Litestar, times: int, names: Sequence[str] = tuple(USERS)) -> Results:
    """Ask every page of these users, `times` times each after a first time that does not count."""
    found: Results = {}
    busiest = {name: str((await Household.raw(query))[0]["id"]) for name, query in BUSIEST.items()}
    for name in names:
        who = await actor(name)
        visitor = await Visitor(app).sign_in(who)
        for path in pages_of(who):
            asked = found[name, path] = Asked()
            for turn in range(times + 1):
                with statements() as seen:
                    began = time.perf_counter()
                    answer = await visitor.get(path.format(**busiest))
                    ms = (time.perf_counter() - began) * 1000
                if turn:
                    asked.ms.append(ms)
                else:
                    asked.first = ms
                asked.status, asked.statements, asked.slowest = answer.status_code, len(seen), sorted(seen)[:-5:-1]
        await visitor.close()
    return found


@asynccontextmanager
async def county(runtime: Runtime, size: Size) -> AsyncIterator[Litestar]:
    """The portal over a county of this size, made unless it is there."""
    if not await Household.count():
        began = time.monotonic()
        await make(runtime.dsn, size, today())
        print(f"{size.visits:,} visits made in {time.monotonic() - began:.0f} s", flush=True)
    yield create_app(runtime.settings)


def measure(folder: Path, size: Size, times: int, names: Sequence[str]) -> Results:
    """All pages at one size; the data stay in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    found: Results = {}

    async def run(runtime: Runtime) -> int:
        async with county(runtime, size) as app:
            found.update(await ask(app, times, names))
        return 0

    with Runtime(replace(Settings.from_environment(), data=folder, database_url="", second_factor="off")) as runtime:
        asyncio.run(runtime.run(run))
    return found


def over(small: Asked | None, large: Asked) -> list[str]:
    """Which goals a page misses."""
    missed = ["slow"] if large.p95 > MOST_MS else []
    if small is not None and large.least > NOTHING and large.least / small.least > MOST_RATIO:
        missed.append("grows")
    return missed + ([f"status {large.status}"] if large.status >= 400 else [])


def table(results: dict[int, Results]) -> str:
    """The measurements as a table, the slowest first; ratios of the fastest times."""
    sizes = sorted(results)
    last, first = results[sizes[-1]], results[sizes[0]] if len(sizes) > 1 else {}
    timed = [f"{n:,}: p50 / p95 ms" for n in sizes]
    head = ["page", "user", *timed, "ratio", "first ms", "statements", "over", "slowest ms"]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for (name, path), asked in sorted(last.items(), key=lambda each: -each[1].p95):
        small = first.get((name, path))
        both = [results[n][name, path] for n in sizes if (name, path) in results[n]]
        cells = [path, name, *(f"{each.p50:.0f} / {each.p95:.0f}" for each in both)]
        cells += [
            f"{asked.least / small.least:.2f}" if small else "",
            f"{asked.first:.0f}",
            str(asked.statements),
            ", ".join(over(small, asked)),
        ]
        lines.append("| " + " | ".join([*cells, f"{asked.slowest[0][0]:.0f}"]) + " |")
    return "\n".join(lines)


def main() -> None:
    """Read the command line, measure, write the report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--visits", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--users", nargs="+", choices=tuple(USERS), default=list(USERS))
    parser.add_argument("--folder", type=Path, help="where the data are made and kept; else they are removed")
    parser.add_argument("--out", type=Path, default=Path("build/bench"))
    parser.add_argument("--statements", action="store_true", help="print the slow statements too")
    given = parser.parse_args()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    folder = given.folder or Path(tempfile.mkdtemp(prefix="bangfu-portal-"))
    folder.chmod(0o755)
    results: dict[int, Results] = {}
    try:
        for visits in given.visits:
            results[visits] = measure(folder / str(visits), replace(FULL, visits=visits), given.times, given.users)
    finally:
        if given.folder is None:
            shutil.rmtree(folder, ignore_errors=True)
    given.out.mkdir(parents=True, exist_ok=True)
    report = table(results)
    (given.out / "portal.md").write_text(f"{report}\n", encoding="utf-8")
    print(report)
    if given.statements:
        _print_statements(results)


def _print_statements(results: dict[int, Results]) -> None:
    sizes = sorted(results)
    for key, asked in results[sizes[-1]].items():
        if over(results[sizes[0]].get(key) if len(sizes) > 1 else None, asked):
            print(f"\n{key[1]} ({key[0]})")
            for ms, text in asked.slowest:
                print(f"  {ms:.0f} ms: {text[:1500]}")


if __name__ == "__main__":
    main()
