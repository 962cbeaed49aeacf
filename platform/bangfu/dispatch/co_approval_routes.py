"""The township's pages: needs that a station would give to the agency that runs it (DOMAIN.md 8.11)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.dispatch import co_approval_queries as queries
from bangfu.dispatch.co_approval import MOST_NOTE, decide
from bangfu.dispatch.co_approval_rules import MACHINE
from bangfu.errors import N_, FormError
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.i18n import _, word, words_of
from bangfu.shared.masking_filters import shown_time
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem, Todo, TodoCount, TodoRow
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

ANSWERS = ("approve", "refuse")
MOST_ROWS = 5
LEVELS = {"asked": "warn", "approved": "ok", "refused": "bad", "lapsed": "neutral"}


@get("/co-approvals", guards=[requires("co_approval.read")])
async def list_questions(request: Request) -> Page:
    """The area's questions: to decide, answered, all."""
    show = request.query_params.get("show", "asked")
    show = show if show in queries.SHOWS else "asked"
    number = page_number(request.query_params.get("page"))
    rows = await queries.listed(request.actor, show, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, rows[0].total if rows else 0, "/co-approvals", {"show": show})
    counted = await queries.counts(request.actor)
    tabs = [
        {"href": f"/co-approvals?show={key}", "label": word("co_approval_list", key), "count": counted[key],
         "active": key == show}
        for key in queries.SHOWS
    ]  # fmt: skip
    deciding = await _mine(request.actor)
    return await page(
        request, "dispatch/co_approvals.html", rows=rows, listing=listing, tabs=tabs, show=show, levels=LEVELS,
        deciding=len(deciding),
    )  # fmt: skip


async def _mine(actor: Actor) -> list[UUID]:
    return await queries.to_decide(actor) if allows(actor.roles, "co_approval.decide") else []


@get("/co-approvals/all", guards=[requires("co_approval.decide")])
async def ask_all(request: Request) -> Page:
    """The form that answers everything at once, with its number."""
    return await _all_page(request, {}, {})


@post("/co-approvals/all", guards=[requires("co_approval.decide")], status_code=200)
async def decide_all(request: Request) -> Page:
    """Answer all open questions alike; if there are others by now, the number is shown again."""
    form, ids = Form.of(await request.form()), await queries.to_decide(request.actor)
    if str(len(ids)) != form.get("count", ""):
        await flash(request, "warn", N_("The list has changed in the meantime; look at the number again."))
        return await _all_page(request, dict(form), {}, 409)
    try:
        done = await _answer(request, ids, form)
    except FormError as error:
        return await _all_page(request, dict(form), error_texts(error.fields), 422)
    await _told(request, form, done)
    return go(request, "/co-approvals")


async def _all_page(request: Request, form: dict[str, str], errors: dict[str, str], status: int = 200) -> Page:
    ids = await queries.to_decide(request.actor)
    return await page(
        request, "dispatch/co_approval_all.html", status, count=len(ids), form=form, errors=errors,
        answers=_answers(), reasons=words_of("co_approval_reason"), most=MOST_NOTE,
    )  # fmt: skip


def _answers() -> list[tuple[str, str]]:
    return [(action, word("co_approval_action", action)) for action in ANSWERS]


async def _answer(request: Request, ids: list[UUID], form: Form) -> int:
    action = form.choice("answer", set(ANSWERS))
    reason, note = form.get("reason", ""), form.text("note", required=False, most=MOST_NOTE)
    form.check()
    return await decide(request.actor, ids, action, reason, note, now())


async def _told(request: Request, form: Form, done: int) -> None:
    text = N_("Agreed to {n} offers.") if form.get("answer") == "approve" else N_("Refused {n} offers.")
    await flash(request, "ok", text, n=done)


@get("/co-approvals/{asked:uuid}", guards=[requires("co_approval.read")])
async def show_question(request: Request, asked: FromPath[UUID]) -> Page:
    """One question with what it is decided by, and its history."""
    return await _one_page(request, await queries.question_for(request.actor, asked), {}, {})


@post("/co-approvals/{asked:uuid}", guards=[requires("co_approval.decide")], status_code=200)
async def decide_one(request: Request, asked: FromPath[UUID]) -> Page:
    """Agree, or refuse with a reason."""
    found, form = await queries.question_for(request.actor, asked), Form.of(await request.form())
    try:
        done = await _answer(request, [asked], form)
    except FormError as error:
        return await _one_page(request, found, dict(form), error_texts(error.fields), 422)
    if done:
        await _told(request, form, done)
    elif (await queries.question_for(request.actor, asked)).status == "lapsed":
        await flash(request, "warn", N_("The need has changed since it was asked about; the question has lapsed."))
    return go(request, "/co-approvals")


async def _one_page(
    request: Request, found: queries.Asked, form: dict[str, Any], errors: dict[str, str], status: int = 200
) -> Page:
    actor = request.actor
    may = (
        MACHINE.may(found.status, "approve", actor.roles)
        and found.asked_by != actor.user
        and found.organization != actor.organization
    )
    return await page(
        request, "dispatch/co_approval.html", status, q=found, form=form, errors=errors, may=may, levels=LEVELS,
        answers=_answers(), reasons=words_of("co_approval_reason"), most=MOST_NOTE,
        events=[_event(row) for row in await queries.events(found.id)],
    )  # fmt: skip


def _event(row: dict[str, Any]) -> dict[str, str]:
    roles = _(", ").join(word("role", role) for role in row["role"].split(",") if role)
    return {
        "at": shown_time(row["at"]), "at_iso": row["at"].isoformat(), "what": word("co_approval_event", row["action"]),
        "who": f"{row['display_name']} · {roles}" if row["display_name"] else roles,
        "reason": word("co_approval_reason", row["reason"]) if row["reason"] else "",
        "level": LEVELS.get(row["action"].partition(".")[2], "neutral"),
    }  # fmt: skip


async def open_questions(actor: Actor) -> int:
    """How many questions wait for the actor's answer."""
    return len(await _mine(actor))


async def todo(actor: Actor, at: datetime) -> Todo:
    """The officer answers what stations ask."""
    found = Todo()
    if not allows(actor.roles, "co_approval.decide"):
        return found
    ids = await queries.to_decide(actor)
    label = _("Offers to the station's own agency")
    found.counts.append(TodoCount(label, len(ids), "/co-approvals", "warn" if ids else "neutral"))
    for row in await queries.listed(actor, "asked", MOST_ROWS, 0):
        if row.id in ids:
            who = _(", ").join(part for part in (row.number, row.village, row.organization_name) if part)
            what = _("Agree or refuse: {service}", service=word("service", row.service))
            found.rows.append(
                TodoRow(what, who, f"/co-approvals/{row.id}", _("Look at the question"), since=row.asked_at)
            )
    return found


ROUTES = [list_questions, ask_all, decide_all, show_question, decide_one]
MENU = [
    MenuItem(64, "co-approvals", N_("Co-approvals"), "/co-approvals", "co_approval.read", "ok", open_questions,
             group="supply"),
]  # fmt: skip
TODO = [todo]
