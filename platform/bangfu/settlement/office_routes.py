"""Statements for the bureau, finance and the auditor: the list, one statement, its visits, the steps of its claims."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_
from bangfu.settlement import claiming, pages, paying, paying_reading, reading
from bangfu.settlement.words import WORDS
from bangfu.shared.civil_time import parse_date
from bangfu.shared.clock import now, today
from bangfu.shared.web.access import proved, requires
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

_ONE = "/settlements/{statement:uuid}"
_CLAIM = f"{_ONE}/claims/{{claim:uuid}}"


@get("/settlements", guards=[requires("settlements.read")])
async def list_statements(request: Request) -> Page:
    """The statements of the area."""
    return await statements_page(request, own=False)


async def statements_page(request: Request, *, own: bool) -> Page:
    """The list, for either side."""
    given = {name: request.query_params.get(name, "").strip()[:40] for name in ("kind", "stage", "period", "text")}
    given = {
        **given, "kind": given["kind"] if given["kind"] in WORDS["statement_kind"] else "",
        "stage": given["stage"] if given["stage"] in WORDS["statement_stage"] else "",
    }  # fmt: skip
    number = page_number(request.query_params.get("page"))
    rows, total = await reading.statements(request.actor, given, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    path = "/my-settlements" if own else "/settlements"
    return await page(
        request, "settlement/list.html", rows=rows, given=given, own=own, base=path, stages=pages.STAGES,
        listing=ListPage(number, total, path, given), today=today(),
        counts=await paying_reading.own_counts(request.actor.organization) if own else {},
    )  # fmt: skip


@get(_ONE, guards=[requires("settlements.read")])
async def show_statement(request: Request, statement: FromPath[UUID]) -> Page:
    """One statement: the arithmetic, who stands for it, what happens next."""
    return await pages.statement_page(request, statement)


@get(f"{_ONE}/visits", guards=[requires("settlements.read")])
async def list_visits(request: Request, statement: FromPath[UUID]) -> Page:
    """The visits of a statement."""
    return await visits_page(request, statement, own=False)


async def visits_page(request: Request, statement: UUID, *, own: bool) -> Page:
    """The visits behind a figure, counted and not counted with reasons; for either side."""
    row = await reading.row_for(request.actor, statement)
    verdict, reason = request.query_params.get("verdict", ""), request.query_params.get("reason", "")
    line = _uuid(request.query_params.get("line", ""))
    verdict = verdict if verdict in reading.VERDICTS else ""
    reason = reason if reason in WORDS["unpaid_reason"] or reason in WORDS["settlement_reason"] else ""
    number = page_number(request.query_params.get("page"))
    rows, total = await reading.visits_of(statement, verdict, reason, line, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    base = f"{'/my-settlements' if own else '/settlements'}/{statement}"
    filters = {"verdict": verdict, "reason": reason, "line": str(line or "")}
    return await page(
        request, "settlement/visits.html", row=row, rows=rows, base=base, own=own, verdict=verdict, reason=reason,
        visit_base="/verification/own" if own else "/visits",
        listing=ListPage(number, total, f"{base}/visits", filters),
        may_open=own or request.actor.has("bureau_officer", "bureau_lead", "auditor"),
    )  # fmt: skip


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@post(f"{_CLAIM}/review", guards=[requires("settlements.review"), proved], status_code=200)
async def review(request: Request, statement: FromPath[UUID], claim: FromPath[UUID]) -> Page:
    """claimed -> bureau_reviewed."""

    async def act(form: Form) -> None:
        await claiming.review(request.actor, claim, now())

    return await pages.decide(
        request, statement, "review", act, N_("Reviewed: the bureau's lead approves it next."), claim=claim
    )


@post(f"{_CLAIM}/approve", guards=[requires("settlements.approve"), proved], status_code=200)
async def approve(request: Request, statement: FromPath[UUID], claim: FromPath[UUID]) -> Page:
    """bureau_reviewed -> lead_approved."""

    async def act(form: Form) -> None:
        await claiming.approve(request.actor, claim, now())

    return await pages.decide(request, statement, "approve", act, N_("Approved: finance pays next."), claim=claim)


async def _return(request: Request, statement: UUID, claim: UUID) -> Page:
    async def act(form: Form) -> None:
        reason = form.text("return_reason", required=False)
        text = form.text("return_text", required=False, most=claiming.LONGEST_TEXT)
        form.check()
        await claiming.give_back(request.actor, claim, reason, text, now())

    done = N_("Returned: the organisation is told why.")
    return await pages.decide(request, statement, f"return-{claim}", act, done, claim=claim)


@post(f"{_CLAIM}/return", guards=[requires("settlements.review"), proved], status_code=200)
async def return_claim(request: Request, statement: FromPath[UUID], claim: FromPath[UUID]) -> Page:
    """claimed -> returned by the officer."""
    return await _return(request, statement, claim)


@post(f"{_CLAIM}/send-back", guards=[requires("settlements.approve"), proved], status_code=200)
async def send_back(request: Request, statement: FromPath[UUID], claim: FromPath[UUID]) -> Page:
    """bureau_reviewed -> returned by the lead."""
    return await _return(request, statement, claim)


@post(f"{_CLAIM}/pay", guards=[requires("settlements.pay"), proved], status_code=200)
async def pay(request: Request, statement: FromPath[UUID], claim: FromPath[UUID]) -> Page:
    """lead_approved -> paid, without a batch."""

    async def act(form: Form) -> None:
        day = form.day("paid_on", parse_date)
        form.check()
        await paying.pay(request.actor, claim, day or today(), now())

    return await pages.decide(request, statement, f"pay-{claim}", act, N_("Recorded as paid."), claim=claim)


@post(f"{_CLAIM}/reconcile", guards=[requires("settlements.pay"), proved], status_code=200)
async def reconcile(request: Request, statement: FromPath[UUID], claim: FromPath[UUID]) -> Page:
    """paid -> reconciled."""

    async def act(form: Form) -> None:
        reference = form.text("bank_reference", required=False)
        form.check()
        await paying.reconcile(request.actor, claim, reference, now())

    done = N_("Reconciled with the bank.")
    return await pages.decide(request, statement, f"reconcile-{claim}", act, done, claim=claim)


OFFICE = [
    list_statements, show_statement, list_visits, review, approve, return_claim, send_back, pay, reconcile,
]  # fmt: skip
