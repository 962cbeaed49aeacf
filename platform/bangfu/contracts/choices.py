"""What the forms of contracts offer: counties, organisations, services, budget items, townships."""

from typing import Any

from bangfu.budgets.queries import items_for
from bangfu.contracts.check_facts_rules import BUYERS, LEGAL_PERSONS, PARTIES, SUPPLYING
from bangfu.contracts.forms import years_of
from bangfu.contracts.reading import ContractView
from bangfu.divisions.tables import Division
from bangfu.needs.tables import Service
from bangfu.providers.tables import Organization
from bangfu.shared.actor import Actor
from bangfu.shared.division_codes import division_prefix
from bangfu.shared.i18n import word
from bangfu.shared.masking_filters import shown_money

Options = list[tuple[str, str]]


async def counties(actor: Actor) -> Options:
    """(12-digit code, name) of the counties whose contracts the actor drafts."""
    rows = await Division.raw(
        "SELECT code, name FROM division WHERE level = 3 AND code LIKE {} ORDER BY code LIMIT 400",
        f"{actor.scope}%" if actor.scope else "",
    )
    return [(row["code"], row["name"]) for row in rows]


async def organizations(actor: Actor, kind: str) -> dict[str, Options]:
    """Role of a party -> (id, name and credit code) of who may be it."""
    rows = await Organization.raw(
        "SELECT id, name, uscc, org_type, division FROM organization WHERE active ORDER BY pinyin, name LIMIT 2000"
    )
    found: dict[str, Options] = {}
    for role in PARTIES[kind]:
        types = LEGAL_PERSONS if role in SUPPLYING else BUYERS
        found[role] = [
            (str(row["id"]), f"{row['name']} {row['uscc']}")
            for row in rows
            if row["org_type"] in types and (role in SUPPLYING or _near(actor, row["division"]))
        ]
    return found


def _near(actor: Actor, division: str) -> bool:
    return bool(actor.scope) and (actor.sees(division) or actor.scope.startswith(division_prefix(division)))


async def services() -> Options:
    """(code, word) of the catalogue's services."""
    rows = await Service.raw("SELECT code FROM service ORDER BY sort, code")
    return [(row["code"], word("service", row["code"])) for row in rows]


async def townships(division: str) -> Options:
    """(prefix, name) of the townships of a county."""
    rows = await Division.raw(
        "SELECT code, name FROM division WHERE level = 4 AND code LIKE {} ORDER BY code LIMIT 200", f"{division[:6]}%"
    )
    return [(division_prefix(row["code"]), row["name"]) for row in rows]


async def budget_items(found: ContractView) -> list[dict[str, Any]]:
    """Each year of the term with its budget items: (id, "code name, source, free")."""
    years = []
    for year in years_of(found):
        items = await items_for(found.division, year)
        options = [
            (str(item.id), f"{item.code} {item.name} · {word('fund_source', fund.source)} · {shown_money(item.free)}")
            for fund, item in items
        ]
        years.append({"year": year, "options": options})
    return years
