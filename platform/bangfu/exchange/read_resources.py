"""All lists that other systems may read: the routes, the scopes, the document and the feed are made of this table."""

from typing import Final

from bangfu.exchange.read_money import AGREEMENTS_READ, CONTRACTS_READ, LINES, SCORES, STATEMENTS
from bangfu.exchange.read_oversight import PAYMENTS, TASKS, VOLUNTEERED
from bangfu.exchange.read_people import CARERS, DIVISIONS, HOUSEHOLDS_READ, NEEDS_READ, ORGANIZATIONS
from bangfu.exchange.read_resource import Resource
from bangfu.exchange.read_work import ASSIGNMENTS, COMPLAINTS_READ, SERVICES, VISITS_READ

RESOURCES: Final[dict[str, Resource]] = {
    one.name: one
    for one in (
        DIVISIONS, SERVICES, HOUSEHOLDS_READ, NEEDS_READ, ASSIGNMENTS, VISITS_READ, ORGANIZATIONS, CARERS,
        CONTRACTS_READ, LINES, AGREEMENTS_READ, COMPLAINTS_READ, SCORES, STATEMENTS, PAYMENTS,
        TASKS, VOLUNTEERED,
    )
}  # fmt: skip
"""Name -> list."""
SCOPES: Final = tuple(RESOURCES)
OWN_SCOPES: Final = tuple(name for name, one in RESOURCES.items() if one.own)
"""What a token of an organisation may have: its own work, and what is the same for everybody."""
