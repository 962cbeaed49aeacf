"""Pages of supplementary contracts, for the bureau and for the supplier."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from decimal import ROUND_DOWN
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.contracts import amending, amendment_rules
from bangfu.contracts.amending import Proposal
from bangfu.contracts.amending_applying import rooms_of
from bangfu.contracts.amending_reading import (
    AMENDABLE,
    NO_ITEM,
    AmendmentView,
    added_before,
    amendment_for,
    amendments_of,
    line_changes,
    original_of,
    problems_of,
)  # fmt: skip
from bangfu.contracts.life_pages import acted, framed, seen
from bangfu.contracts.life_tables import Amendment
from bangfu.contracts.reading import ContractView, lines_of
from bangfu.contracts.tables import Contract
from bangfu.errors import N_, FormError, NotYours
from bangfu.shared import files
from bangfu.shared.clock import now
from bangfu.shared.i18n import word
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import proved, requires
from bangfu.shared.web.files import file_answer, posted_scan
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, page

_ALL, _ONE = "/{contract:uuid}/amendments", "/{contract:uuid}/amendments/{amendment:uuid}"
LONGEST = 2000


@get(f"/contracts{_ALL}", guards=[requires("contracts.read")])
async def list_amendments(request: Request, contract: FromPath[UUID]) -> Page:
    """All amendments of a contract, and how much may still be added."""
    found = await seen(request, contract)
    row = await _row(contract)
    limit = (await original_of(row) * amendment_rules.MOST_SHARE).quantize(row.total, ROUND_DOWN)
    return await page(
        request, "contracts/amend_list.html", amendments=await amendments_of(contract), limit=limit,
        added=await added_before(Amendment(id=uuid4(), contract=contract)), open=found.status in AMENDABLE,
        may_propose=allows(request.actor.roles, "contracts.draft"), **framed(request, found, "amendments"),
    )  # fmt: skip


@get(f"/contracts{_ALL}/new", guards=[requires("contracts.draft")])
async def new_amendment(request: Request, contract: FromPath[UUID]) -> Page:
    """The form of a proposal."""
    return await _form(request, contract, None, None)


@get(f"/my-contracts{_ALL}/new", guards=[requires("contracts.own")])
async def new_own_amendment(request: Request, contract: FromPath[UUID]) -> Page:
    """The same for the supplier."""
    return await _form(request, contract, None, None)


@post(f"/contracts{_ALL}/new", guards=[requires("contracts.draft")], status_code=200)
async def propose(request: Request, contract: FromPath[UUID]) -> Page:
    """Put an amendment before the other side and finance."""
    return await _propose(request, contract)


@post(f"/my-contracts{_ALL}/new", guards=[requires("contracts.own")], status_code=200)
async def propose_own(request: Request, contract: FromPath[UUID]) -> Page:
    """The same by the supplier."""
    return await _propose(request, contract)


async def _form(request: Request, contract: UUID, form: Form | None, error: FormError | None) -> Page:
    found = await seen(request, contract)
    rooms = await rooms_of(contract)
    terms = [(term, word("contract_term", term)) for term in amendment_rules.TERMS]
    return await page(
        request, "contracts/amend_new.html", 422 if error else 200, lines=await lines_of(contract), rooms=rooms,
        form=form or {"key": str(uuid4()), "kind": "quantity"}, errors=error_texts(error.fields) if error else {},
        term_options=terms, open=found.status in AMENDABLE, **framed(request, found, "amendments"),
    )  # fmt: skip


async def _propose(request: Request, contract: UUID) -> Page:
    found = await seen(request, contract)
    base = framed(request, found, "amendments")["base"]
    made: list[UUID] = []

    async def act(form: Form, at: datetime, _posted: Any) -> None:
        wish = await _read(form, contract)
        made.append(await amending.propose(request.actor, contract, wish, at))

    async def show(form: Form | None, error: FormError | None) -> Page:
        return await _form(request, contract, form, error)

    answer = await acted(request, act, show, N_("The amendment is proposed."), "")
    if made:
        answer.headers["HX-Redirect" if request.headers.get("HX-Request") else "Location"] = (
            f"{base}/amendments/{made[0]}"
        )
    return answer


async def _read(form: Form, contract: UUID) -> Proposal:
    key = form.uuid("key") or uuid4()
    kind = form.choice("kind", ("quantity", "terms"))
    reason = form.text("reason", most=LONGEST)
    changes = {}
    if kind == "quantity":
        for line in await lines_of(contract):
            changes[line.id] = form.whole(f"units_{line.id}", least=-(10**6), most=10**6, required=False) or 0
    terms = kind == "terms"
    term = form.choice("term", amendment_rules.TERMS, required=terms)
    wording = form.text("wording", required=terms, most=LONGEST)
    form.check()
    return Proposal(key, kind, reason, changes, term if terms else "", wording if terms else "")


@get(f"/contracts{_ONE}", guards=[requires("contracts.read")])
async def show_amendment(request: Request, contract: FromPath[UUID], amendment: FromPath[UUID]) -> Page:
    """One amendment: what it changes, what stands against it, whose turn it is."""
    return await _show(request, contract, amendment)


@get(f"/my-contracts{_ONE}", guards=[requires("contracts.own")])
async def show_own_amendment(request: Request, contract: FromPath[UUID], amendment: FromPath[UUID]) -> Page:
    """The same for the supplier."""
    return await _show(request, contract, amendment)


async def _show(
    request: Request, contract: UUID, amendment: UUID, form: Form | None = None, error: FormError | None = None
) -> Page:
    found = await seen(request, contract)
    shown = await amendment_for(contract, amendment)
    row, change = await _row(contract), await Amendment.objects().get(Amendment.id == amendment)
    waits = shown.status in amendment_rules.WAITING
    problems = await problems_of(row, change, now()) if change and waits and shown.status != "signed" else []
    if shown.status == "proposed":  # finance chooses the item on this very page
        problems = [problem for problem in problems if problem.message != NO_ITEM]
    kept = await files.files_of("contract_amendment", [amendment])
    return await page(
        request, "contracts/amend_show.html", 422 if error else 200, a=shown, lines=await line_changes(amendment),
        problems=problems if shown.status in {"proposed", "checked"} else [], items=await _items(contract),
        original=await original_of(row), scans=kept[amendment], form=form or {},
        errors=error_texts(error.fields) if error else {}, refusals=amendment_rules.REFUSALS,
        **_possible(request, found, shown), **framed(request, found, "amendments"),
    )  # fmt: skip


def _possible(request: Request, found: ContractView, shown: AmendmentView) -> dict[str, Any]:
    """Which steps this person may take now."""
    actor = request.actor
    here = actor.organization == found.supplier if actor.has("provider_manager") else actor.sees(found.division)
    side = "supplier" if actor.has("provider_manager") else "buyer"
    steps = set(amendment_rules.AMENDMENT_MACHINE.actions_for(shown.status, actor.roles)) if here else set()
    if getattr(shown, f"{side}_signed_at") is not None:
        steps.discard("sign")
    if shown.proposed_side != side:
        steps.discard("withdraw")
    if actor.user == shown.proposed_by:
        steps -= {"check", "approve"}
    if actor.user == shown.checked_by:
        steps.discard("approve")
    agrees = (
        here and shown.kind == "terms" and shown.status == "proposed" and actor.has(*amendment_rules.PROPOSERS)
        and getattr(shown, f"{side}_agreed_at") is None
    )  # fmt: skip
    return {"steps": steps, "agrees": agrees, "side": side}


async def _items(contract: UUID) -> dict[UUID, list[tuple[str, str]]]:
    """Line -> the budget items that pay for it already: an amendment is of the same terms."""
    return {
        line.id: [(str(each.item), f"{each.year} · {each.code} {each.name}") for each in line.fundings]
        for line in await lines_of(contract)
    }


Step = Callable[[Form, datetime, Any], Awaitable[None]]


async def _act(request: Request, contract: UUID, amendment: UUID, step: Step, done: str) -> Page:
    found = await seen(request, contract)
    await amendment_for(contract, amendment)

    async def show(form: Form | None, error: FormError | None) -> Page:
        return await _show(request, contract, amendment, form, error)

    back = f"{framed(request, found, 'amendments')['base']}/amendments/{amendment}"
    return await acted(request, step, show, done, back)


async def _agree(request: Request, contract: UUID, amendment: UUID) -> Page:
    async def step(_form: Form, at: datetime, _posted: Any) -> None:
        await amending.agree(request.actor, contract, amendment, at)

    return await _act(request, contract, amendment, step, N_("Your agreement is recorded."))


async def _sign(request: Request, contract: UUID, amendment: UUID) -> Page:
    async def step(_form: Form, at: datetime, posted: Any) -> None:
        await amending.sign(request.actor, contract, amendment, at, await posted_scan(posted))

    return await _act(request, contract, amendment, step, N_("The signature is recorded."))


async def _withdraw(request: Request, contract: UUID, amendment: UUID) -> Page:
    async def step(_form: Form, at: datetime, _posted: Any) -> None:
        await amending.withdraw(request.actor, contract, amendment, at)

    return await _act(request, contract, amendment, step, N_("The amendment is withdrawn."))


@post(f"/contracts{_ONE}/agree", guards=[requires("contracts.draft")], status_code=200)
async def agree(request: Request, contract: FromPath[UUID], amendment: FromPath[UUID]) -> Page:
    """The buyer agrees to the supplier's wording."""
    return await _agree(request, contract, amendment)


@post(f"/my-contracts{_ONE}/agree", guards=[requires("contracts.own")], status_code=200)
async def agree_own(request: Request, contract: FromPath[UUID], amendment: FromPath[UUID]) -> Page:
    """The supplier agrees to the buyer's wording."""
    return await _agree(request, contract, amendment)


@post(f"/contracts{_ONE}/check", guards=[requires("contracts.check")], status_code=200)
async def check(request: Request, contract: FromPath[UUID], amendment: FromPath[UUID]) -> Page:
    """Finance checks it, or refuses it with a reason."""

    async def step(form: Form, at: datetime, _posted: Any) -> None:
        if form.get("decision") == "refuse":
            await _refuse_with(request, contract, amendment, form, at)
            return
        items = {}
        for line in await line_changes(amendment):
            if line.units > 0 and (item := form.uuid(f"item_{line.line}")):
                items[line.line] = item
        form.check()
        await amending.check(request.actor, contract, amendment, items, at)

    return await _act(request, contract, amendment, step, N_("Your decision is recorded."))


@post(f"/contracts{_ONE}/approve", guards=[requires("contracts.approve"), proved], status_code=200)
async def approve(request: Request, contract: FromPath[UUID], amendment: FromPath[UUID]) -> Page:
    """The lead approves; the money is committed."""

    async def step(form: Form, at: datetime, _posted: Any) -> None:
        override = form.text("override", required=False, most=LONGEST)
        form.check()
        await amending.approve(request.actor, contract, amendment, at, override=override)

    return await _act(request, contract, amendment, step, N_("The amendment is approved; the money is committed."))


@post(f"/contracts{_ONE}/refuse", guards=[requires("contracts.approve"), proved], status_code=200)
async def refuse(request: Request, contract: FromPath[UUID], amendment: FromPath[UUID]) -> Page:
    """The lead refuses it, or ends it before its publication."""

    async def step(form: Form, at: datetime, _posted: Any) -> None:
        await _refuse_with(request, contract, amendment, form, at)

    return await _act(request, contract, amendment, step, N_("The amendment is refused."))


async def _refuse_with(request: Request, contract: UUID, amendment: UUID, form: Form, at: datetime) -> None:
    reason = form.choice("reason", amendment_rules.REFUSALS)
    text = form.text("text", required=False, most=LONGEST)
    form.check()
    await amending.refuse(request.actor, contract, amendment, reason, text, at)


@post(f"/contracts{_ONE}/sign", guards=[requires("contracts.approve"), proved], status_code=200)
async def sign(request: Request, contract: FromPath[UUID], amendment: FromPath[UUID]) -> Page:
    """The lead signs for the buyer."""
    return await _sign(request, contract, amendment)


@post(f"/my-contracts{_ONE}/sign", guards=[requires("contracts.own")], status_code=200)
async def sign_own(request: Request, contract: FromPath[UUID], amendment: FromPath[UUID]) -> Page:
    """The supplier signs."""
    return await _sign(request, contract, amendment)


@post(f"/contracts{_ONE}/publish", guards=[requires("contracts.draft")], status_code=200)
async def publish(request: Request, contract: FromPath[UUID], amendment: FromPath[UUID]) -> Page:
    """Publish it: lines and total change."""

    async def step(_form: Form, at: datetime, _posted: Any) -> None:
        await amending.publish(request.actor, contract, amendment, at)

    return await _act(request, contract, amendment, step, N_("The amendment is published and in effect."))


@post(f"/contracts{_ONE}/withdraw", guards=[requires("contracts.draft")], status_code=200)
async def withdraw(request: Request, contract: FromPath[UUID], amendment: FromPath[UUID]) -> Page:
    """Take a proposal back."""
    return await _withdraw(request, contract, amendment)


@post(f"/my-contracts{_ONE}/withdraw", guards=[requires("contracts.own")], status_code=200)
async def withdraw_own(request: Request, contract: FromPath[UUID], amendment: FromPath[UUID]) -> Page:
    """The supplier takes a proposal back."""
    return await _withdraw(request, contract, amendment)


@get(f"/contracts{_ONE}/files/{{file:uuid}}", guards=[requires("contracts.read")])
async def amendment_file(
    request: Request, contract: FromPath[UUID], amendment: FromPath[UUID], file: FromPath[UUID]
) -> Response[bytes]:
    """A scan of the signed paper."""
    return await _file(request, contract, amendment, file)


@get(f"/my-contracts{_ONE}/files/{{file:uuid}}", guards=[requires("contracts.own")])
async def own_amendment_file(
    request: Request, contract: FromPath[UUID], amendment: FromPath[UUID], file: FromPath[UUID]
) -> Response[bytes]:
    """The same for the supplier."""
    return await _file(request, contract, amendment, file)


async def _file(request: Request, contract: UUID, amendment: UUID, file: UUID) -> Response[bytes]:
    await seen(request, contract)
    await amendment_for(contract, amendment)
    return file_answer(await files.opened(file, "contract_amendment", amendment))


async def _row(contract: UUID) -> Contract:
    row = await Contract.objects().get(Contract.id == contract)
    if row is None:
        raise NotYours
    return row


ROUTES = [
    list_amendments, new_amendment, new_own_amendment, propose, propose_own, show_amendment, show_own_amendment, agree,
    agree_own, check, approve, refuse, sign, sign_own, publish, withdraw, withdraw_own, amendment_file,
    own_amendment_file,
]  # fmt: skip
