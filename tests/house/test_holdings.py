"""Every table that hangs on a person is exported to them or left out for a stated reason (PIPL art. 45)."""

import asyncpg

from bangfu.app import prepare_features
from bangfu.piccolo_app import APP_CONFIG
from bangfu.privacy.holdings import EXCLUDED, HOLDINGS, NO_PERSON
from bangfu.shared.i18n import words_of

NAMING = {"household", "person", "need", "report", "assessment", "incident", "child", "assignment"}


async def test_no_table_about_people_is_forgotten(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        links = await connection.fetch(
            "SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent FROM pg_constraint"
            " WHERE contype = 'f'"
        )
    finally:
        await connection.close()
    about = {"household", "person"}
    while more := {row["child"] for row in links if row["parent"] in about} - about:
        about |= more
    for table in APP_CONFIG.table_classes:
        columns = {one._meta.name for one in table._meta.columns}
        if columns & NAMING or any(name.endswith("_enc") for name in columns):
            about.add(table._meta.tablename)
    assert sorted(about - set(HOLDINGS) - set(EXCLUDED) - NO_PERSON) == []


def test_every_table_of_the_package_has_a_name() -> None:
    prepare_features()
    assert set(HOLDINGS) <= set(dict(words_of("held_table")))
    assert set(EXCLUDED) <= set(dict(words_of("left_out")))
