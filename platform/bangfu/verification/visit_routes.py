"""The office's page of a visit and its buttons: one address per action, each fetches with the access check and acts."""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, NotYours
from bangfu.households.actions import log_unmasking
from bangfu.households.words import WORDS as HOUSEHOLD_WORDS
from bangfu.shared import files
from bangfu.shared.clock import now
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import file_answer
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, go
from bangfu.verification import deciding, disputing, queries
from bangfu.verification.deciding import Cleared
from bangfu.verification.pages import note_photo, visit_page
from bangfu.visits.tables import VisitPhoto

Act = Callable[[Form], Awaitable[object]]
_ONE = "/visits/{visit:uuid}"


@get(_ONE, guards=[requires("visits.read")])
async def show_visit(request: Request, visit: FromPath[UUID]) -> Page:
    """Plan and fact, proof, record, flags, money and history of one visit."""
    return await visit_page(request, visit)


async def _decide(request: Request, visit: UUID, tried: str, act: Act, done: str) -> Page:
    """Run one action; its form comes back with what was typed where something is missing."""
    await queries.visit_of(request.actor, visit)
    form = Form.of(await request.form())
    try:
        await act(form)
    except FormError as error:
        return await visit_page(request, visit, form=form, error=error, tried=tried)
    await flash(request, "ok", done)
    return go(request, f"/visits/{visit}")


@post(f"{_ONE}/verify", guards=[requires("verification.decide")], status_code=200)
async def verify(request: Request, visit: FromPath[UUID]) -> Page:
    """submitted or flagged -> verified, every open flag cleared with its reason."""

    async def act(form: Form) -> None:
        await deciding.verify(request.actor, visit, read_cleared(form), now())

    return await _decide(request, visit, "verify", act, N_("Verified: the visit counts."))


def read_cleared(form: Form) -> dict[UUID, Cleared]:
    """The reasons of a form: fields reason_<flag> and text_<flag>."""
    found = {}
    for name in form:
        flag = _flag_of(name)
        if flag is not None:
            found[flag] = Cleared(form.text(name, required=False), form.text(f"text_{flag}", required=False, most=500))
    form.check()
    return found


def _flag_of(name: str) -> UUID | None:
    try:
        return UUID(name.removeprefix("reason_")) if name.startswith("reason_") else None
    except ValueError:
        return None


@post(f"{_ONE}/reject", guards=[requires("verification.decide")], status_code=200)
async def reject(request: Request, visit: FromPath[UUID]) -> Page:
    """flagged (or submitted, flagged by hand) -> rejected."""

    async def act(form: Form) -> None:
        reason, text = form.text("reject_reason", required=False), form.text("reject_text", required=False, most=500)
        form.check()
        await deciding.reject(request.actor, visit, reason, text, now())

    return await _decide(request, visit, "reject", act, N_("Rejected: it does not count, and its money is taken back."))


@post(f"{_ONE}/flag", guards=[requires("verification.decide")], status_code=200)
async def flag_by_hand(request: Request, visit: FromPath[UUID]) -> Page:
    """submitted -> flagged by an officer."""

    async def act(form: Form) -> None:
        text = form.text("flag_text", required=False, most=500)
        form.check()
        await deciding.flag_by_hand(request.actor, visit, text, now())

    return await _decide(request, visit, "flag", act, N_("Flagged: the organisation may explain before you decide."))


@post(f"{_ONE}/flags/{{flag:uuid}}/clear", guards=[requires("verification.decide")], status_code=200)
async def clear_flag(request: Request, visit: FromPath[UUID], flag: FromPath[UUID]) -> Page:
    """Clear one flag with a reason; the visit stays as it is."""

    async def act(form: Form) -> None:
        cleared = read_cleared(form).get(flag, Cleared(""))
        await deciding.clear(request.actor, visit, flag, cleared, now())

    return await _decide(request, visit, "clear", act, N_("The flag is cleared."))


@post(f"{_ONE}/dispute", guards=[requires("verification.dispute")], status_code=200)
async def dispute(request: Request, visit: FromPath[UUID]) -> Page:
    """verified -> disputed."""

    async def act(form: Form) -> None:
        key = form.uuid("key", required=False)
        reason, text = form.text("dispute_reason", required=False), form.text("dispute_text", required=False, most=500)
        form.check()
        await disputing.dispute(request.actor, key or uuid4(), visit, reason, text, now())

    return await _decide(
        request, visit, "dispute", act, N_("The doubt is recorded; it is decided in ten working days.")
    )


@post(f"{_ONE}/decide", guards=[requires("verification.dispute")], status_code=200)
async def decide_dispute(request: Request, visit: FromPath[UUID]) -> Page:
    """disputed -> verified or rejected."""

    async def act(form: Form) -> None:
        outcome, reason = form.text("outcome", required=False), form.text("decision_reason", required=False)
        text = form.text("decision_text", required=False, most=500)
        form.check()
        await disputing.decide(request.actor, visit, outcome, reason, text, now())

    return await _decide(request, visit, "decide", act, N_("Decided; those concerned are told."))


@post(f"{_ONE}/words", guards=[requires("assessments.answers")], status_code=200)
async def show_words(request: Request, visit: FromPath[UUID]) -> Page:
    """Show what was written about findings once, after the reason is logged: it tells of health (DOMAIN.md 9.3)."""
    row = await queries.visit_of(request.actor, visit)
    form = Form.of(await request.form())
    try:
        reason = form.choice("why", HOUSEHOLD_WORDS["unmask_reason"])
        text = form.text("why_text", required=reason == "other", most=300)
        form.check()
    except FormError as error:
        return await visit_page(request, visit, form=form, error=error, tried="words")
    await log_unmasking(request.actor, row["household"], "health", reason, text, now())
    return await visit_page(request, visit, opened=True)


@get(f"{_ONE}/photos/{{photo:uuid}}", guards=[requires("visits.photos")])
async def show_photo(request: Request, visit: FromPath[UUID], photo: FromPath[UUID]) -> Response[bytes]:
    """A picture of a visit; who opened it is recorded."""
    row = await queries.visit_of(request.actor, visit)
    found = await VisitPhoto.objects().get((VisitPhoto.id == photo) & (VisitPhoto.visit == visit))
    if found is None:
        raise NotYours
    await note_photo(request.actor, row)
    return file_answer(await files.opened(found.file, "visit", visit), "photo")


VISIT = [
    show_visit, verify, reject, flag_by_hand, clear_flag, dispute, decide_dispute, show_words, show_photo,
]  # fmt: skip
