"""Pages of goals: those of a need, and those of the area that wait for somebody."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.needs.queries import need_for
from bangfu.quality import goals
from bangfu.quality.goal_rules import GOAL_STATES, LONGEST
from bangfu.shared.civil_time import parse_date
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import Page as ListPage
from bangfu.shared.web.paging import page_number

READ = [requires("goals.read")]
SET = [requires("goals.set")]
CONFIRM = [requires("goals.confirm")]
_SIZE = 30


@get("/goals", guards=READ)
async def list_goals(request: Request) -> Page:
    """The area's goals in one state; what waits for the reader comes first."""
    usual = "judged" if allows(request.actor.roles, "goals.confirm") else "open"
    status = request.query_params.get("status", usual)
    status = status if status in GOAL_STATES else usual
    current = page_number(request.query_params.get("page"))
    rows, total = await goals.goals_due(request.actor, status, _SIZE, (current - 1) * _SIZE)
    return await page(
        request, "quality/goals.html", rows=rows, chosen=status, states=GOAL_STATES, today=today(),
        paging=ListPage(current, total, "/goals", {"status": status}, _SIZE),
    )  # fmt: skip


@get("/needs/{need:uuid}/goals", guards=READ)
async def show_goals(request: Request, need: FromPath[UUID]) -> Page:
    """The goals of a need, and the form of a new one."""
    return await _goals_page(request, need)


async def _goals_page(
    request: Request, need: UUID, form: Mapping[str, Any] | None = None, error: FormError | None = None
) -> Page:
    return await page(
        request, "quality/need_goals.html", 422 if error else 200, need=await need_for(request.actor, need),
        goals=await goals.goals_of(request.actor, need), form=form or {"key": str(uuid4())}, longest=LONGEST,
        errors=error_texts(error.fields) if error else {}, may_set=allows(request.actor.roles, "goals.set"),
        today=today(),
    )  # fmt: skip


@post("/needs/{need:uuid}/goals", guards=SET, status_code=200)
async def set_goal(request: Request, need: FromPath[UUID]) -> Page:
    """A new goal."""
    await need_for(request.actor, need)
    form = Form.of(await request.form())
    try:
        key, text = form.uuid("key", required=False), form.text("text", most=LONGEST)
        due_on = form.day("due_on", parse_date)
        form.check()
        assert due_on is not None  # noqa: S101 (checked above)
        await goals.set_goal(request.actor, need, key or uuid4(), text, due_on, now())
    except FormError as error:
        return await _goals_page(request, need, form, error)
    await flash(request, "ok", N_("The goal is set. It is judged when its day comes."))
    return go(request, f"/needs/{need}/goals")


@get("/goals/{goal:uuid}", guards=READ)
async def show_goal(request: Request, goal: FromPath[UUID]) -> Page:
    """One goal with the next step."""
    return await _goal_page(request, goal)


async def _goal_page(
    request: Request, goal: UUID, form: Mapping[str, Any] | None = None, error: FormError | None = None
) -> Page:
    roles = request.actor.roles
    return await page(
        request, "quality/goal.html", 422 if error else 200, goal=await goals.goal_of(request.actor, goal),
        form=form or {}, errors=error_texts(error.fields) if error else {}, may_set=allows(roles, "goals.set"),
        may_confirm=allows(roles, "goals.confirm"), longest=LONGEST, today=today(),
    )  # fmt: skip


async def _act(request: Request, goal: UUID, act: Callable[[Form], Awaitable[None]], done: str) -> Page:
    await goals.goal_of(request.actor, goal)
    form = Form.of(await request.form())
    try:
        await act(form)
    except FormError as error:
        return await _goal_page(request, goal, form, error)
    await flash(request, "ok", done)
    return go(request, f"/goals/{goal}")


@post("/goals/{goal:uuid}/judge", guards=SET, status_code=200)
async def judge_goal(request: Request, goal: FromPath[UUID]) -> Page:
    """open -> judged."""

    async def act(form: Form) -> None:
        met, words = form.choice("met", ("met", "not_met")), form.text("words", most=LONGEST)
        form.check()
        await goals.judge(request.actor, goal, met == "met", words, now())

    return await _act(request, goal, act, N_("The goal is judged. Next: the township confirms it."))


@post("/goals/{goal:uuid}/confirm", guards=CONFIRM, status_code=200)
async def confirm_goal(request: Request, goal: FromPath[UUID]) -> Page:
    """judged -> confirmed."""

    async def act(_: Form) -> None:
        await goals.confirm(request.actor, goal, now())

    return await _act(request, goal, act, N_("Confirmed: the goal counts in the quarter of its day."))


@post("/goals/{goal:uuid}/return", guards=CONFIRM, status_code=200)
async def return_goal(request: Request, goal: FromPath[UUID]) -> Page:
    """judged -> open."""

    async def act(_: Form) -> None:
        await goals.give_back(request.actor, goal, now())

    return await _act(request, goal, act, N_("Returned: the goal is to be judged again."))


@post("/goals/{goal:uuid}/drop", guards=SET, status_code=200)
async def drop_goal(request: Request, goal: FromPath[UUID]) -> Page:
    """open -> dropped."""

    async def act(form: Form) -> None:
        await goals.drop(request.actor, goal, form.text("reason", required=False), now())

    return await _act(request, goal, act, N_("The goal is dropped; it counts for nobody."))


GOALS: list[Any] = [
    list_goals, show_goals, set_goal, show_goal, judge_goal, confirm_goal, return_goal, drop_goal,
]  # fmt: skip
