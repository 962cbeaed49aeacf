"""The sample's register in motion: a change of category, reviews that are due, an exit, contacts, a near relative."""

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.households import contacts, history, kinship, leaving, reviews
from bangfu.households.contacts import ContactFacts
from bangfu.households.kinship import Relation
from bangfu.households.reviews import Review
from bangfu.households.spans import Standing
from bangfu.households.tables import Household, Kinship
from bangfu.sample.accounts import actor_of
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date

_EACH = 2
"""Households of each kind that something happens to."""


def _key(number: str, what: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"bangfu:sample:{number}:{what}")


async def load(at: datetime) -> None:
    """A handful of examples in the officer's township, once."""
    coordinator, officer = await actor_of("coordinator"), await actor_of("officer")
    if await Kinship.exists().where(Kinship.declared_by == officer.user):
        return
    homes = await Household.objects().where(
        Household.division.like(f"{officer.scope}%") & (Household.status == "active")
    ).order_by(Household.number).limit(60)  # fmt: skip
    by_category: dict[str, list[Household]] = {}
    for home in homes:
        by_category.setdefault(home.category, []).append(home)
    await _call(coordinator, homes[:4], at)
    await _review(coordinator, by_category.get("tekun", [])[:_EACH], at)
    await _fall_due(homes[-6:], at)
    await _recategorise(officer, by_category.get("dibao_edge", [])[:_EACH], at)
    for home in by_category.get("rigid_expense", [])[:1]:
        await leaving.exit_household(
            officer, home.id, home.version, civil_date(at) - timedelta(days=20), "家庭支出已恢复正常", at, gradual=True
        )
    for home in homes[8:9]:
        relative = Relation("in_law", user=(await actor_of("childdirector")).user)
        await kinship.declare(officer, home.id, _key(home.number, "kin"), relative, at)
    await reviews.watch_due(at)


async def _call(coordinator: Actor, homes: list[Household], at: datetime) -> None:
    for place, home in enumerate(homes):
        facts = ContactFacts(
            "emergency" if place % 2 == 0 else "neighbour", "other", "沈建明", f"+861390000{place:04d}"
        )
        await contacts.add(coordinator, home.id, _key(home.number, "contact"), facts, at)


async def _review(coordinator: Actor, homes: list[Household], at: datetime) -> None:
    for home in homes:
        review = Review("unchanged", civil_date(at) - timedelta(days=2), "", home.income_stable, home.able_bodied)
        await reviews.record_review(coordinator, home.id, _key(home.number, "review"), review, at)


async def _fall_due(homes: list[Household], at: datetime) -> None:
    """As time would have brought it: two late, the others due soon."""
    for place, home in enumerate(homes):
        day = civil_date(at) + timedelta(days=5 * place - 8)
        await Household.update({Household.next_review_on: day}).where(
            (Household.id == home.id) & (Household.status == "active")
        )


async def _recategorise(officer: Actor, homes: list[Household], at: datetime) -> None:
    for home in homes:
        row = await Household.objects().get(Household.id == home.id)
        if row is not None and (row.category_since is None or row.category_since < civil_date(at)):
            await history.change_category(
                officer,
                home.id,
                row.version,
                Standing("dibao", "household"),
                civil_date(at),
                "收入降至低保标准以下",
                at,
            )
