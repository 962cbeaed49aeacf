"""The leak test's tools: people with telling identifiers, a crawler, and a search that sees through encodings."""

import html
import io
import re
import zipfile
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import unquote_plus, urlsplit

import httpx
from litestar import Litestar
from litestar.routes import HTTPRoute
from piccolo.table import Table

from bangfu.agreements.rules import NATURAL
from bangfu.households.sealing import PersonFacts, household_columns, person_columns, seal
from bangfu.households.tables import Household, Person
from bangfu.piccolo_app import APP_CONFIG
from bangfu.shared.identifiers import generate_resident_id
from tests.authorisation.matrix import MATRIX
from tests.authorisation.row import Row, Stage
from tests.support import Visitor

IDENTIFYING = re.compile(r"name|phone|id_number|bank|address|note|health|disability|school|teacher")
"""Sealed columns of other tables that identify somebody: each row gets a value of its own to look for."""
_PARAMETER = re.compile(r"\{[^}]+\}")
_LINK = re.compile(r"""(?:href|hx-get)="(/[^"#]*)""")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_GAPS = re.compile(r"(?<=[0-9Xx])[ \-\u00a0\u2009]+(?=[0-9Xx])")


@dataclass
class Secrets:
    """Value -> what it is; every value is long enough not to occur by chance."""

    values: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, value: str) -> str:
        self.values[value] = kind
        return value

    def found_in(self, text: str) -> set[str]:
        """The kinds of values that stand in the text, however they are written."""
        readings = seen(text)
        return {f"{kind} {value}" for value, kind in self.values.items() if any(value in one for one in readings)}


def seen(text: str) -> tuple[str, ...]:
    """The text as it is, decoded from URLs, JSON and HTML, and with the gaps between digits closed."""
    plain = html.unescape(unquote_plus(_ESCAPED.sub(lambda hit: chr(int(hit[1], 16)), text)))
    return text, plain, _GAPS.sub("", plain)


async def dress(secrets: Secrets) -> None:
    """Give everybody on the stage a full set of identifiers, and every sealed column that identifies a canary."""
    for place, row in enumerate(await Person.raw("SELECT id, name, relation, is_head FROM person ORDER BY id")):
        facts = PersonFacts(
            name=row["name"], relation=row["relation"], is_head=row["is_head"], sex="f", birth_date=date(1950, 3, 1),
            id_number=secrets.add("id number", generate_resident_id(date(1950, 3, 1), 100 + place)),
            phone=secrets.add("phone", f"1390099{place:04d}"),
            bank=secrets.add("bank account", f"62220212345678{place:05d}"),
            health=secrets.add("health", f"慢性肾衰竭第{place:04d}例"),
        )  # fmt: skip
        columns = {name: value for name, value in person_columns(row["id"], facts).items() if name in SEALED_NOW}
        await Person.update(**columns).where(Person.id == row["id"])
    for place, row in enumerate(await Household.raw("SELECT id, head_name FROM household ORDER BY id")):
        address = secrets.add("address", f"测试省东区河东街道柳树村密语巷{place:04d}号")
        note = secrets.add("note", f"钥匙在门垫下面{place:04d}")
        columns = household_columns(row["id"], head_name=row["head_name"], address=address, note=note)
        await Household.update(
            address_enc=columns["address_enc"], note_enc=columns["note_enc"]
        ).where(Household.id == row["id"])  # fmt: skip
    for table in APP_CONFIG.table_classes:
        if table._meta.tablename not in {"person", "household"}:
            await _dress_table(table, secrets)


SEALED_NOW = {
    "id_number_enc", "id_number_index", "phone_enc", "phone_index", "phone_tail_index", "bank_enc", "health_enc"
}  # fmt: skip


async def _dress_table(table: type[Table], secrets: Secrets) -> None:
    name = table._meta.tablename
    columns = [one._meta.name for one in table._meta.columns]
    sealed = [one for one in columns if one.endswith("_enc") and IDENTIFYING.search(one)]
    if not sealed or "id" not in columns:
        return
    for place, row in enumerate(await table.raw(f'SELECT * FROM "{name}"')):
        for column in sealed:
            if row[column] and not _of_an_office(name, column, row):
                canary = secrets.add(f"{name}.{column}", _canary(name, column, place))
                await table.raw(
                    f'UPDATE "{name}" SET {column} = {{}} WHERE id = {{}}',
                    seal(name, column, row["id"], canary),
                    row["id"],
                )


OF_PEOPLE = {
    "care_agreement", "qualification", "volunteer_insurance", "guardian_consent", "training_record", "clearance_check"
}  # fmt: skip
"""Owners of files whose names may name somebody; those of contracts, licences and budgets are shown."""


def _of_an_office(table: str, column: str, row: Mapping[str, Any]) -> bool:
    """Sealed with the names of people in one column, but a bureau's name, or the name of a contract's file."""
    if (table, column) == ("agreement_party", "name_enc"):
        return row["role"] not in NATURAL
    return (table, column) == ("stored_file", "name_enc") and row["subject_type"] not in OF_PEOPLE


def _canary(table: str, column: str, place: int) -> str:
    number = abs(hash((table, column))) % 9000 + 1000
    if "phone" in column:
        return f"1380{number:04d}{place % 1000:03d}"
    return f"密文{number}{place:03d}号"


def get_routes(app: Litestar) -> Iterator[str]:
    """The paths of every GET route of the application."""
    for route in app.routes:
        if isinstance(route, HTTPRoute) and "GET" in route.route_handler_map and "{file_path" not in route.path:
            yield route.path


def address(path: str, value: object) -> str:
    """A route's path with its object's ids."""
    values = iter(value if isinstance(value, tuple) else (value,))
    return _PARAMETER.sub(lambda _: str(next(values)), path)


@dataclass
class Leak:
    """Where a value came out."""

    who: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.who}: {self.where}: {self.what}"


def text_of(answer: httpx.Response) -> str:
    """Body, headers and cookies of an answer; the parts of an archive (xlsx is one) are opened."""
    lines = [f"{name}: {value}" for name, value in answer.headers.multi_items()]
    return "\n".join([*lines, *_bodies(answer.content)])


def _bodies(content: bytes) -> Iterable[str]:
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
    return [content.decode("utf-8", "replace")]


def links(answer: httpx.Response) -> list[str]:
    """The addresses inside the portal that a page links to."""
    if "html" not in answer.headers.get("content-type", ""):
        return []
    return [html.unescape(found) for found in _LINK.findall(answer.text) if not found.startswith("/static/")]


def shape(path: str) -> str:
    """An address without what distinguishes objects of one kind, so that a crawl ends: ids, numbers, query values."""
    parts = urlsplit(path)
    plain = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "*", parts.path)
    names = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
    return re.sub(r"\d+", "#", plain) + "?" + "&".join(names)


async def crawl(browser: Visitor, start: Iterable[str], most: int = 120) -> dict[str, httpx.Response]:
    """Every start address and what is linked from there, one or two objects of each kind."""
    seen_shapes: dict[str, int] = {}
    answers: dict[str, httpx.Response] = {}
    waiting = deque(start)
    firsts = len(waiting)
    while waiting and len(answers) < most + firsts:
        path = waiting.popleft()
        if path in answers:
            continue
        seen_shapes[shape(path)] = seen_shapes.get(shape(path), 0) + 1
        answers[path] = answer = await browser.get(path)
        target = answer.headers.get("location", "")
        found = [*links(answer), *([target] if target.startswith("/") else [])]
        waiting.extend(one for one in found if one not in answers and seen_shapes.get(shape(one), 0) < 2)
    return answers


def own_addresses(app: Litestar, stage: Stage, name: str) -> list[str]:
    """Every GET route at the cast member's own object; one that the role may not open is asked for, too."""
    made: list[str] = []
    for path in get_routes(app):
        row: Row | None = MATRIX.get(("GET", path))
        if row is None or not row.kind:
            made.append(path if row is None or "{" not in path else "/nothing/here")
            continue
        value = stage.mine(row.kind, name)
        if value is not None:
            made.append(address(path, value))
    return made


def post_routes(app: Litestar) -> Iterator[str]:
    """The paths of every POST route."""
    for route in app.routes:
        if isinstance(route, HTTPRoute) and "POST" in route.route_handler_map:
            yield route.path


async def rows_of_every_table() -> list[tuple[str, str]]:
    """(table, row as JSON) of the whole database."""
    rows: list[tuple[str, str]] = []
    for table in APP_CONFIG.table_classes:
        name = table._meta.tablename
        found = await table.raw(f'SELECT row_to_json(t)::text AS row FROM "{name}" t')
        rows += [(name, row["row"]) for row in found]
    return rows


def wrong_form(value: str) -> dict[str, str]:
    """Every field that a form may have, filled with an identifier: what is wrong with it must not be written down."""
    names = (
        "name", "giver", "q", "reason", "reason_text", "remark", "version", "status", "category", "person", "carer",
        "household", "division", "service", "contact_reason", "contact_text", "group", "consent", "key", "format",
        "action", "answer", "level", "date", "due_on", "until", "number", "visits", "kind", "file",
    )  # fmt: skip
    return dict.fromkeys(names, value)
