"""How long a list of 30,000 households takes: `python -m tests.benchmarks.imports [HOUSEHOLDS] [--profile]`.

Makes the list as an .xlsx file, then reads, checks and takes it on an embedded server of its own, as the command does;
prints the seconds of each step and the memory. Everybody in the list is made up.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import pstats
import resource
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from bangfu.divisions.tables import Division
from bangfu.imports.actions import KINDS, take
from bangfu.imports.reading import read_list
from bangfu.runtime import Runtime
from bangfu.settings import Settings
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import SHANGHAI
from bangfu.shared.database import transaction
from bangfu.shared.identifiers import ancestors, division_level, generate_mobile, generate_resident_id
from bangfu.shared.tabular import write_xlsx

VILLAGES = 400
SURNAMES, GIVEN = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗",
    "伟芳娜敏静秀丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英建国志红玉金",
)
TITLES = (
    "家庭编号", "所在村居", "详细地址", "家庭类别", "认定日期", "姓名", "与户主关系", "身份证号", "联系电话",
    "银行账号",
    "健康状况", "处理依据", "同意日期", "服务", "每四周次数", "希望时间",
)  # fmt: skip
CATEGORIES, SERVICES = ("低保", "特困", "低保边缘", "支出型困难"), ("生活照料", "探访", "助医", "助餐陪餐", "康复")


def village_code(number: int) -> str:
    return f"9901{number // 100 + 1:02d}{number // 10 % 10 + 1:03d}{number % 10 + 201:03d}"


def household_rows(households: int, seed: int = 1) -> list[list[object]]:
    """Two of three households have a second member, every second one a need; in the order of TITLES."""
    random, rows, serial = Random(seed), list[list[object]](), 0
    for number in range(households):
        for member in range(2 if number % 3 else 1):
            serial += 1
            born = date(1935, 1, 1) + timedelta(days=serial // 998 * 97 % 11_000 + 11_000 * member)
            person: list[object] = [
                random.choice(SURNAMES) + random.choice(GIVEN) + random.choice(GIVEN),
                "子女" if member else "本人",
                generate_resident_id(born, serial % 998), generate_mobile(serial)[3:], f"99{serial:014d}",
                "高血压",
            ]  # fmt: skip
            first: list[object] = [
                village_code(number % VILLAGES), f"{number % 30 + 1}组{number}号", random.choice(CATEGORIES),
                "2024.5.1",
            ]  # fmt: skip
            ground: list[object] = ["本人同意", "2026年1月5日"]
            need: list[object] = [random.choice(SERVICES), 4, "周一至周五 08:00-12:00"]
            rows.append([
                f"BM-{number:06d}", *(first if not member else [""] * 4), *person,
                *(ground if not member else ["", ""]), *(need if not member and number % 2 else ["", "", ""]),
            ])  # fmt: skip
    return rows


async def add_divisions() -> None:
    """The villages and everything above them, each with a point."""
    villages = [village_code(number) for number in range(VILLAGES)]
    codes = {code for village in villages for code in (village, *ancestors(village))}
    async with transaction():
        for code in sorted(codes):
            await Division(code=code, name=f"示例{code}", level=int(division_level(code)), lat=31.7, lon=119.9).save()


async def measure(households: int, profile: bool) -> None:
    await add_divisions()
    started = time.perf_counter()
    content = write_xlsx(TITLES, household_rows(households))
    print(f"made a list of {households} households, {len(content) / 1e6:.1f} MB: {time.perf_counter() - started:.1f} s")
    at, kind = datetime.now(UTC), KINDS["households"]
    profiler = cProfile.Profile() if profile else None
    for turn in ("first", "second"):
        started, cpu = time.perf_counter(), time.process_time()
        checked = await read_list(SYSTEM, kind, content, "list.xlsx", at.astimezone(SHANGHAI).date())
        read = time.perf_counter()
        for fault in checked.faults[:5]:
            print(fault)
        if profiler and turn == "first":
            profiler.enable()
        taken = await take(SYSTEM, kind, checked, at)
        if profiler:
            profiler.disable()
        done = time.perf_counter()
        print(f"{turn} time: read and checked {read - started:.1f} s, taken {done - read:.1f} s, "
              f"together {done - started:.1f} s (processor {time.process_time() - cpu:.1f} s); {taken}")  # fmt: skip
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    if profiler:
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(40)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("households", type=int, nargs="?", default=30_000)
    parser.add_argument("--profile", action="store_true")
    chosen = parser.parse_args()

    async def run(_: Runtime) -> int:
        await measure(chosen.households, chosen.profile)
        return 0

    with tempfile.TemporaryDirectory() as folder, Runtime(Settings(data=Path(folder)), fast=True) as runtime:
        asyncio.run(runtime.run(run))


if __name__ == "__main__":
    main()
