"""The pages of dispatch, their places in the menu, and what they put on the start page."""

from dataclasses import replace
from datetime import datetime

from bangfu.dispatch import (
    assignment_routes,
    carer_work,
    contract_endings,
    own_routes,
    provider_routes,
    queries,
    relocating,
    task_routes,
)
from bangfu.dispatch.queries import Task, View
from bangfu.errors import N_
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.i18n import _, word
from bangfu.shared.permissions import allows
from bangfu.shared.web.frame import MenuItem, Todo, TodoCount, TodoRow, rows_wanted

ROUTES = [*task_routes.ROUTES, *own_routes.ROUTES, *assignment_routes.ROUTES, *provider_routes.ROUTES]
MOST_ROWS = 8
relocating.register()
carer_work.register()
contract_endings.register()


async def new_tasks(actor: Actor) -> int:
    """Offers that wait for the organisation's answer."""
    return (await queries.tasks(actor, "organization", now(), state="offered", limit=1))[1]


async def my_new_tasks(actor: Actor) -> int:
    """Offers that wait for one's own answer."""
    return (await queries.tasks(actor, "own", now(), state="offered", limit=1))[1]


MENU = [
    MenuItem(30, "tasks", N_("Tasks"), "/tasks", "tasks.organization", "visit", new_tasks, phone=1),
    MenuItem(30, "my-tasks", N_("My tasks"), "/my-tasks", "tasks.own", "visit", my_new_tasks, phone=1),
    MenuItem(40, "assignments", N_("Assignments"), "/assignments", "dispatch.read", "dispatch", phone=8),
    MenuItem(58, "organization", N_("Our carers and contracts"), "/organization", "own_organization.read",
             "organisation", group="supply"),
    MenuItem(60, "providers", N_("Providers"), "/providers", "providers.read", "organisation", group="supply"),
]  # fmt: skip


async def todo(actor: Actor, at: datetime) -> Todo:
    """New tasks for who answers them; what came back or is about to expire for the dispatcher."""
    found = Todo()
    if allows(actor.roles, "tasks.organization"):
        await _offers(found, actor, "organization", "/tasks", at)
    if allows(actor.roles, "tasks.own"):
        await _offers(found, actor, "own", "/my-tasks", at)
    if allows(actor.roles, "dispatch.cancel"):
        await _station(found, actor, at)
    return found


async def _offers(found: Todo, actor: Actor, view: View, path: str, at: datetime) -> None:
    tasks, total = await queries.tasks(actor, view, at, state="offered", limit=rows_wanted(MOST_ROWS))
    of = "my-offers" if view == "own" else ""  # the organisation's list has a tab for them
    found.counts.append(TodoCount(_("New tasks"), total, path, "warn" if total else "neutral", of=of))
    found.rows += [
        replace(
            _row(task, f"{path}/{task.id}", _("New task: {service}", service=word("service", task.service)),
                 _("Answer the task"), until=task.deadline), of=of,
        )
        for task in tasks
    ]  # fmt: skip


async def _station(found: Todo, actor: Actor, at: datetime) -> None:
    returned, _total = await queries.tasks(actor, "scope", at, state="returned", limit=MOST_ROWS)
    due, due_total = await queries.tasks(actor, "scope", at, state="due", limit=MOST_ROWS)
    found.counts += [
        TodoCount(_("About to expire"), due_total, "/assignments?state=due", "warn" if due_total else "neutral"),
    ]
    found.rows += [
        _row(task, f"/assignments/{task.id}",
             _("{status}: {service}", status=word("assignment_status", task.status),
               service=word("service", task.service)),
             _("Decide who is next"), since=task.ended_at)
        for task in returned
    ]  # fmt: skip
    found.rows += [
        _row(task, f"/assignments/{task.id}",
             _("No answer yet: {service}", service=word("service", task.service)), _("See the assignment"),
             since=task.offered_at, until=task.deadline, waiting=True)
        for task in due
    ]  # fmt: skip


def _row(
    task: Task, href: str, what: str, button: str, *, since: datetime | None = None, until: datetime | None = None,
    waiting: bool = False,
) -> TodoRow:  # fmt: skip
    who = _(", ").join(part for part in (task.number, task.village, task.organization_name) if part)
    return TodoRow(what, who, href, button, since, until, "waiting" if waiting else "today")


TODO = [todo]
