"""A household that left long ago is made anonymous: what names or describes its people goes, figures stay.

Every sealed value about its people is emptied, table by table as the export of a person's data lists them
(privacy/holdings.py), so that a new table is not forgotten here; plain words that name or describe go as well. Rows,
numbers, codes, minutes and money stay: statements, scores and the ledger add up as before.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any, Final
from uuid import UUID

from bangfu.privacy.holdings import HOLDINGS
from bangfu.retention.tables import RetentionRun

SHARED: Final = frozenset({"visit_sheet"})
"""Rows about several households: the witness of a sheet and its scan stay with the sheet."""
KEPT_SECRET: Final = frozenset({"incident", "incident_entry", "visit_danger"})
"""Reports of danger to minors are never deleted (DOMAIN.md 8.2)."""
PLAIN: Final[Mapping[str, str]] = {
    "household": "head_name = '', head_pinyin = '', lat = NULL, lon = NULL, location_source = 'none',"
    " location_accuracy_m = NULL, address_grams = '{{}}', version = version + 1",
    "person": "name = '', name_grams = '{{}}', search_terms = '{{}}', pinyin = '', initials = '', birth_date = NULL,"
    " id_number_index = '', phone_index = '', phone_tail_index = '', bank_index = '', tags = '{{}}', child_type = ''",
    "consent": "giver = '', scan = ''",
    "consent_withdrawal": "withdrawn_by = ''",
    "household_category": "reason = ''",
    "person_leaving": "undo_reason = ''",
    "need": "reason = ''",
    "assignment": "answer_text = '', km = NULL, alternatives = '[]'",
    "proposal": "edit_text = ''",
    "visit_record": "findings = '{{}}', text_hash = ''",
    "report": "name_index = '', phone_index = '', id_number_index = '', lat = NULL, lon = NULL",
    "household_merge": "reason = ''",
}
"""Table -> what becomes of its plain columns; `{{}}` is an empty array or object in SQL."""
ALSO: Final[Mapping[str, str]] = {
    "complaint": "household = {household}",
    "complaint_entry": "complaint IN (SELECT id FROM complaint WHERE household = {household})",
    "household_merge": "kept = {household} OR merged = {household}",
}
"""Tables that a person's export leaves out but that hold words about the household."""
GONE: Final[Mapping[str, str]] = {
    "visit_photo": "visit IN (SELECT id FROM visit WHERE household = {household})",
    "outreach_row": "household = {household}",
    "location_miss": "household = {household}",
    "kinship": "household = {household}",
}
"""Rows that mean nothing without the people."""


async def anonymise(ids: Sequence[UUID]) -> Counter[str]:
    """Make these households anonymous, with the duplicates that were merged into them."""
    counts: Counter[str] = Counter()
    sealed, with_id = await _sealed_columns()
    for home in await _with_duplicates(ids):
        counts.update(await _one(home, sealed, with_id))
    return counts


async def _one(home: UUID, sealed: Mapping[str, Sequence[str]], with_id: Set[str]) -> Counter[str]:
    people = [row["id"] for row in await RetentionRun.raw("SELECT id FROM person WHERE household = {}", home)]
    counts: Counter[str] = Counter()
    for table, condition in GONE.items():
        rows = await _run(f'DELETE FROM "{table}" WHERE {_where(condition, home)} RETURNING 1')  # noqa: S608 (constants)
        counts[table] += len(rows)
    files: set[UUID] = set()
    for table, condition in {**HOLDINGS, **ALSO}.items():
        if table in GONE or table in SHARED or table in KEPT_SECRET:
            continue
        for where in dict.fromkeys(_each(condition, home, people)):
            if table in with_id:
                found = await _run(f'SELECT id FROM "{table}" WHERE {where}')  # noqa: S608 (constants and UUIDs)
                files.update(row["id"] for row in found)
            if changes := _changes(table, sealed.get(table, ())):
                rows = await _run(f'UPDATE "{table}" SET {changes} WHERE {where} RETURNING 1')  # noqa: S608 (constants and UUIDs)
                counts[table] += len(rows)
    counts["stored_file"] += await _forget_files(files)
    return +counts


async def _run(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await RetentionRun.raw(text)
    return found


def _where(condition: str, home: UUID, person: UUID | None = None) -> str:
    return condition.replace("{household}", f"'{home}'").replace("{person}", f"'{person}'" if person else "NULL")


def _each(condition: str, home: UUID, people: Sequence[UUID]) -> Iterator[str]:
    """The condition for every member; one about the household alone is the same for all."""
    for person in people or (None,):
        yield _where(condition, home, person)


def _changes(table: str, sealed: Sequence[str]) -> str:
    parts = [f"\"{column}\" = ''" for column in sealed]
    return ", ".join([*parts, PLAIN[table]] if table in PLAIN else parts)


async def _forget_files(subjects: set[UUID]) -> int:
    """Scans and pictures: the content and its key go, an empty row stays where other rows name it."""
    rows = await RetentionRun.raw(
        "UPDATE stored_file SET content = '', key_enc = '', name_enc = '', size = 0"
        " WHERE subject = ANY({}) AND subject_type <> 'visit_sheet' AND key_enc <> '' RETURNING 1",
        list(subjects),
    )
    return len(rows)


async def _with_duplicates(ids: Sequence[UUID]) -> list[UUID]:
    rows = await RetentionRun.raw(
        "WITH RECURSIVE homes AS (SELECT id FROM household WHERE id = ANY({})"
        " UNION SELECT h.id FROM household h JOIN homes o ON h.merged_into = o.id) SELECT id FROM homes",
        list(ids),
    )
    return [row["id"] for row in rows]


async def _sealed_columns() -> tuple[dict[str, list[str]], set[str]]:
    """Table -> its columns of sealed text; and the tables whose rows files can belong to."""
    rows = await RetentionRun.raw(
        "SELECT table_name AS name, column_name AS col, data_type AS kind FROM information_schema.columns"
        " WHERE table_schema = 'public' AND (right(column_name, 4) = '_enc' OR column_name = 'id') ORDER BY 1, 2"
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        if row["col"] != "id":
            found.setdefault(row["name"], []).append(row["col"])
    return found, {row["name"] for row in rows if row["col"] == "id" and row["kind"] == "uuid"}
