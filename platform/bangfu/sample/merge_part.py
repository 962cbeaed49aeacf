"""Households of the sample that were recorded twice: two pairs to compare, one that is merged already."""

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.households import merge_pages, merging
from bangfu.households.actions import record_household
from bangfu.households.facts import Ground, Situation
from bangfu.households.sealing import PersonFacts
from bangfu.households.tables import Household
from bangfu.households.words import STATUTE_ZH
from bangfu.sample.accounts import actor_of
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.shared.civil_time import civil_date

_TWICE = 3


async def load(at: datetime) -> None:
    """Three households as a second person typed them in, without the document; the last one is merged."""
    rows = await Household.raw(
        "SELECT h.id, h.division, h.category, p.name, p.sex, p.birth_date FROM household h"
        " JOIN person p ON p.household = h.id AND p.is_head WHERE h.division LIKE {} AND h.number LIKE 'CZH-%'"
        " AND h.status = 'active' ORDER BY h.number LIMIT {}",
        f"{OFFICER_TOWN}%", _TWICE,
    )  # fmt: skip
    if not rows or await Household.exists().where(Household.id == _key(rows[0]["id"])):
        return
    for row in rows:
        await _record_again(row, at)
    kept, other = rows[-1]["id"], _key(rows[-1]["id"])
    choices = await merge_pages.proposed(kept, other)
    key = uuid5(NAMESPACE_URL, f"bangfu sample merge {kept}")
    await merging.merge(await actor_of("officer"), key, kept, other, choices, "同一户登记两次", at)


def _key(household: UUID) -> UUID:
    return uuid5(NAMESPACE_URL, f"bangfu sample twice {household}")


async def _record_again(row: dict[str, Any], at: datetime) -> None:
    """The same head, without a document number; the coordinator did not look whether they are recorded."""
    head = PersonFacts(row["name"], is_head=True, sex=row["sex"], birth_date=row["birth_date"], id_type="none")
    situation = Situation(
        division=row["division"], address="", point=None, category=row["category"], category_since=civil_date(at),
        admission_mode="", support_mode="", selfcare_level="", risk_color="", two_person_visits=False,
        trained_only=False, language="", gender_wish="", note="",
    )  # fmt: skip
    ground = Ground(
        ground="statutory", giver="", giver_relation="self", statute=STATUTE_ZH, method="", given_on=civil_date(at),
        purposes=("service", "share_provider"),
    )  # fmt: skip
    await record_household(await actor_of("coordinator"), _key(row["id"]), head, situation, ground, at, why="未带证件")
