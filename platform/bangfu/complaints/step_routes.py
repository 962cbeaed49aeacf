"""The steps of one complaint: fetch with the access check, read the form, act, go back; a fault keeps the typed."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID, uuid4

from litestar import post
from litestar.params import FromPath

from bangfu.complaints import case_pages, deciding, forms, handling, intake, rules
from bangfu.complaints.deciding import Reply
from bangfu.complaints.handling import Set
from bangfu.complaints.seeing import complaint_for, sees
from bangfu.errors import N_, FormError, NotAllowed, Refused
from bangfu.shared.clock import now
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import posted_scan
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, go

ONE = "/complaints/{complaint:uuid}"
DECIDE = [requires("complaints.decide")]
Act = Callable[[Form, datetime], Awaitable[None]]


async def _step(request: Request, complaint: UUID, tried: str, act: Act, done: str) -> Page:
    await complaint_for(request.actor, complaint)
    form = Form.of(await request.form())
    try:
        await act(form, now())
    except FormError as error:
        return await case_pages.show(request, complaint, form=form, error=error, tried=tried)
    except Refused as error:
        if not await sees(request.actor, complaint):
            raise
        return await case_pages.show(request, complaint, form=form, refused=error, tried=tried)
    await flash(request, "ok", done)
    still = await sees(request.actor, complaint)
    return go(request, f"/complaints/{complaint}" if still else "/complaints")


def _key(form: Form) -> UUID:
    return form.uuid("key", required=False) or uuid4()


@post(f"{ONE}/accept", guards=DECIDE, status_code=200)
async def accept(request: Request, complaint: FromPath[UUID]) -> Page:
    """Take it on: severity, kind, petition."""

    async def act(form: Form, at: datetime) -> None:
        given = Set(
            form.choice("severity", rules.SEVERITIES), form.choice("kind", rules.KINDS, required=False),
            form.yes("petition"), form.yes("confidential"),
        )  # fmt: skip
        form.check()
        await handling.accept(request.actor, complaint, given, at)

    return await _step(request, complaint, "accept", act, N_("You handle this complaint now; its clock runs."))


@post(f"{ONE}/route", guards=DECIDE, status_code=200)
async def route(request: Request, complaint: FromPath[UUID]) -> Page:
    """Pass it to the right office, or do not accept it; the right route is told."""

    async def act(form: Form, at: datetime) -> None:
        action = form.choice("action", ("transfer", "refuse"))
        code, text = form.choice("route", rules.ROUTES), form.text("route_text", most=1000)
        form.check()
        await handling.route(request.actor, complaint, action, code, text, at)

    return await _step(request, complaint, "route", act, N_("The right route stands on the complainant's page."))


@post(f"{ONE}/link", guards=DECIDE, status_code=200)
async def link(request: Request, complaint: FromPath[UUID]) -> Page:
    """Say what it is about; it then goes past the people concerned."""

    async def act(form: Form, at: datetime) -> None:
        row = await complaint_for(request.actor, complaint)
        if row.status not in ("received", "accepted", "investigating"):
            raise NotAllowed
        if row.status != "received" and row.handler not in (None, request.actor.user):
            raise NotAllowed(handling.NOT_HANDLER)
        about = await forms.read_about(form, request.actor)
        form.check()
        await intake.relink(request.actor, complaint, about, at)

    return await _step(request, complaint, "link", act, N_("The links are kept."))


@post(f"{ONE}/begin", guards=DECIDE, status_code=200)
async def begin(request: Request, complaint: FromPath[UUID]) -> Page:
    """Begin the inquiry."""

    async def act(_form: Form, at: datetime) -> None:
        await handling.begin(request.actor, complaint, at)

    return await _step(request, complaint, "begin", act, N_("The inquiry has begun. Hear both sides."))


@post(f"{ONE}/give", guards=DECIDE, status_code=200)
async def give(request: Request, complaint: FromPath[UUID]) -> Page:
    """Give it to somebody else, or take one that nobody has."""

    async def act(form: Form, at: datetime) -> None:
        user = request.actor.me if form.yes("take") else form.uuid("user")
        form.check()
        assert user is not None  # noqa: S101 (checked with the form)
        await handling.give(request.actor, complaint, user, at)

    return await _step(request, complaint, "give", act, N_("The complaint has its new handler."))


@post(f"{ONE}/contact", guards=DECIDE, status_code=200)
async def contact(request: Request, complaint: FromPath[UUID]) -> Page:
    """The complainant was contacted, or there is a plan."""

    async def act(form: Form, at: datetime) -> None:
        what, text = form.choice("what", ("contact", "plan")), form.text("contact_text", most=forms.MOST_WORDS)
        form.check()
        await handling.contacted(request.actor, complaint, what, text, at, _key(form))

    return await _step(request, complaint, "contact", act, N_("It is on record."))


@post(f"{ONE}/ask", guards=DECIDE, status_code=200)
async def ask(request: Request, complaint: FromPath[UUID]) -> Page:
    """Ask the organisation to answer."""

    async def act(form: Form, at: datetime) -> None:
        question, days = form.text("question", most=forms.MOST_WORDS), forms.answer_days(form)
        form.check()
        await handling.ask(request.actor, complaint, question, days, at)

    return await _step(request, complaint, "ask", act, N_("The organisation was asked; its answer appears here."))


@post(f"{ONE}/hear", guards=DECIDE, status_code=200)
async def hear(request: Request, complaint: FromPath[UUID]) -> Page:
    """Write down what a side says."""

    async def act(form: Form, at: datetime) -> None:
        side = form.choice("side", ("complainant", "target"))
        form.check()
        way = form.get(f"{side}_way", "")
        text = form.text(f"{side}_text", required=False, most=forms.MOST_WORDS)
        form.check()
        await handling.hear(request.actor, complaint, side, way, text, at, _key(form))

    return await _step(request, complaint, "hear", act, N_("It is on record."))


@post(f"{ONE}/evidence", guards=DECIDE, status_code=200)
async def add_evidence(request: Request, complaint: FromPath[UUID]) -> Page:
    """Add a piece of evidence."""

    async def act(form: Form, at: datetime) -> None:
        text = form.text("evidence_text", required=False, most=forms.MOST_WORDS)
        form.check()
        scan = await posted_scan(await request.form())
        await handling.add_evidence(
            request.actor, complaint, form.get("evidence_kind", ""), text, scan, at, _key(form)
        )  # fmt: skip

    return await _step(request, complaint, "evidence", act, N_("The evidence is on record."))


@post(f"{ONE}/decide", guards=DECIDE, status_code=200)
async def decide(request: Request, complaint: FromPath[UUID]) -> Page:
    """Decide, after both sides were heard."""

    async def act(form: Form, at: datetime) -> None:
        reasons = form.text("reasons", required=False, most=forms.MOST_WORDS)
        form.check()
        await deciding.decide(request.actor, complaint, form.get("result", ""), reasons, at)

    return await _step(
        request, complaint, "decide", act, N_("Decided. Now the reply, in words that can be read aloud.")
    )


@post(f"{ONE}/reply", guards=DECIDE, status_code=200)
async def reply(request: Request, complaint: FromPath[UUID]) -> Page:
    """Reply to the complainant."""

    async def act(form: Form, at: datetime) -> None:
        text = form.text("reply", required=False, most=forms.MOST_WORDS)
        given = Reply(text, form.get("reply_way", ""), form.text("read_to", required=False, most=64))
        form.check()
        await deciding.reply(request.actor, complaint, given, at)

    return await _step(request, complaint, "reply", act, N_("The reply stands; the complainant has ten working days."))


@post(f"{ONE}/read-aloud", guards=DECIDE, status_code=200)
async def read_aloud(request: Request, complaint: FromPath[UUID]) -> Page:
    """Write down that the reply was read aloud."""

    async def act(form: Form, at: datetime) -> None:
        read_to = form.text("read_to", required=False, most=64)
        form.check()
        await deciding.read_aloud(request.actor, complaint, read_to, at, _key(form))

    return await _step(request, complaint, "read", act, N_("It is on record."))


@post(f"{ONE}/close", guards=DECIDE, status_code=200)
async def close(request: Request, complaint: FromPath[UUID]) -> Page:
    """The complainant said by phone or in person whether the reply satisfies."""

    async def act(form: Form, at: datetime) -> None:
        await deciding.close(request.actor, complaint, form.get("satisfied", ""), at)

    return await _step(request, complaint, "close", act, N_("The complaint is closed."))


@post(f"{ONE}/reopen", guards=DECIDE, status_code=200)
async def reopen(request: Request, complaint: FromPath[UUID]) -> Page:
    """The complainant asks by phone or in person to look into it again."""

    async def act(form: Form, at: datetime) -> None:
        text = form.text("reopen_text", required=False, most=forms.MOST_WORDS)
        form.check()
        await deciding.reopen(request.actor, complaint, text, at)

    return await _step(request, complaint, "reopen", act, N_("It is looked into again."))


@post(f"{ONE}/extend", guards=[requires("complaints.extend")], status_code=200)
async def extend(request: Request, complaint: FromPath[UUID]) -> Page:
    """The one extension."""

    async def act(form: Form, at: datetime) -> None:
        reason = form.text("extend_text", required=False, most=500)
        form.check()
        await deciding.extend(request.actor, complaint, reason, at)

    return await _step(request, complaint, "extend", act, N_("The time was extended once."))


STEPS = [
    accept, route, link, begin, give, contact, ask, hear, add_evidence, decide, reply, read_aloud, close, reopen,
    extend,
]  # fmt: skip
