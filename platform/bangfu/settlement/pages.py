"""The page of a statement, for the bureau and for the organisation, and its form that came back."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError, NotYours
from bangfu.households.timeline import events_of, shown
from bangfu.settlement import adjust_rules, bearing, bundle_paper, reading, rules
from bangfu.settlement.reading import StatementView
from bangfu.settlement.tables import Claim
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

Act = Callable[[Form], Awaitable[object]]
LEVELS: Final = {
    "open": "info", "claimed": "warn", "bureau_reviewed": "warn", "lead_approved": "warn", "returned": "bad",
    "paid": "ok", "reconciled": "ok",
}  # fmt: skip
STAGES: Final = {"preliminary": "info", "appealed": "warn", "final": "ok"}
NEXT: Final = {
    "township": N_("The township decides whether a subsidy is paid for this quarter."),
    "returned": N_("The organisation puts right what the claim was returned for."),
    "open": N_("The organisation claims the amount with its invoice."),
    "claimed": N_("An officer of the bureau who did not score the quarter reviews the claim."),
    "bureau_reviewed": N_("The bureau's lead approves or returns the claim."),
    "lead_approved": N_("Finance pays the claim through the bank."),
    "account": N_("There is no confirmed account: one person enters it, another confirms it, then finance pays."),
    "paid": N_("Finance reconciles the payment with the bank."),
    "preliminary": N_("The organisation may object to the preliminary score."),
    "appealed": N_("The appeal is decided; what it is about is held until then."),
    "done": N_("Everything is paid and reconciled."),
}


async def statement_page(
    request: Request, statement: UUID, *, own: bool = False, form: Mapping[str, str] | None = None,
    error: FormError | None = None, tried: str = "",
) -> Page:  # fmt: skip
    """The statement with its arithmetic; `tried` names the form that came back.

    Raises:
        NotYours: if it is not the reader's to see.
    """
    actor, view = request.actor, await reading.statement_for(request.actor, statement)
    code, until = reading.next_step(view, now())
    offered = {claim["id"]: offered_to(actor, view, claim) for claim in view.claims}
    checked = [claim for claim in view.claims if offered[claim["id"]] & {"review", "approve"}]
    balances = {claim["id"]: await bearing.balances_of(claim["id"]) for claim in checked}
    return await page(
        request, "settlement/own_show.html" if own else "settlement/show.html", 422 if error else 200, s=view,
        row=view.row, base=f"{'/my-settlements' if own else '/settlements'}/{statement}", own=own,
        links=links_of(view, own), levels=LEVELS, stages=STAGES, next_text=NEXT[code], next_until=until,
        offered=offered, balances=balances, form=dict(form or {}), tried=tried, today=today(),
        errors=error_texts(error.fields) if error else {}, return_reasons=rules.RETURN_REASONS,
        clawback_reasons=adjust_rules.CLAWBACK_REASONS, key=uuid4(),
        may_adjust=not own and view.row["kind"] == "contract" and allows(actor.roles, "settlements.adjust"),
        may_decide=not own and allows(actor.roles, "settlements.approve"),
        may_pay=not own and allows(actor.roles, "settlements.pay"),
        penal=[each for each in view.clauses if each["status"] == "confirmed" and each["code"] != "late_interest"],
        paper=await bundle_paper.newest_paper(statement),
        events=shown(await events_of(statement), own=str(statement)) if not own else [],
    )  # fmt: skip


def links_of(view: StatementView, own: bool) -> dict[str, str]:
    """Where the figures of the arithmetic lead to."""
    subject = view.row["subject"]
    if view.row["kind"] == "agreement":
        return {"subject": f"/agreements/{subject}" if not own else "", "score": _score(view, own), "line": ""}
    base = f"/my-contracts/{subject}" if own else f"/contracts/{subject}"
    return {"subject": base, "score": _score(view, own), "line": f"{base}/lines"}


def _score(view: StatementView, own: bool) -> str:
    score = view.row["score"]
    return f"/{'my-scores' if own else 'scores'}/{score}" if score else ""


def offered_to(actor: Actor, view: StatementView, claim: Mapping[str, Any]) -> set[str]:
    """The steps of a claim that the page offers to this person now."""
    found = set(rules.CLAIM_MACHINE.actions_for(claim["status"], actor.roles))
    if actor.has("provider_manager"):
        return found & {"claim"}
    duties = {
        step.action: step.duty for step in rules.CLAIM_MACHINE.table.values() if step.duty and step.action in found
    }
    for action, duty in duties.items():
        others = {claim[name] for name in rules.DUTIES if name != duty}
        if actor.user in others:
            found.discard(action)
    if claim["batch"] is not None:
        found.discard("pay")
    return found


async def claim_in(statement: UUID, claim: UUID) -> None:
    """A claim of the statement whose access was checked.

    Raises:
        NotYours: for any other.
    """
    if not await Claim.exists().where((Claim.id == claim) & (Claim.statement == statement)):
        raise NotYours


async def decide(
    request: Request, statement: UUID, tried: str, act: Act, done: str, *, own: bool = False, claim: UUID | None = None
) -> Page:
    """Run one action on a statement; its form comes back with what was typed where something is missing."""
    await reading.row_for(request.actor, statement)
    if claim is not None:
        await claim_in(statement, claim)
    form = Form.of(await request.form())
    try:
        await act(form)
    except FormError as error:
        return await statement_page(request, statement, own=own, form=form, error=error, tried=tried)
    await flash(request, "ok", done)
    return go(request, f"{'/my-settlements' if own else '/settlements'}/{statement}")
