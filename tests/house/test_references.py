"""A merge moves every row that names a household or a person: no table may be forgotten."""

from bangfu.households.references import HOUSEHOLD_COLUMNS, PERSON_COLUMNS
from bangfu.piccolo_app import APP_CONFIG


def _columns(name: str) -> set[tuple[str, str]]:
    return {
        (table._meta.tablename, column._meta.db_column_name)
        for table in APP_CONFIG.table_classes
        for column in table._meta.columns
        if column._meta.db_column_name in {name, f"{name}_id"}
    }


def test_every_column_that_names_a_household_has_its_rule() -> None:
    assert _columns("household") - set(HOUSEHOLD_COLUMNS) == set()


def test_every_column_that_names_a_person_has_its_rule() -> None:
    assert _columns("person") - set(PERSON_COLUMNS) == set()


async def test_every_reference_in_the_database_to_a_household_or_a_person_has_its_rule(database: str) -> None:
    from bangfu.shared.migrate import connect

    connection = await connect()
    rows = await connection.fetch(
        "SELECT c.conrelid::regclass::text AS name, a.attname AS column, c.confrelid::regclass::text AS target"
        " FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
        " WHERE c.contype = 'f' AND c.confrelid IN ('household'::regclass, 'person'::regclass)"
    )
    await connection.close()
    known = {"household": HOUSEHOLD_COLUMNS, "person": PERSON_COLUMNS}
    missing = {(row["name"], row["column"]) for row in rows if (row["name"], row["column"]) not in known[row["target"]]}
    assert missing == set()


async def test_the_rules_name_only_columns_that_exist(database: str) -> None:
    there = {
        (table._meta.tablename, column._meta.db_column_name)
        for table in APP_CONFIG.table_classes
        for column in table._meta.columns
    }
    assert {*HOUSEHOLD_COLUMNS, *PERSON_COLUMNS} - there == set()
