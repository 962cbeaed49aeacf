"""The tab of a household with the needs that the norms propose, and the answers to them."""

from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.catalogue import forms, proposing, shown
from bangfu.catalogue.norm_rules import HEALTH, HEALTH_TARGETS, Cause, Due
from bangfu.catalogue.proposals import Proposal, proposals_of
from bangfu.errors import N_, FormError
from bangfu.households import actions as household_actions
from bangfu.households import forms as household_forms
from bangfu.households import routes as household_pages
from bangfu.households import rules as household_rules
from bangfu.households.labels import summary
from bangfu.households.queries import household_for, members
from bangfu.households.sealing import unseal
from bangfu.households.tabs import Tab, add_tab
from bangfu.shared import i18n
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

add_tab(Tab(15, "proposals", N_("Proposed needs"), "/households/{household}/proposals", "needs.read"))


@get("/households/{household:uuid}/proposals", guards=[requires("needs.read")])
async def list_proposals(request: Request, household: FromPath[UUID]) -> Page:
    """What the norms make due, beside what there is."""
    return await _proposals_page(request, household)


@post("/households/{household:uuid}/proposals/unmask", guards=[requires("households.unmask")], status_code=200)
async def unmask_proposals(request: Request, household: FromPath[UUID]) -> Page:
    """Show the reasons that tell about health once, after the reason for looking is logged."""
    await household_for(request.actor, household)
    form = Form.of(await request.form())
    groups = [group for group in household_rules.unmaskable(request.actor.roles) if group == "health"]
    try:
        wish = household_forms.read_unmask(form, groups)
    except FormError as error:
        return await _proposals_page(request, household, error=error, form=form, tried="unmask")
    await household_actions.log_unmasking(request.actor, household, wish.group, wish.reason, wish.text, now())
    return await _proposals_page(request, household, reveal="health")


@post("/households/{household:uuid}/proposals/accept", guards=[requires("norms.propose")], status_code=200)
async def accept_proposal(request: Request, household: FromPath[UUID]) -> Page:
    """Record the proposed need, as it is or changed."""
    await household_for(request.actor, household)
    form = Form.of(await request.form())
    try:
        answer = forms.read_answer(form, complete=form.get("do") == "submit")
        need = await proposing.accept(request.actor, household, answer, today(), now())
    except FormError as error:
        return await _proposals_page(request, household, error=error, form=form, tried="accept")
    if answer.submit:
        await flash(request, "ok", N_("The need is submitted. Next: the township officer decides on it."))
    else:
        await flash(request, "ok", N_("The draft is saved. Nobody acts on it before you submit it."))
    return go(request, f"/needs/{need}")


@post("/households/{household:uuid}/proposals/decline", guards=[requires("norms.propose")], status_code=200)
async def decline_proposal(request: Request, household: FromPath[UUID]) -> Page:
    """Keep why a proposed need is not recorded."""
    await household_for(request.actor, household)
    form = Form.of(await request.form())
    try:
        answer = forms.read_decline(form, today())
        await proposing.decline(request.actor, household, answer, today(), now())
    except FormError as error:
        return await _proposals_page(request, household, error=error, form=form, tried="decline")
    await flash(request, "ok", N_("Kept with its reason; it is asked again when the facts change."))
    return go(request, f"/households/{household}/proposals")


async def _proposals_page(
    request: Request, household: UUID, *, error: FormError | None = None, form: Form | None = None, tried: str = "",
    reveal: str = "",
) -> Page:  # fmt: skip
    head = await household_pages.head_of(request, household, "proposals")
    day = today()
    people = {member.id: member for member in await members(household, day, roles=request.actor.roles)}
    errors = error_texts(error.fields) if error else {}
    rows = [_shown(proposal, people, reveal) for proposal in await proposals_of(household, day)]
    head |= {"reveal": ""}
    return await page(
        request, "catalogue/proposals.html", 422 if error else 200, **head, rows=rows, form=form or {}, tried=tried,
        errors=errors, faults=summary(errors, forms.LABELS), may_propose=allows(request.actor.roles, "norms.propose"),
        may_open_health="health" in head["unmask_groups"], health_shown=reveal == "health",
        has_health=any(row["hidden"] for row in rows),
    )  # fmt: skip


def _shown(proposal: Proposal, people: dict[UUID, Any], reveal: str) -> dict[str, Any]:
    due, was = proposal.due, proposal.was
    who = people.get(due.person) if due.person else None
    words = unseal("norm_proposal", {"id": was.id, "words_enc": was.words_enc}, "words_enc") if was else ""
    reasons, hidden = _reasons(due, people, reveal)
    return {
        "proposal": proposal, "key": str(uuid4()), "service": i18n.word("service", due.service),
        "who": f"{who.name} · {i18n.word('relation', who.relation)}" if who else i18n._("The whole household"),
        "person": str(due.person or ""), "frequency": shown.frequency(due.strictest), "reasons": reasons,
        "hidden": hidden, "was": was, "words": words, "anchor": f"{due.service}-{due.person or 'all'}",
        "text": _need_text(due),
    }  # fmt: skip


def _reasons(due: Due, people: dict[UUID, Any], reveal: str) -> tuple[list[str], bool]:
    """Each norm that applies in a sentence, the strictest first; whether one of them is hidden."""
    found, hidden = [], False
    order = sorted(due.causes, key=lambda cause: (cause.norm is not due.strictest, -cause.norm.a_year))
    for cause in order:
        secret = cause.norm.target in HEALTH_TARGETS and reveal != "health"
        hidden = hidden or secret
        found.append(_sentence(cause, people, secret))
    return list(dict.fromkeys(found)), hidden


def _sentence(cause: Cause, people: dict[UUID, Any], secret: bool) -> str:
    norm, person = cause.norm, people.get(cause.person) if cause.person else None
    target = i18n.word("norm_target", HEALTH if secret else norm.target)
    rule = f"{target}{i18n._(': ')}{shown.frequency(norm)}"
    if norm.within_hours and not secret:
        rule += i18n._("; contact within {hours} hours after a major change", hours=norm.within_hours)
    basis = "" if secret else f" — {shown.basis(norm)}"
    return f"{person.name} · {rule}{basis}" if person else f"{rule}{basis}"


def _need_text(due: Due) -> str:
    """The reason that a need gets, without a word about health."""
    if due.is_health:
        return i18n._("Due by a frequency norm: {frequency}.", frequency=shown.frequency(due.strictest))
    target = i18n.word("norm_target", due.strictest.target)
    return i18n._(
        "Due by a frequency norm ({target}): {frequency}.", target=target, frequency=shown.frequency(due.strictest)
    )


PROPOSALS = [list_proposals, unmask_proposals, accept_proposal, decline_proposal]
