"""Every sealed value of a database, opened: what a change of keys must leave as it is; and people who have some."""

from uuid import UUID, uuid4

from bangfu.households.sealing import PersonFacts, household_columns, person_columns
from bangfu.households.tables import Household, Person
from bangfu.shared import crypto
from bangfu.shared.migrate import connect
from bangfu.shared.sealed_places import holders, sealed_tables
from tests.support import VILLAGE


async def fill(people: int) -> UUID:
    """Households with everything that is sealed about them; the id of the last one."""
    household = uuid4()
    for number in range(people):
        household, person = uuid4(), uuid4()
        columns = household_columns(household, head_name="王秀英", address=f"幸福路{number}号", note="耳背")
        await Household(
            **{"id": household, "number": f"R-{number}", "division": VILLAGE, "category": "dibao", **columns}
        ).save()
        facts = PersonFacts("王秀英", phone=f"+86138{number:08d}", health="高血压", bank="990001", tags=("dementia",))
        await Person(id=person, household=household, **person_columns(person, facts)).save()
    return household


async def opened() -> dict[str, str]:
    """Place -> text of every sealed value.

    Raises:
        ValueError: if one cannot be opened.
    """
    connection = await connect()
    found: dict[str, str] = {}

    def read(place: str, stored: str) -> str:
        found[place] = crypto.decrypt(stored, place)
        return stored

    try:
        for table in await sealed_tables(connection):
            for row in await connection.fetch(f'SELECT "{table.key}"::text AS key, * FROM {table.name}'):
                for column in table.columns:
                    read(f"{table.name}:{column}:{row['key']}", row[column] or "")
        for holder in holders():
            for row in await connection.fetch(f"SELECT id::text AS key, {holder.read} AS text FROM {holder.table}"):
                if row["text"]:
                    holder.reseal(row["key"], row["text"], read)
    finally:
        await connection.close()
    return found
