"""The buttons of an assessment's page: one address per action, each fetches with the access check, reads, acts."""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

from litestar import post
from litestar.params import FromPath

from bangfu.assessments import carrying, disputing, queries, signing
from bangfu.assessments.pages import assessment_page
from bangfu.assessments.reading import read_reason
from bangfu.assessments.words import WORDS
from bangfu.errors import N_, FormError
from bangfu.households.actions import log_unmasking
from bangfu.households.words import WORDS as HOUSEHOLD_WORDS
from bangfu.shared.clock import now
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go

Act = Callable[[Form], Awaitable[object]]


async def _decide(request: Request, assessment: UUID, action: str, act: Act, done: str) -> Page:
    """Run one action; its form comes back with what was typed where something is missing."""
    await queries.assessment_for(request.actor, assessment)
    form = Form.of(await request.form())
    try:
        reached = await act(form)
    except FormError as error:
        return await assessment_page(
            request, assessment, status=422, form=form, errors=error_texts(error.fields), tried=action
        )
    await flash(request, "ok", done)
    return go(request, f"/assessments/{reached or assessment}")


@post("/assessments/{assessment:uuid}/sign", guards=[requires("assessments.assess")], status_code=200)
async def sign(request: Request, assessment: FromPath[UUID]) -> Page:
    """draft -> signed_first, or the record of an older standard's level."""

    async def act(form: Form) -> None:
        second = form.uuid("second", required=False)
        contradiction = form.text("contradiction", required=False, most=500)
        form.check()
        await signing.sign_first(request.actor, assessment, second, contradiction, now())

    return await _decide(request, assessment, "sign", act, N_("Signed. Next: the second assessor signs, if named."))


@post("/assessments/{assessment:uuid}/countersign", guards=[requires("assessments.assess")], status_code=200)
async def countersign(request: Request, assessment: FromPath[UUID]) -> Page:
    """signed_first -> completed -> valid."""

    async def act(_: Form) -> None:
        await signing.sign_second(request.actor, assessment, now())

    done = N_("Both have signed. The assessment counts, and its level is written.")
    return await _decide(request, assessment, "countersign", act, done)


@post("/assessments/{assessment:uuid}/send-back", guards=[requires("assessments.assess")], status_code=200)
async def send_back(request: Request, assessment: FromPath[UUID]) -> Page:
    """signed_first -> draft by the second assessor."""

    async def act(form: Form) -> None:
        await signing.send_back(request.actor, assessment, read_reason(form), now())

    return await _decide(request, assessment, "send_back", act, N_("Sent back; the first assessor is told why."))


@post("/assessments/{assessment:uuid}/take-back", guards=[requires("assessments.assess")], status_code=200)
async def take_back(request: Request, assessment: FromPath[UUID]) -> Page:
    """signed_first -> draft by the first assessor."""

    async def act(_: Form) -> None:
        await signing.take_back(request.actor, assessment, now())

    return await _decide(request, assessment, "take_back", act, N_("Your signature is taken back."))


@post("/assessments/{assessment:uuid}/void", guards=[requires("assessments.assess")], status_code=200)
async def void(request: Request, assessment: FromPath[UUID]) -> Page:
    """draft or signed_first -> void."""

    async def act(form: Form) -> None:
        await signing.void(request.actor, assessment, read_reason(form), now())

    return await _decide(request, assessment, "void", act, N_("The assessment is void; the record stays."))


@post("/assessments/{assessment:uuid}/carry-over", guards=[requires("assessments.assess")], status_code=200)
async def carry_over(request: Request, assessment: FromPath[UUID]) -> Page:
    """Nothing has changed: a new record with the same answers, to be confirmed by the second assessor."""

    async def act(form: Form) -> UUID:
        key, second = form.uuid("key", required=False), form.uuid("second", required=False)
        form.check()
        return await carrying.carry_over(request.actor, key or uuid4(), assessment, second, now())

    done = N_("Recorded as unchanged, with the plan going on. Next: the second assessor confirms.")
    return await _decide(request, assessment, "carry_over", act, done)


@post("/assessments/{assessment:uuid}/dispute", guards=[requires("assessments.dispute")], status_code=200)
async def dispute(request: Request, assessment: FromPath[UUID]) -> Page:
    """valid -> disputed."""

    async def act(form: Form) -> None:
        key = form.uuid("key", required=False)
        relation, reason = form.choice("relation", WORDS["informant_relation"]), read_reason(form)
        await disputing.dispute(request.actor, key or uuid4(), assessment, relation, reason, now())

    done = N_("The objection is recorded. Next: the township officer decides, or others assess anew.")
    return await _decide(request, assessment, "dispute", act, done)


@post("/assessments/{assessment:uuid}/uphold", guards=[requires("assessments.decide")], status_code=200)
async def uphold(request: Request, assessment: FromPath[UUID]) -> Page:
    """disputed -> upheld."""

    async def act(form: Form) -> None:
        await disputing.uphold(request.actor, assessment, read_reason(form), now())

    return await _decide(request, assessment, "uphold", act, N_("The assessment is upheld; those concerned are told."))


@post("/assessments/{assessment:uuid}/answers", guards=[requires("assessments.answers")], status_code=200)
async def show_answers(request: Request, assessment: FromPath[UUID]) -> Page:
    """Show the sealed part once, after the reason is logged."""
    found = await queries.assessment_for(request.actor, assessment)
    form = Form.of(await request.form())
    try:
        reason = form.choice("why", HOUSEHOLD_WORDS["unmask_reason"])
        text = form.text("why_text", required=reason == "other", most=300)
        form.check()
    except FormError as error:
        return await assessment_page(
            request, assessment, status=422, form=form, errors=error_texts(error.fields), tried="answers"
        )
    await log_unmasking(request.actor, found.household, "health", reason, text, now())
    return await assessment_page(request, assessment, opened=True)


DECISIONS = [sign, countersign, send_back, take_back, void, carry_over, dispute, uphold, show_answers]
