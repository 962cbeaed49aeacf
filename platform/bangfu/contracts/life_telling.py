"""Who hears of what happens to a contract: people of the bureau by role, and the supplier's managers."""

from uuid import UUID

from bangfu.accounts.queries import managers_of, users_with
from bangfu.contracts.tables import Contract
from bangfu.messages.actions import send


async def tell_bureau(row: Contract, kind: str, path: str, *roles: str, event: str = "", **params: object) -> None:
    """Everybody of the contract's county who holds one of the roles; `path` goes on from the contract's page."""
    users = [user for role in roles for user in await users_with(role, row.division)]
    await send(users, kind, f"/contracts/{row.id}{path}", {"number": row.number, **params}, event)


async def tell_supplier(row: Contract, kind: str, path: str, *, event: str = "", **params: object) -> None:
    """The managers of the supplier; `path` goes on from their page of the contract."""
    users = await managers_of(row.supplier)
    await send(users, kind, f"/my-contracts/{row.id}{path}", {"number": row.number, **params}, event)


async def tell_person(row: Contract, kind: str, user: UUID, *, of_supplier: bool, path: str, **params: object) -> None:
    """One person of either side."""
    base = "/my-contracts" if of_supplier else "/contracts"
    await send([user], kind, f"{base}/{row.id}{path}", {"number": row.number, **params})
