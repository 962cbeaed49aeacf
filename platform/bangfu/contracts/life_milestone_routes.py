"""Pages of milestones and of parts that are given to others; reports and requests of the supplier beside them."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.contracts import milestone_rules, milestones, milestones_parts
from bangfu.contracts.life_own import own_page
from bangfu.contracts.life_pages import acted, framed, is_own, seen
from bangfu.contracts.life_tables import Milestone, Subcontract
from bangfu.errors import N_, FormError, NotYours
from bangfu.providers.tables import Organization
from bangfu.shared import files
from bangfu.shared.civil_time import parse_date
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import proved, requires
from bangfu.shared.web.files import file_answer, posted_scan
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, page

_ALL = "/{contract:uuid}/milestones"
_ONE = "/{contract:uuid}/milestones/{milestone:uuid}"
_PART = "/{contract:uuid}/parts/{part:uuid}"
LONGEST = 1000


@get(f"/contracts{_ALL}", guards=[requires("contracts.read")])
async def list_milestones(request: Request, contract: FromPath[UUID]) -> Page:
    """Milestones with their evidence, and parts given to others."""
    return await _show(request, contract)


async def _show(request: Request, contract: UUID, form: Form | None = None, error: FormError | None = None) -> Page:
    if is_own(request):
        return await own_page(request, contract, form, error)
    found = await seen(request, contract)
    shown = await milestones.milestones_of(contract)
    return await page(
        request, "contracts/milestone_list.html", 422 if error else 200, milestones=shown,
        coming=milestones.next_of(shown), parts=await milestones_parts.parts_of(contract), form=form or {},
        errors=error_texts(error.fields) if error else {}, key=str(uuid4()), sides=milestone_rules.SIDES,
        steers=allows(request.actor.roles, "contracts.steer") and request.actor.sees(found.division),
        ended=found.status in milestones.ENDED, decides=allows(request.actor.roles, "contracts.approve"),
        **framed(request, found, "milestones"),
    )  # fmt: skip


async def _act(request: Request, contract: UUID, act: Any, done: str) -> Page:
    found = await seen(request, contract)

    async def show(form: Form | None, error: FormError | None) -> Page:
        return await _show(request, contract, form, error)

    base = framed(request, found, "milestones")["base"]
    return await acted(request, act, show, done, f"{base}/money" if is_own(request) else f"{base}/milestones")


@post(f"/contracts{_ALL}", guards=[requires("contracts.draft")], status_code=200)
async def set_milestone(request: Request, contract: FromPath[UUID]) -> Page:
    """Set a milestone."""

    async def act(form: Form, at: datetime, _posted: Any) -> None:
        title, side = form.text("title", most=120), form.choice("side", milestone_rules.SIDES)
        due_on, key = form.day("due_on", parse_date), form.uuid("key")
        form.check()
        assert due_on is not None  # noqa: S101 (checked with the form)
        await milestones.set_milestone(request.actor, contract, key or uuid4(), title, side, due_on, at)

    return await _act(request, contract, act, N_("The milestone is set."))


async def _report(request: Request, contract: UUID, milestone: UUID) -> Page:
    await seen(request, contract)
    await _known(contract, milestone)

    async def act(_form: Form, at: datetime, posted: Any) -> None:
        field = f"file_{milestone}"
        looked = await posted_scan(posted, field)
        if looked is None:
            raise FormError({field: (N_("Please choose the file that shows it."), {})})
        await milestones.report(request.actor, contract, milestone, looked, at)

    return await _act(request, contract, act, N_("The milestone is reported; somebody else confirms it."))


@post(f"/contracts{_ONE}/report", guards=[requires("contracts.draft")], status_code=200)
async def report(request: Request, contract: FromPath[UUID], milestone: FromPath[UUID]) -> Page:
    """Report a milestone of the buyer with its evidence."""
    return await _report(request, contract, milestone)


@post(f"/my-contracts{_ONE}/report", guards=[requires("contracts.own")], status_code=200)
async def report_own(request: Request, contract: FromPath[UUID], milestone: FromPath[UUID]) -> Page:
    """Report a milestone of the supplier with its evidence."""
    return await _report(request, contract, milestone)


@post(f"/contracts{_ONE}/confirm", guards=[requires("contracts.steer")], status_code=200)
async def confirm(request: Request, contract: FromPath[UUID], milestone: FromPath[UUID]) -> Page:
    """Confirm what somebody else reported."""
    await seen(request, contract)
    await _known(contract, milestone)

    async def act(_form: Form, at: datetime, _posted: Any) -> None:
        await milestones.confirm(request.actor, contract, milestone, at)

    return await _act(request, contract, act, N_("The milestone is confirmed."))


@post(f"/contracts{_ONE}/return", guards=[requires("contracts.steer")], status_code=200)
async def give_back(request: Request, contract: FromPath[UUID], milestone: FromPath[UUID]) -> Page:
    """Return it with a reason."""
    await seen(request, contract)
    await _known(contract, milestone)

    async def act(form: Form, at: datetime, _posted: Any) -> None:
        text = form.text(f"text_{milestone}", most=LONGEST)
        form.check()
        await milestones.give_back(request.actor, contract, milestone, text, at)

    return await _act(request, contract, act, N_("The milestone is returned."))


@post(f"/contracts{_ONE}/drop", guards=[requires("contracts.draft")], status_code=200)
async def drop(request: Request, contract: FromPath[UUID], milestone: FromPath[UUID]) -> Page:
    """Ask for it no more."""
    await seen(request, contract)
    await _known(contract, milestone)

    async def act(form: Form, at: datetime, _posted: Any) -> None:
        text = form.text(f"text_{milestone}", most=LONGEST)
        form.check()
        await milestones.drop(request.actor, contract, milestone, text, at)

    return await _act(request, contract, act, N_("The milestone is not asked for any more."))


async def _ask(request: Request, contract: UUID) -> Page:
    async def act(form: Form, at: datetime, posted: Any) -> None:
        uscc, part = form.text("uscc", most=18).upper(), form.text("part", most=200)
        share, key = form.decimal("share", least=0.01, most=49.99), form.uuid("key")
        rows = await Organization.raw("SELECT id FROM organization WHERE uscc = {}", uscc) if uscc else []
        if uscc and not rows:
            form.fault("organization", N_("No organisation of the register has this credit code."))
        form.check()
        given = (Decimal(str(share)) / 100).quantize(Decimal("0.0001"))
        paper = await posted_scan(posted, "agreement")
        await milestones_parts.ask(request.actor, contract, key or uuid4(), rows[0]["id"], part, given, paper, at)

    return await _act(request, contract, act, N_("The request waits for the buyer's written consent."))


@post("/contracts/{contract:uuid}/parts", guards=[requires("contracts.draft")], status_code=200)
async def ask(request: Request, contract: FromPath[UUID]) -> Page:
    """Ask for consent on behalf of the supplier."""
    await seen(request, contract)
    return await _ask(request, contract)


@post("/my-contracts/{contract:uuid}/parts", guards=[requires("contracts.own")], status_code=200)
async def ask_own(request: Request, contract: FromPath[UUID]) -> Page:
    """The supplier asks to give a part to another organisation."""
    await seen(request, contract)
    return await _ask(request, contract)


@post(f"/contracts{_PART}/consent", guards=[requires("contracts.approve"), proved], status_code=200)
async def consent(request: Request, contract: FromPath[UUID], part: FromPath[UUID]) -> Page:
    """Consent in writing."""
    await seen(request, contract)
    await _known_part(contract, part)

    async def act(_form: Form, at: datetime, posted: Any) -> None:
        field = f"file_{part}"
        looked = await posted_scan(posted, field)
        if looked is None:
            raise FormError({field: (N_("Please choose the file with the written consent."), {})})
        await milestones_parts.consent(request.actor, contract, part, looked, at)

    return await _act(request, contract, act, N_("The consent is recorded; the supplier stays liable."))


@post(f"/contracts{_PART}/refuse", guards=[requires("contracts.approve"), proved], status_code=200)
async def refuse(request: Request, contract: FromPath[UUID], part: FromPath[UUID]) -> Page:
    """Refuse the request."""
    return await _decide(request, contract, part, "refuse", N_("The request is refused."))


@post(f"/contracts{_PART}/end", guards=[requires("contracts.steer")], status_code=200)
async def end(request: Request, contract: FromPath[UUID], part: FromPath[UUID]) -> Page:
    """End a part that another organisation does."""
    return await _decide(request, contract, part, "end", N_("The sub-contracting is ended."))


async def _decide(request: Request, contract: UUID, part: UUID, action: str, done: str) -> Page:
    await seen(request, contract)
    await _known_part(contract, part)

    async def act(form: Form, at: datetime, _posted: Any) -> None:
        text = form.text(f"text_{part}", most=LONGEST)
        form.check()
        await milestones_parts.decide(request.actor, contract, part, action, text, at)

    return await _act(request, contract, act, done)


@get(f"/contracts{_ONE}/files/{{file:uuid}}", guards=[requires("contracts.read")])
async def evidence(
    request: Request, contract: FromPath[UUID], milestone: FromPath[UUID], file: FromPath[UUID]
) -> Response[bytes]:
    """The evidence of a milestone."""
    return await _evidence(request, contract, milestone, file)


@get(f"/my-contracts{_ONE}/files/{{file:uuid}}", guards=[requires("contracts.own")])
async def own_evidence(
    request: Request, contract: FromPath[UUID], milestone: FromPath[UUID], file: FromPath[UUID]
) -> Response[bytes]:
    """The same for the supplier."""
    return await _evidence(request, contract, milestone, file)


@get(f"/contracts{_PART}/files/{{file:uuid}}", guards=[requires("contracts.read")])
async def part_file(
    request: Request, contract: FromPath[UUID], part: FromPath[UUID], file: FromPath[UUID]
) -> Response[bytes]:
    """The request's agreement or the written consent."""
    await seen(request, contract)
    await _known_part(contract, part)
    return file_answer(await files.opened(file, milestones_parts.SUBJECT, part))


async def _evidence(request: Request, contract: UUID, milestone: UUID, file: UUID) -> Response[bytes]:
    await seen(request, contract)
    await _known(contract, milestone)
    return file_answer(await files.opened(file, milestones.SUBJECT, milestone))


async def _known(contract: UUID, milestone: UUID) -> None:
    if not await Milestone.exists().where((Milestone.id == milestone) & (Milestone.contract == contract)):
        raise NotYours


async def _known_part(contract: UUID, part: UUID) -> None:
    if not await Subcontract.exists().where((Subcontract.id == part) & (Subcontract.contract == contract)):
        raise NotYours


ROUTES = [
    list_milestones, set_milestone, report, report_own, confirm, give_back, drop, ask, ask_own, consent, refuse, end,
    evidence, own_evidence, part_file,
]  # fmt: skip
