"""Lists for the tests of imports, and the short way to check and take them. Everybody in them is made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from bangfu.imports.actions import KINDS, Checked, Taken, check_list, take, take_rows
from bangfu.imports.reading import read_list
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.identifiers import generate_resident_id, generate_uscc
from bangfu.shared.tabular import write_csv
from tests.shared.tabular.lists import workbook
from tests.support import VILLAGE

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
TODAY = date(2026, 11, 21)
USCC = generate_uscc(7001)
Row = Mapping[str, object]


def resident(serial: int, born: date = date(1950, 3, 4)) -> str:
    """A made-up ID number; an even serial is a woman."""
    return generate_resident_id(born, serial)


def organisation(**changed: object) -> dict[str, object]:
    plain = {"uscc": USCC, "name": "测试服务中心", "org_type": "社会服务机构", "division": "990101000000"}
    return {**plain, **changed}


def carer(serial: int = 1, **changed: object) -> dict[str, object]:
    return {
        "number": f"T-{serial}", "kind": "志愿者", "division": VILLAGE,
        "name": f"测试{'一二三四五六七八九'[serial % 9]}", "sex": "男" if serial % 2 else "女",
        "id_number": resident(serial, date(1990, 1, 2)), **changed,
    }  # fmt: skip


def contract_line(**changed: object) -> dict[str, object]:
    return {
        "contract_number": "T-2026", "organisation": "52990101A00000011F", "service": "护理", "unit_price": "80.00",
        "max_units": 100, "max_amount": "8000.00", "starts_on": "2026-01-01", "ends_on": "2026-12-31", **changed,
    }  # fmt: skip


def household(serial: int = 1, **changed: object) -> dict[str, object]:
    """One household with its head, without consent and without a need."""
    return {
        "household_number": f"H-{serial}", "division": VILLAGE, "address": f"{serial}组", "category": "低保",
        "member_name": f"测试{'甲乙丙丁戊己庚辛壬'[serial % 9]}", "relation": "本人",
        "id_number": resident(serial), **changed,
    }  # fmt: skip


GROUND = {"consent_ground": "同意", "consent_on": "2026-01-05", "consent_method": "书面"}
NEED = {"service": "生活照料", "visits": 4, "minutes": 60}


def table_of(rows: Sequence[Row], titles: Mapping[str, str] | None = None) -> list[list[object]]:
    """Rows keyed by field codes as cells below one row of titles (the codes, unless others are given)."""
    codes = list(dict.fromkeys(code for row in rows for code in row))
    return [
        [(titles or {}).get(code, code) for code in codes],
        *[[row.get(code, "") for code in codes] for row in rows],
    ]


def xlsx_of(rows: Sequence[Row]) -> bytes:
    return workbook(table_of(rows))


def csv_of(rows: Sequence[Row], encoding: str = "utf-8") -> bytes:
    head, *body = table_of(rows)
    return write_csv([str(title) for title in head], body).decode("utf-8-sig").encode(encoding)


async def read(kind: str, content: bytes, name: str = "list.xlsx", actor: Actor = SYSTEM) -> Checked:
    """Read and check a file."""
    return await read_list(actor, KINDS[kind], content, name, TODAY)


async def judged(kind: str, rows: Sequence[Row], actor: Actor = SYSTEM) -> Checked:
    """Check rows keyed by field codes; row 2 is the first one."""
    return await check_list(actor, KINDS[kind], rows, None, TODAY)


async def taken(kind: str, rows: Sequence[Row], actor: Actor = SYSTEM) -> Taken:
    return await take_rows(actor, KINDS[kind], rows, AT)


async def take_file(kind: str, content: bytes, name: str = "list.xlsx", actor: Actor = SYSTEM) -> Taken:
    return await take(actor, KINDS[kind], await read(kind, content, name, actor), AT)


def numbers(result: Taken | Checked) -> tuple[int, int, int]:
    return result.inserted, result.updated, result.unchanged
