"""Penalties, clawbacks and what they follow from: proposed by an officer, decided by the lead; a contract's terms."""

from decimal import Decimal, InvalidOperation
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.contracts.reading import contract_for
from bangfu.errors import N_, FormError, NotYours
from bangfu.settlement import adjust_rules, adjusting, clauses, pages, reading
from bangfu.settlement.tables import Adjustment, Clause
from bangfu.shared.civil_time import parse_date
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import proved, requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

_ONE = "/settlements/{statement:uuid}"
_ADJUSTMENT = f"{_ONE}/adjustments/{{adjustment:uuid}}"
_CONTRACT = "/contracts/{contract:uuid}/settlement"


@post(f"{_ONE}/penalties", guards=[requires("settlements.adjust"), proved], status_code=200)
async def propose_penalty(request: Request, statement: FromPath[UUID]) -> Page:
    """Propose an agreed penalty."""

    async def act(form: Form) -> None:
        key, clause = form.uuid("key"), form.uuid("clause")
        text = form.text("text", required=False, most=500)
        form.check()
        await adjusting.propose_penalty(request.actor, key or uuid4(), statement, clause or uuid4(), text, now())

    done = N_("Proposed: the bureau's lead decides.")
    return await pages.decide(request, statement, "penalty", act, done)


@post(f"{_ONE}/clawbacks", guards=[requires("settlements.adjust"), proved], status_code=200)
async def propose_clawback(request: Request, statement: FromPath[UUID]) -> Page:
    """Propose to take back visits that were paid, by their numbers."""

    async def act(form: Form) -> None:
        key = form.uuid("key")
        reason = form.text("clawback_reason", required=False)
        text = form.text("text", required=False, most=500)
        numbers = form.text("visits", most=2000).replace("，", ",").replace(",", " ").split()
        form.check()
        found = await reading.numbered(statement, numbers)
        if len(found) != len(set(numbers)):
            raise FormError({"visits": (N_("One of these numbers is no visit of this statement."), {})})
        await adjusting.propose_clawback(request.actor, key or uuid4(), statement, found, reason, text, now())

    done = N_("Proposed: the bureau's lead decides.")
    return await pages.decide(request, statement, "clawback", act, done)


async def _in(statement: UUID, adjustment: UUID) -> None:
    if not await Adjustment.exists().where((Adjustment.id == adjustment) & (Adjustment.statement == statement)):
        raise NotYours


@post(f"{_ADJUSTMENT}/decide", guards=[requires("settlements.approve"), proved], status_code=200)
async def decide_adjustment(request: Request, statement: FromPath[UUID], adjustment: FromPath[UUID]) -> Page:
    """proposed -> approved or refused."""
    await reading.row_for(request.actor, statement)
    await _in(statement, adjustment)

    async def act(form: Form) -> None:
        decision = form.choice("decision", ("approve", "refuse"))
        form.check()
        await adjusting.decide(request.actor, adjustment, decision == "approve", now())

    return await pages.decide(request, statement, "adjustment", act, N_("Your decision is recorded."))


@post(f"{_ADJUSTMENT}/repaid", guards=[requires("settlements.pay"), proved], status_code=200)
async def record_repaid(request: Request, statement: FromPath[UUID], adjustment: FromPath[UUID]) -> Page:
    """approved -> repaid by the organisation."""
    await reading.row_for(request.actor, statement)
    await _in(statement, adjustment)

    async def act(form: Form) -> None:
        day, reference = form.day("repaid_on", parse_date), form.text("repaid_reference", required=False)
        form.check()
        await adjusting.repaid(request.actor, adjustment, day or today(), reference, now())

    return await pages.decide(request, statement, "repaid", act, N_("Recorded as paid back."))


@get(_CONTRACT, guards=[requires("settlements.read")])
async def show_contract(request: Request, contract: FromPath[UUID]) -> Page:
    """The statements of a contract, and its terms that money follows from."""
    return await _contract_page(request, contract)


@post(f"{_CONTRACT}/clauses", guards=[requires("settlements.adjust"), proved], status_code=200)
async def note_clause(request: Request, contract: FromPath[UUID]) -> Page:
    """Note a term from the contract's text."""
    await contract_for(request.actor, contract)
    form = Form.of(await request.form())
    try:
        key, code = form.uuid("key"), form.choice("code", adjust_rules.CODES)
        basis, value = form.choice("basis", ("per_unit", "percent", "daily")), _number(form, "value")
        form.check()
        if basis != "per_unit":
            value /= 100
        await clauses.note_clause(request.actor, key or uuid4(), contract, code, basis, value, now())
    except FormError as error:
        return await _contract_page(request, contract, form, error)
    await flash(request, "ok", N_("Noted: another person confirms it against the contract."))
    return go(request, f"/contracts/{contract}/settlement")


@post(f"{_CONTRACT}/clauses/{{clause:uuid}}/decide", guards=[requires("settlements.approve"), proved], status_code=200)
async def decide_clause(request: Request, contract: FromPath[UUID], clause: FromPath[UUID]) -> Page:
    """noted -> confirmed or refused."""
    await contract_for(request.actor, contract)
    if not await Clause.exists().where((Clause.id == clause) & (Clause.contract == contract)):
        raise NotYours
    form = Form.of(await request.form())
    try:
        decision = form.choice("decision", ("confirm", "refuse"))
        form.check()
        await clauses.decide_clause(request.actor, clause, decision == "confirm", now())
    except FormError as error:
        return await _contract_page(request, contract, form, error)
    await flash(request, "ok", N_("Your decision is recorded."))
    return go(request, f"/contracts/{contract}/settlement")


def _number(form: Form, name: str) -> Decimal:
    text = form.text(name, most=16)
    try:
        return Decimal(text).quantize(Decimal("0.0001")) if text else Decimal(0)
    except InvalidOperation:
        form.fault(name, N_("Please enter a number."))
        return Decimal(0)


async def _contract_page(
    request: Request, contract: UUID, form: Form | None = None, error: FormError | None = None
) -> Page:
    found, actor = await contract_for(request.actor, contract), request.actor
    return await page(
        request, "settlement/contract.html", 422 if error else 200, c=found, form=dict(form or {}), key=uuid4(),
        errors=error_texts(error.fields) if error else {}, rows=await reading.statements_of(contract),
        clauses=await reading.clauses_of(contract), codes=adjust_rules.CODES, stages=pages.STAGES, me=actor.user,
        may_note=allows(actor.roles, "settlements.adjust"), may_decide=allows(actor.roles, "settlements.approve"),
    )  # fmt: skip


ADJUST = [
    propose_penalty, propose_clawback, decide_adjustment, record_repaid, show_contract, note_clause, decide_clause,
]  # fmt: skip
