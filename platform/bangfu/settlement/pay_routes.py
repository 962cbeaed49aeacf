"""The payer's desk: what is due, batches for the bank and its answers, accounts of payees."""

from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath

from bangfu.errors import N_, FormError, NotYours
from bangfu.settlement import batches, pages, payees, paying_reading
from bangfu.settlement.pay_tables import PayeeAccount
from bangfu.settlement.payees import Details
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import proved, requires
from bangfu.shared.web.files import download
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

STATES = ("open", "claimed", "bureau_reviewed", "lead_approved", "paid", "reconciled", "returned")
_TURN = {"bureau_officer": "claimed", "bureau_lead": "bureau_reviewed"}
"""The state that waits for a role; everybody else looks at what is to be paid first."""
_BATCH = "/payments/batches/{batch:uuid}"
_SIZE = 100


@get("/payments", guards=[requires("settlements.read")])
async def show_queue(request: Request) -> Page:
    """What is approved and due, first what falls due first; other states by filter."""
    return await _queue(request)


async def _queue(request: Request, form: Form | None = None, error: FormError | None = None) -> Page:
    turn = next((state for role, state in _TURN.items() if request.actor.has(role)), "lead_approved")
    given = request.query_params.get("state", turn)
    state = given if given in STATES else turn
    number = page_number(request.query_params.get("page"))
    rows, total = await paying_reading.payable(request.actor, state, _SIZE, (number - 1) * _SIZE)
    recent, _ = await paying_reading.batches(request.actor, 10, 0)
    return await page(
        request, "settlement/payments.html", 422 if error else 200, rows=rows, state=state, states=STATES,
        listing=ListPage(number, total, "/payments", {"state": state}, _SIZE), today=today(), key=uuid4(),
        counts=await paying_reading.claim_counts(request.actor, today()), levels=pages.LEVELS, batches=recent,
        errors=error_texts(error.fields) if error else {}, chosen=form.many("claims") if form else [],
        may_pay=allows(request.actor.roles, "settlements.pay"),
    )  # fmt: skip


@post("/payments/batches", guards=[requires("settlements.pay"), proved], status_code=200)
async def make_batch(request: Request) -> Page:
    """Put approved claims into a batch for the bank."""
    form = Form.of(await request.form())
    try:
        key = form.uuid("key")
        claims = [UUID(text) for text in form.many("claims") if _is_uuid(text)]
        form.check()
        made = await batches.make(request.actor, key or uuid4(), claims, now())
    except FormError as error:
        return await _queue(request, form, error)
    await flash(request, "ok", N_("The batch is made: download the file and hand it to the bank."))
    return go(request, f"/payments/batches/{made}")


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@get(_BATCH, guards=[requires("settlements.read")])
async def show_batch(request: Request, batch: FromPath[UUID]) -> Page:
    """One batch: its payments and what the bank answered."""
    return await _batch_page(request, batch)


async def _batch_page(request: Request, batch: UUID, error: FormError | None = None) -> Page:
    row = await batches.batch_for(request.actor, batch)
    return await page(
        request, "settlement/batch.html", 422 if error else 200, b=row, rows=await paying_reading.batch_items(batch),
        errors=error_texts(error.fields) if error else {}, may_pay=allows(request.actor.roles, "settlements.pay"),
    )  # fmt: skip


@get(f"{_BATCH}/file", guards=[requires("settlements.pay"), proved])
async def batch_file(request: Request, batch: FromPath[UUID]) -> Response[bytes]:
    """The file for the bank; taking it is recorded."""
    name, content = await batches.file_for(request.actor, batch, now())
    return download(content, name, "text/csv; charset=utf-8")


@post(f"{_BATCH}/answer", guards=[requires("settlements.pay"), proved], status_code=200)
async def load_answer(request: Request, batch: FromPath[UUID]) -> Page:
    """The bank's answer."""
    await batches.batch_for(request.actor, batch)
    uploaded = (await request.form()).get("answer")
    try:
        if not isinstance(uploaded, UploadFile) or not uploaded.filename:
            raise FormError({"answer": (N_("Please choose a file."), {})})
        loaded = await batches.load_answer(request.actor, batch, await uploaded.read(), now())
    except FormError as error:
        return await _batch_page(request, batch, error)
    if loaded.known:
        await flash(request, "info", N_("This file was loaded before; nothing has changed."))
    else:
        text = N_("The bank's answer is loaded: {paid} paid, {returned} sent back.")
        await flash(request, "ok", text, paid=loaded.paid, returned=loaded.returned)
    return go(request, f"/payments/batches/{batch}")


@get("/payees", guards=[requires("settlements.read")])
async def list_payees(request: Request) -> Page:
    """The accounts of payees, and who has none."""
    number = page_number(request.query_params.get("page"))
    rows, total = await paying_reading.payees(request.actor, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return await page(
        request, "settlement/payees.html", rows=rows, listing=ListPage(number, total, "/payees", {}),
        missing=await paying_reading.without_account(request.actor), me=request.actor.user,
        may_keep=allows(request.actor.roles, "payees.keep"),
    )  # fmt: skip


@get("/payees/{kind:str}/{payee:uuid}", guards=[requires("payees.keep")])
async def new_account(request: Request, kind: FromPath[str], payee: FromPath[UUID]) -> Page:
    """The form for an account."""
    return await _account_page(request, kind, payee)


async def _account_page(
    request: Request, kind: str, payee: UUID, form: Form | None = None, error: FormError | None = None
) -> Page:
    name, division = await payees.payee_of(kind, payee)
    if not request.actor.sees(division):
        raise NotYours
    return await page(
        request, "settlement/payee.html", 422 if error else 200, name=name, kind=kind, payee=payee,
        form=dict(form or {"key": str(uuid4())}), errors=error_texts(error.fields) if error else {},
    )  # fmt: skip


@post("/payees/{kind:str}/{payee:uuid}", guards=[requires("payees.keep"), proved], status_code=200)
async def enter_account(request: Request, kind: FromPath[str], payee: FromPath[UUID]) -> Page:
    """Enter an account; another person confirms it."""
    _name, division = await payees.payee_of(kind, payee)
    if not request.actor.sees(division):
        raise NotYours
    form = Form.of(await request.form())
    try:
        key = form.uuid("key")
        said = Details(form.text("holder", most=120), form.text("bank", most=120), form.text("account_number", most=60))
        form.check()
        await payees.enter(request.actor, key or uuid4(), kind, payee, said, now())
    except FormError as error:
        return await _account_page(request, kind, payee, form, error)
    await flash(request, "ok", N_("Entered: another person confirms the account before money goes there."))
    return go(request, "/payees")


@post("/payees/accounts/{account:uuid}/decide", guards=[requires("payees.keep"), proved], status_code=200)
async def decide_account(request: Request, account: FromPath[UUID]) -> Page:
    """Confirm or refuse an account that somebody else entered."""
    row = await PayeeAccount.objects().get(PayeeAccount.id == account)
    if row is None or not request.actor.sees(row.division):
        raise NotYours
    form = Form.of(await request.form())
    decision = form.choice("decision", ("confirm", "refuse"), required=False)
    if decision not in {"confirm", "refuse"}:
        await flash(request, "bad", N_("Please choose one of the list."))
        return go(request, "/payees")
    await payees.decide(request.actor, account, decision == "confirm", now())
    await flash(request, "ok", N_("Your decision is recorded."))
    return go(request, "/payees")


PAY = [
    show_queue, make_batch, show_batch, batch_file, load_answer, list_payees, new_account, enter_account,
    decide_account,
]  # fmt: skip
