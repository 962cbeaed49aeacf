"""What waits for a person about contracts, for the start page."""

from datetime import datetime
from typing import Final

from bangfu.contracts.reading import ContractView, contracts_of
from bangfu.shared.actor import Actor
from bangfu.shared.i18n import _
from bangfu.shared.web.frame import MOST_WAITING, Todo, TodoCount, TodoRow, rows_wanted

ROWS: Final = 6
_CHECK: Final = "contracts-to-check"
_WAITING: Final = {
    "bureau_officer": ("returned", "budget_checked", "signed"),
    "bureau_lead": ("under_approval", "approved"),
    "provider_manager": ("approved",),
}
"""Role -> the states in which it is that role's turn."""


async def todo(actor: Actor, at: datetime) -> Todo:
    """Officers revise, submit and publish; finance checks; the lead approves and signs; managers sign."""
    result = Todo()
    for role, states in _WAITING.items():
        if actor.has(role):
            for status in states:
                await _add(result, actor, status)
    if actor.has("finance_officer"):
        rows, _total = await contracts_of(actor, {"status": "draft"}, MOST_WAITING, 0)
        waiting = [row for row in rows if row.handed_on_at is not None]
        if waiting:
            result.counts.append(
                TodoCount(_("Contracts to check"), len(waiting), "/contracts?status=draft", "info", of=_CHECK)
            )
            shown = waiting[: rows_wanted(ROWS)]
            result.rows += [_row(row, "/contracts", _("Check the budget"), _CHECK) for row in shown]
    return result


async def _add(result: Todo, actor: Actor, status: str) -> None:
    rows, total = await contracts_of(actor, {"status": status}, rows_wanted(ROWS), 0)
    if not total:
        return
    label, button = _texts(status)
    base = "/my-contracts" if actor.has("provider_manager") else "/contracts"
    href = base if base == "/my-contracts" else f"/contracts?status={status}"
    result.counts.append(TodoCount(label, total, href, "info", of=f"contracts-{status}"))
    result.rows += [_row(row, base, button, f"contracts-{status}") for row in rows]


def _texts(status: str) -> tuple[str, str]:
    return {
        "returned": (_("Returned contracts"), _("Revise the contract")),
        "budget_checked": (_("Contracts to submit"), _("Submit the contract")),
        "signed": (_("Contracts to publish"), _("Publish the contract")),
        "under_approval": (_("Contracts to approve"), _("Decide on the contract")),
        "approved": (_("Contracts to sign"), _("Sign the contract")),
    }[status]


def _row(found: ContractView, base: str, button: str, of: str) -> TodoRow:
    named = found.project if found.project == found.number else f"{found.project} {found.number}"
    return TodoRow(
        what=named, who=f"{found.supplier_name} · {found.division_name}",
        href=f"{base}/{found.id}", button=button, since=found.handed_on_at or found.updated_at, of=of,
    )  # fmt: skip
