"""How long what is kept, what is due, and deletions that two people agree on."""

from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_
from bangfu.retention import actions, queries, rules
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import proved, requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, go, page
from bangfu.shared.web.paging import Page as ListPage
from bangfu.shared.web.paging import page_number

HERE = "/retention"


@get(HERE, guards=[requires("retention.read")])
async def show_rules(request: Request) -> Page:
    """Every rule with what is due in the area today, and the deletions so far."""
    actor, number = request.actor, page_number(request.query_params.get("page"))
    runs, total = await queries.runs(actor, (number - 1) * queries.ROWS)
    return await page(
        request, "retention/rules.html", lines=await queries.overview(actor, today()), runs=runs, today=today(),
        listing=ListPage(number, total, HERE, {}, queries.ROWS), new_key=lambda: str(uuid4()),
        may_propose=bool(actor.scope) and allows(actor.roles, "retention.propose"),
        may_look=allows(actor.roles, "retention.runs"),
    )  # fmt: skip


@post(f"{HERE}/propose", guards=[requires("retention.propose")], status_code=200)
async def propose(request: Request) -> Page:
    """Propose what is due by a rule for deletion; deletes nothing."""
    form = Form.of(await request.form())
    key = form.uuid("idempotency_key", required=False)
    rule = form.choice("rule", rules.APPROVED)
    form.check()
    run = await actions.propose(request.actor, key or uuid4(), rule, now())
    await flash(request, "ok", N_("Proposed. Nothing is deleted until the bureau's lead has approved it."))
    return go(request, f"{HERE}/{run}")


@get(f"{HERE}/{{run:uuid}}", guards=[requires("retention.runs")])
async def show_run(request: Request, run: FromPath[UUID]) -> Page:
    """One deletion: what it comes to today, who agreed, how far it is."""
    found = await queries.run_for(request.actor, run)
    now_due = None
    if found.status == "proposed":
        now_due = await queries.due_by(found.rule, found.division, found.years, found.as_of)
    return await page(
        request, "retention/run.html", run=found, now_due=now_due,
        may_approve=found.proposed_by != request.actor.user
        and rules.MACHINE.may(found.status, "approve", request.actor.roles),
        may_withdraw=rules.MACHINE.may(found.status, "withdraw", request.actor.roles),
    )  # fmt: skip


@post(f"{HERE}/{{run:uuid}}/approve", guards=[requires("retention.approve"), proved], status_code=200)
async def approve(request: Request, run: FromPath[UUID]) -> Page:
    """proposed -> approved: the worker deletes."""
    await actions.approve(request.actor, run, now())
    await flash(request, "ok", N_("Approved. The portal deletes in the background; this page says how far it is."))
    return go(request, f"{HERE}/{run}")


@post(f"{HERE}/{{run:uuid}}/withdraw", guards=[requires("retention.withdraw")], status_code=200)
async def withdraw(request: Request, run: FromPath[UUID]) -> Page:
    """proposed -> withdrawn."""
    await actions.withdraw(request.actor, run, now())
    await flash(request, "ok", N_("Withdrawn. Nothing was deleted."))
    return go(request, f"{HERE}/{run}")


ROUTES: list[Any] = [show_rules, propose, show_run, approve, withdraw]
MENU = [MenuItem(78, "retention", N_("Retention"), HERE, "retention.read", "clock", group="basis")]
