"""What several pages of households share: the frame's context, the forms, the detail page."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from bangfu.divisions.queries import villages_for
from bangfu.errors import FormError
from bangfu.households import contacts, kinship, queries, reading, review_rules, rules, tabs, timeline
from bangfu.households.consent_queries import published_texts
from bangfu.households.head_facts import facts_of
from bangfu.households.labels import summary
from bangfu.households.leavings import undoable
from bangfu.households.people import members
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, page

LISTS = ("tags", "health_tags", "disability_types", "time_wishes", "purposes")
"""Fields with several values."""


async def detail_page(request: Request, household: UUID, *, reveal: str = "", status: int = 200, **more: Any) -> Page:
    """The page of one household: people, contacts, relatives, grounds, facts."""
    head, actor = await head_of(request, household, "people", reveal), request.actor
    people = await members(household, today(), reveal, roles=actor.roles, left=True)
    await reading.note_children(actor, household, people, "household", now())
    return await page(
        request, "households/show.html", status, **head, members=[one for one in people if one.left_on is None],
        gone=[one for one in people if one.left_on is not None], undoable=await undoable(household, actor, today()),
        contacts=await contacts.contacts_of(household, reveal),
        relatives=await kinship.relatives(household, actor.user),
        grounds=await queries.grounds(household, today()), **more,
    )  # fmt: skip


async def head_of(request: Request, household: UUID, tab: str, reveal: str = "") -> dict[str, Any]:
    """What households/frame.html needs on every tab; the access check is here.

    Raises:
        NotYours: for a household of another area.
    """
    actor = request.actor
    shown = await queries.household_for(actor, household, reveal)
    events, more = await timeline.page_of_household(household, reader=actor)
    served = shown.status in {"active", "grace"}
    return {
        "household": shown,
        "reveal": reveal,
        "review_state": review_rules.state_of(shown.next_review_on, today()),
        "live": await queries.live_grounds(household, today()),
        "tabs": tabs.tabs_of(actor, household, tab),
        "head_facts": await facts_of(actor, household, now()),
        "events": timeline.shown(events, own=str(household), roles=actor.roles),
        "older": f"/households/{household}/events" if more else "",
        "unmask_groups": rules.unmaskable(actor.roles) if allows(actor.roles, "households.unmask") else [],
        "may_record": allows(actor.roles, "households.record") and served,
        "may_need": allows(actor.roles, "needs.record") and served,
        "may_decide": allows(actor.roles, "households.status"),
        "may_declare": not actor.has("auditor"),
    }


def chosen_of(form: Form) -> dict[str, list[str]]:
    """The fields with several values, as ticked."""
    return {name: form.many(name) for name in LISTS}


async def form_page(
    request: Request, template: str, form: Mapping[str, str], chosen: Mapping[str, list[str]], *,
    error: FormError | None = None, status: int = 200, told: str = "", **more: Any,
) -> Page:  # fmt: skip
    """A form as it was typed, with what has to be corrected."""
    errors = error_texts(error.fields) if error else ({"": told} if told else {})
    return await page(
        request, template, 422 if error else status, form=form, chosen=chosen, errors=errors, faults=summary(errors),
        villages=await villages_for(request.actor), texts=await published_texts(today()), **more,
    )  # fmt: skip
