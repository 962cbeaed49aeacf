"""Deciding on proposals: open, approve one or many, reject, give to another carer, publish."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.planning import consenting, deciding, explaining, pages, proposals, publishing, queries, rules
from bangfu.planning.plan import ONLY_A_CALCULATION, plan_of, problem_of
from bangfu.planning.proposals import Filters, ProposalView
from bangfu.planning.queries import RunView
from bangfu.planning.wording import difference
from bangfu.shared.clock import now
from bangfu.shared.i18n import told, word, words_of
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, fragment, go, page
from matching.ledger import Ledger

RANKED = 15
PUBLISHING_SECONDS = 15.0


async def _own_run(request: Request, run: UUID) -> RunView:
    """A finished run that the dispatcher may decide on.

    Raises:
        NotYours: outside the dispatcher's divisions, or while it has no result.
        Refused: for a what-if run.
    """
    found = await queries.run_for(request.actor, run)
    if found.what_if:
        raise Refused(ONLY_A_CALCULATION, number=found.number)
    if found.status != "done":
        raise NotYours
    return found


def _back(form: Form, run: UUID) -> str:
    """Where the list stood: only an address of the run itself."""
    path = form.get("back", "")
    return path if path == f"/match/{run}" or path.startswith((f"/match/{run}?", f"/match/{run}/")) else f"/match/{run}"


@get("/match/{run:uuid}/proposals/{proposal:uuid}", guards=[requires("planning.read")])
async def show_proposal(request: Request, run: FromPath[UUID], proposal: FromPath[UUID]) -> Page:
    """Why this carer: a part of the list with `part=1`, else a page of its own."""
    found = await queries.run_for(request.actor, run)
    shown = {"run": found, "may_run": pages.may_run(request.actor, found), **await pages.detail(found, proposal)}
    if request.query_params.get("part"):
        return fragment(request, "planning/_detail.html", **shown)
    return await page(request, "planning/proposal.html", **shown)


@post("/match/{run:uuid}/proposals/{proposal:uuid}/approve", guards=[requires("planning.run")], status_code=200)
async def approve_one(request: Request, run: FromPath[UUID], proposal: FromPath[UUID]) -> Page:
    """Approve one proposal; in place, the row comes back."""
    found, form = await _own_run(request, run), Form.of(await request.form())
    await deciding.approve(request.actor, run, [proposal], now())
    if request.headers.get("HX-Request"):
        return await _row(request, found, proposal)
    await flash(request, "ok", N_("The proposal is approved. It is offered when you publish."))
    return go(request, _back(form, run))


async def _row(request: Request, run: RunView, proposal: UUID) -> Page:
    view = await proposals.one(run, proposal)
    names, consent = await pages.names_of(run, [view]), await consenting.states_of(request.actor, [view])
    answer = fragment(
        request, "planning/_row.html", run=run, row=pages.row_words(view, names, consent.get(proposal, "")),
        may_run=True, back=f"/match/{run.id}", announce=True,
    )  # fmt: skip
    answer.headers["HX-Trigger"] = "review-changed"
    return answer


@get("/match/{run:uuid}/proposals/{proposal:uuid}/reject", guards=[requires("planning.run")])
async def ask_reject(request: Request, run: FromPath[UUID], proposal: FromPath[UUID]) -> Page:
    """The form that asks for the reason."""
    return await _reject_page(request, await _own_run(request, run), proposal, {}, {})


@post("/match/{run:uuid}/proposals/{proposal:uuid}/reject", guards=[requires("planning.run")], status_code=200)
async def reject_one(request: Request, run: FromPath[UUID], proposal: FromPath[UUID]) -> Page:
    """Set a proposal aside with a reason."""
    found, form = await _own_run(request, run), Form.of(await request.form())
    reason, text = form.get("reason", ""), form.text("text", required=False, most=300)
    try:
        form.check()
        await deciding.reject(request.actor, run, proposal, reason, text, now())
    except FormError as error:
        return await _reject_page(request, found, proposal, dict(form), error_texts(error.fields))
    await flash(request, "ok", N_("The proposal is set aside. Its need goes back when you publish."))
    return go(request, _back(form, run))


async def _reject_page(
    request: Request, run: RunView, proposal: UUID, form: dict[str, str], errors: dict[str, str]
) -> Page:
    return await page(
        request, "planning/reject.html", 422 if errors else 200, run=run, form=form, errors=errors,
        reasons=words_of("reject_reason"), **await pages.detail(run, proposal),
    )  # fmt: skip


@get("/match/{run:uuid}/proposals/{proposal:uuid}/edit", guards=[requires("planning.run")])
async def choose_carer(request: Request, run: FromPath[UUID], proposal: FromPath[UUID]) -> Page:
    """Ranked carers who keep the rules of the pair, with the difference to the chosen one."""
    return await _edit_page(request, await _own_run(request, run), proposal, {}, {})


@post("/match/{run:uuid}/proposals/{proposal:uuid}/edit", guards=[requires("planning.run")], status_code=200)
async def give_to_other(request: Request, run: FromPath[UUID], proposal: FromPath[UUID]) -> Page:
    """Give the need to another carer; what breaks a rule is said and nothing changes."""
    found, form = await _own_run(request, run), Form.of(await request.form())
    try:
        carer = form.uuid("carer")
        reason, text = form.get("reason", ""), form.text("text", required=False, most=300)
        form.check()
        await deciding.give_to(request.actor, run, proposal, carer or UUID(int=0), reason, text, now())
    except FormError as error:
        return await _edit_page(request, found, proposal, dict(form), error_texts(error.fields))
    except Refused as error:
        return await _edit_page(request, found, proposal, dict(form), {"": told(error)}, 409)
    await flash(request, "ok", N_("The need is given to another carer. Check the proposal and approve it."))
    return go(request, f"/match/{run}/proposals/{proposal}")


async def _edit_page(
    request: Request, run: RunView, proposal: UUID, form: dict[str, str], errors: dict[str, str], status: int = 422
) -> Page:
    view = await proposals.one(run, proposal)
    if not rules.may(view.row["status"], "edit", request.actor.roles):
        await flash(request, "warn", N_("This proposal cannot be changed any more."))
        return go(request, f"/match/{run.id}/proposals/{proposal}")
    return await page(
        request, "planning/edit.html", status if errors else 200, run=run, form=form, errors=errors,
        candidates=await _candidates(run, view), reasons=words_of("edit_reason"), **await pages.detail(run, proposal),
    )  # fmt: skip


async def _candidates(run: RunView, view: ProposalView) -> list[dict[str, Any]]:
    """The cheapest carers who keep the pair's rules, blocked ones last and said to be so."""
    problem, plan = await problem_of(run.id), await plan_of(run.id)
    if str(view.row["need"]) not in problem.need_of:
        return []
    account = Ledger(problem, plan)
    listed = explaining.ranked(problem, account, str(view.row["need"]), RANKED)
    rows = await proposals.carers_by_id([UUID(other["carer"]) for other in listed])
    listed.sort(key=lambda other: other["blocked_by"] is not None)
    return [
        {
            **other, **rows[other["carer"]], "phrases": difference(other, view.row["km"], view.parts),
            "blocked": word("blocked_by", other["blocked_by"]) if other["blocked_by"] else "",
            "used": account.load[other["carer"]], "free": problem.carer_of[other["carer"]].minutes_per_4_weeks,
        }
        for other in listed
    ]  # fmt: skip


@get("/match/{run:uuid}/approve", guards=[requires("planning.run")])
async def preview_approval(request: Request, run: FromPath[UUID]) -> Page:
    """How many proposals would be approved: the ticked ones, or all that the filters leave."""
    found = await _own_run(request, run)
    filters = Filters.of(dict(request.query_params))
    ids = await _chosen(found, filters, request.query_params.getall("id", []))
    return await page(
        request, "planning/approve.html", run=found, filters=filters, ids=ids["ids"], ticked=ids["ticked"]
    )


async def _chosen(run: RunView, filters: Filters, ticked: list[str]) -> dict[str, Any]:
    open_ = await proposals.approvable(run, Filters() if ticked else filters)
    if not ticked:
        return {"ids": open_, "ticked": []}
    wanted = set(ticked)
    return {"ids": [one for one in open_ if str(one) in wanted], "ticked": ticked}


@post("/match/{run:uuid}/approve", guards=[requires("planning.run")], status_code=200)
async def approve_many(request: Request, run: FromPath[UUID]) -> Page:
    """Approve what the preview counted; if the list has changed since, it is shown again."""
    found, form = await _own_run(request, run), Form.of(await request.form())
    filters = Filters.of(form)
    chosen = await _chosen(found, filters, form.many("id"))
    if str(len(chosen["ids"])) != form.get("count", ""):
        await flash(request, "warn", N_("The list has changed in the meantime; look at the number again."))
        return await page(
            request,
            "planning/approve.html",
            409,
            run=found,
            filters=filters,
            ids=chosen["ids"],
            ticked=chosen["ticked"],
        )
    approved = await deciding.approve(request.actor, run, chosen["ids"], now())
    await flash(request, "ok", N_("{n} proposals are approved. They are offered when you publish."), n=approved)
    return go(request, f"/match/{run}?show=approved")


@post("/match/{run:uuid}/co-approvals", guards=[requires("co_approval.ask")], status_code=200)
async def ask_township(request: Request, run: FromPath[UUID]) -> Page:
    """Ask the township about every proposal of the run that goes to the agency of the own station."""
    asked = await consenting.ask_for_run(request.actor, await _own_run(request, run), now())
    text = N_("The township is asked about {n} proposals.") if asked else N_("The township was asked already.")
    await flash(request, "ok" if asked else "info", text, n=asked)
    return go(request, f"/match/{run}")


@get("/match/{run:uuid}/publish", guards=[requires("planning.run")])
async def preview_publication(request: Request, run: FromPath[UUID]) -> Page:
    """What publishing does, in numbers."""
    found = await _own_run(request, run)
    return await page(
        request, "planning/publish.html", run=found, effects=await proposals.approved_effects(found),
        without_consent=await consenting.without_consent(request.actor, found),
    )  # fmt: skip


@post("/match/{run:uuid}/publish", guards=[requires("planning.run")], status_code=200)
async def publish_run(request: Request, run: FromPath[UUID]) -> Page:
    """Offer what is approved; what no longer holds is listed and stays."""
    await _own_run(request, run)
    done = await publishing.publish(request.actor, run, now(), PUBLISHING_SECONDS)
    if done.left:
        sent = N_("{n} offers were sent; {left} more are approved. Publish again to send them.")
        await flash(request, "info", sent, n=done.offered, left=done.left)
        return go(request, f"/match/{run}/publish")
    if done.offered or not done.kept:
        sent = N_("{n} offers were sent; {back} needs went back.") if done.returned else N_("{n} offers were sent.")
        await flash(request, "ok", sent, n=done.offered, back=done.returned)
    if done.kept:
        await flash(
            request, "warn", N_("{n} proposals no longer hold and were not sent; each row says why."), n=len(done.kept)
        )
        return go(request, f"/match/{run}?problem=yes")
    return go(request, f"/match/{run}?show=dispatched")


DECISIONS = [
    show_proposal, approve_one, ask_reject, reject_one, choose_carer, give_to_other, preview_approval, approve_many,
    ask_township, preview_publication, publish_run,
]  # fmt: skip
