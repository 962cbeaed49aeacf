"""What the pages of one contract have in common: its head with state, whose turn it is, and the tabs."""

from typing import Any, Final
from uuid import UUID

from bangfu.contracts import reading
from bangfu.contracts.reading import ContractView
from bangfu.errors import N_
from bangfu.shared import i18n
from bangfu.shared.clock import today
from bangfu.shared.permissions import allows
from bangfu.shared.web.pages import Request

TABS: Final = (
    ("overview", "", N_("Overview")),
    ("lines", "/lines", N_("Service lines")),
    ("files", "/files", N_("Files")),
    ("amendments", "/amendments", N_("Amendments")),
    ("milestones", "/milestones", N_("Milestones")),
    ("acceptance", "/acceptance", N_("Acceptance")),
    ("history", "/history", N_("History")),
)
LEVELS: Final = {
    "active": "ok", "published": "ok", "signed": "info", "suspended": "bad", "terminated": "bad", "void": "bad",
    "returned": "warn", "accepting": "warn", "closed": "neutral", "draft": "neutral",
}  # fmt: skip
TURNS: Final = {
    "budget_checked": N_("Next: an officer of the bureau submits it for approval."),
    "under_approval": N_("Next: the bureau's lead, who neither drafted nor checked it, approves or returns it."),
    "returned": N_("Next: an officer of the bureau revises it."),
    "approved": N_("Next: the supplier and the buyer sign."),
    "signed": N_("Next: an officer of the bureau publishes it within 2 working days of the signature."),
    "published": N_("Next: it comes into force on its first day, once the data-processing annex is there."),
    "active": N_("In force: services may be ordered from its lines."),
    "suspended": N_("Suspended: no service may be ordered from it."),
    "accepting": N_("Next: the acceptance team records the acceptance."),
    "closed": N_("Closed; its files are kept for 15 years."),
    "terminated": N_("Terminated; nothing more is ordered from it."),
    "void": N_("Void; what was committed has been released."),
}


async def head_of(request: Request, contract: UUID, tab: str) -> dict[str, Any]:
    """The context of contracts/frame.html; `tab` is a key of TABS.

    Raises:
        NotYours: if the contract is not the reader's to see.
    """
    found = await reading.contract_for(request.actor, contract)
    return head(request, found, tab)


def head(request: Request, found: ContractView, tab: str) -> dict[str, Any]:
    """The same for a contract that was fetched with its access check."""
    base = f"/contracts/{found.id}"
    hidden = {"amendments", "milestones", "acceptance"} if found.status in EARLY else set()
    return {
        "c": found,
        "tabs": [
            {"href": base + path, "label": i18n.gettext_now(label), "active": key == tab}
            for key, path, label in TABS
            if key not in hidden or key == tab
        ],
        "level": LEVELS.get(found.status, "info"),
        "turn": turn_of(found),
        "today": today(),
        "may_draft": allows(request.actor.roles, "contracts.draft") and request.actor.sees(found.division),
    }


EARLY: Final = frozenset({"draft", "returned", "budget_checked", "under_approval"})
"""Before approval there is nothing to amend, deliver or accept."""


def turn_of(found: ContractView) -> str:
    """Whose turn it is, as a sentence in the reader's language."""
    if found.status == "draft":
        text = N_("Next: the finance officer checks the budget.") if found.handed_on_at else N_(
            "Next: the officer of the bureau completes the draft and hands it on to finance."
        )  # fmt: skip
        return i18n.gettext_now(text)
    return i18n.gettext_now(TURNS[found.status])
