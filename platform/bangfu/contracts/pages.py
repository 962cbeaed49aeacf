"""What the pages of one contract have in common: its head with state, whose turn it is, and the tabs."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from bangfu.contracts import life_hooks, life_rules, reading
from bangfu.contracts.check_facts_rules import SUPPLYING
from bangfu.contracts.forms import faults_named
from bangfu.contracts.judging import checklist, needs_override
from bangfu.contracts.reading import ContractView
from bangfu.contracts.signing import FILED_IN
from bangfu.divisions.queries import names_of
from bangfu.errors import N_, FormError
from bangfu.households.timeline import events_of, shown
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.clock import today
from bangfu.shared.division_codes import pad_division
from bangfu.shared.permissions import allows
from bangfu.shared.web.pages import Page, Request, error_texts, page

TABS: Final = (
    ("overview", "", N_("Overview")),
    ("lines", "/lines", N_("Service lines")),
    ("burn", "/burn", N_("Where the money is")),
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

ELSEWHERE: Final = frozenset({"edit", "suspend", "resume", "terminate", "close"})
"""Steps that have no form on the overview."""


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
    hidden = {"burn", "amendments", "milestones", "acceptance"} if found.status in EARLY else set()
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


async def show_page(
    request: Request, contract: UUID, *, form: Mapping[str, str] | None = None, error: FormError | None = None,
    tried: str = "",
) -> Page:  # fmt: skip
    """The overview; `tried` names the action whose form comes back with its faults.

    Raises:
        NotYours: if the contract is not the reader's to see.
    """
    actor, errors = request.actor, error_texts(error.fields) if error else {}
    found = await reading.contract_for(actor, contract)
    offered = offered_to(actor, found)
    seen = await reading.parties_of(contract)
    findings = [] if found.imported else await checklist(found, today())
    return await page(
        request, "contracts/show.html", 422 if error else 200, **head(request, found, "overview"), parties=seen,
        findings=findings, open_points=sum(finding.state == "missing" for finding in findings),
        lines=await reading.lines_of(contract), offered=offered, errors=errors,
        form=form or {}, own_turn=bool(offered - ELSEWHERE), faults=faults_named(errors), tried=tried,
        override=found.status == "under_approval" and await needs_override(found, today()),
        to_sign=[party for party in seen if party.role not in SUPPLYING and party.signed_on is None],
        township_names=await names_of([pad_division(part) for part in found.scope]),
        events=shown(await events_of(contract), own=str(contract)), band=await life_hooks.band_of(contract),
    )  # fmt: skip


def offered_to(actor: Actor, found: ContractView) -> set[str]:
    """The steps that the overview offers to this person now."""
    if not actor.sees(found.division):
        return set()
    offered = set(life_rules.MACHINE.actions_for(found.status, actor.roles))
    writer = actor.user in {found.drafted_by, *found.edited_by}
    if writer:
        offered -= {"check_budget", "approve"}
    if actor.user in {found.checked_by, found.submitted_by}:
        offered.discard("approve")
    if found.status == "draft" and found.handed_on_at is None:
        offered.discard("check_budget")
    if found.status == "draft" and actor.has("bureau_officer"):
        offered |= {"edit"} if found.handed_on_at else {"edit", "hand_on"}
    if found.status == "draft" and found.handed_on_at and actor.has("finance_officer"):
        offered.add("send_back")
    if found.status in FILED_IN and found.filed_on is None and actor.has("bureau_officer"):
        offered.add("file")
    return offered
