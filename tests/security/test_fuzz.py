"""Odd bytes into every reader, odd words into every form: a fault that is told, never one of ours.

FUZZ=N (make fuzz-forms) tries N odd files of each kind and N odd fillings of each form; the suite tries a few.
"""

import csv
import io
import json
import os
import random
import re
from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bangfu.errors import FormError, Told
from bangfu.shared.civil_time import parse_date
from bangfu.shared.credit_code import parse_uscc
from bangfu.shared.faults import Fault
from bangfu.shared.files import look_at
from bangfu.shared.phones import parse_phone
from bangfu.shared.resident_id import parse_resident_id
from bangfu.shared.tabular import read_table
from tests.authorisation.row import Stage
from tests.security.pages import addresses
from tests.support import Visitor

TIMES = int(os.environ.get("FUZZ", "0"))
OFTEN = settings(max_examples=max(60, TIMES), suppress_health_check=list(HealthCheck))
DAY = date(2026, 11, 21)
WORDS = (
    "", " ", "0", "-1", "1e309", "nan", "9" * 400,
    "2026-02-30", "2026-13-01", "0000-00-00", "99:99", "张三", "'", '"', "\\", "%s",
    "{}", "{0}", "\u202e", "\ufeff", "\ud7ff", "on", "yes", "true", "null", "[]", "{", "a" * 5000,
    str(uuid4()), "../..",
    "=1+1", "１２", "二〇二六年", "2026年11月21日", "\U0001f469\u200d\U0001f467", "-0", "0x10", "1_000", "+5", "1,5",
)  # fmt: skip


def _sheet() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        for row, cells in enumerate(
            (("姓名", "电话", "日期"), ("张三", "13812345678", "2026-01-02"), ("李四", "", ""))
        ):
            sheet.write_row(row, 0, cells)
    return out.getvalue()


def _text(encoding: str) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([("姓名", "电话"), ("张三", "13812345678"), ("李四\n王五", '"')])
    return out.getvalue().encode(encoding)


SEEDS = (
    ("list.xlsx", _sheet()), ("list.csv", _text("utf-8-sig")), ("list.csv", _text("gb18030")),
    ("list.csv", _text("utf-16")),
    ("list.json", json.dumps([{"姓名": "张三", "电话": 1}]).encode()), ("list.json", b'{"rows": [[1, [2]], null]}'),
)  # fmt: skip


def spoiled(content: bytes, chance: random.Random) -> bytes:
    """The content with some bytes changed, left out, repeated or put in."""
    made = bytearray(content)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(made) + 1)
        match chance.randrange(4):
            case 0:
                made[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del made[at : at + chance.randint(1, 40)]
            case 2:
                made[at:at] = made[at : at + chance.randint(1, 60)]
            case _:
                made[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 8)))
    return bytes(made)


@OFTEN
@given(st.sampled_from(SEEDS), st.integers(min_value=0, max_value=2**32))
def test_a_spoiled_list_is_read_or_its_fault_is_told(seed: tuple[str, bytes], start: int) -> None:
    name, content = seed
    try:
        read_table(spoiled(content, random.Random(start)), name)
    except Fault:
        return


@OFTEN
@given(st.binary(max_size=400), st.sampled_from(["a.xlsx", "a.csv", "a.json", "a", "a.txt"]))
def test_odd_bytes_are_read_or_their_fault_is_told(content: bytes, name: str) -> None:
    try:
        read_table(content, name)
    except Fault:
        return


@OFTEN
@given(st.one_of(st.text(max_size=40), st.sampled_from(WORDS)))
@pytest.mark.parametrize("parse", [parse_phone, lambda text: parse_resident_id(text, DAY), parse_uscc, parse_date])
def test_odd_words_are_values_or_their_fault_is_told(parse: Callable[[str], object], text: str) -> None:
    try:
        parse(text)
    except (Fault, ValueError, Told):
        return


async def test_odd_files_are_kept_or_their_fault_is_told() -> None:
    chance = random.Random(5)
    heads = (b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"", b"PK\x03\x04")
    for _ in range(max(60, TIMES)):
        content = chance.choice(heads) + chance.randbytes(chance.randrange(300))
        try:
            await look_at(chance.choice(("a.pdf", "a.png", "b", "..")), content)
        except FormError:
            continue


async def test_odd_words_in_any_form_are_told_or_taken(staged: Stage, visit) -> None:
    """Every form of the portal, with the names of fields that forms of the portal have."""
    chance, browsers, broken, seen = random.Random(7), {}, [], 0
    for name, address, path in addresses(staged, "POST", lambda path: path not in {"/signout", "/signout-everywhere"}):
        browser: Visitor = browsers.get(name) or browsers.setdefault(name, await visit(name))
        fields = await _fields_near(browser, address)
        for _ in range(max(1, TIMES)):
            form = {field: chance.choice(WORDS) for field in fields}
            answer = await browser.post(address, form)
            seen += 1
            if answer.status_code >= 500:
                broken.append((path, answer.status_code, {k: v[:12] for k, v in form.items()}))
            if answer.status_code == 401:  # five odd proofs end a session, as they should
                browser = browsers[name] = await visit(name)
    assert broken == []
    assert seen > 250


async def _fields_near(browser: Visitor, address: str) -> list[str]:
    """The fields of the form that leads to an address: of its own page, of those above it, and common ones."""
    found: set[str] = {
        "reason",
        "key",
        "idempotency_key",
        "day",
        "date",
        "amount",
        "number",
        "name",
        "note",
        "decision",
    }
    here = address
    for _ in range(3):
        answer = await browser.get(here)
        found |= set(re.findall(r'name="([A-Za-z0-9_.-]{1,40})"', answer.text)) if answer.status_code == 200 else set()
        here = here.rsplit("/", 1)[0] or "/"
    return sorted(found - {"_csrf_token", "csrf_token", "_proof", "next", "lang"})


def test_the_seeds_are_good_lists() -> None:
    assert [len(read_table(content, name).rows) for name, content in SEEDS[:2]] == [2, 2]
    assert date(2026, 11, 21) == parse_date("2026年11月21日")
