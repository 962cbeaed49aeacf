"""The page of one need, shown by reading it and again when a decision's form has a fault."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from bangfu.households.consents import grounds_for
from bangfu.households.labels import summary
from bangfu.households.queries import live_grounds, members
from bangfu.households.timeline import events_of, shown
from bangfu.needs import emergency, queries, rules
from bangfu.needs.items import is_misfit, item_called
from bangfu.needs.labels import labels_for
from bangfu.needs.moves import had_a_hand_in
from bangfu.needs.queries import NeedView
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import format_windows
from bangfu.shared.clock import now, today
from bangfu.shared.masking_filters import shown_date
from bangfu.shared.permissions import allows
from bangfu.shared.web.pages import Page, Request, page

NEEDS_ANOTHER_PERSON = ("confirm", "reject", "reopen")


async def need_page(
    request: Request, need: UUID, *, status: int = 200, form: Mapping[str, str] | None = None,
    errors: dict[str, str] | None = None, tried: str = "",
) -> Page:  # fmt: skip
    """One need; `tried` names the action whose form comes back with `errors`.

    Raises:
        NotYours: for a need of another area.
    """
    found = await queries.need_for(request.actor, need)
    own = await had_a_hand_in(request.actor, need, found.submitted_by, found.created_by)
    return await page(
        request, "needs/show.html", status, need=found, at=now(), **_allowed(request.actor, found, own),
        events=shown(await events_of(need), own=str(need)), hours=_hours(found), person=await _person(found),
        grounds=await _covering(found),
        form=form or {}, errors=errors or {}, faults=summary(errors or {}, labels_for(tried)), tried=tried,
        item=await item_called(found.item, found.item_version),
        misfit=await is_misfit(found.household, found.service, found.person),
        **await _emergency(request.actor, found, own),
    )  # fmt: skip


def _allowed(actor: Actor, need: NeedView, own: bool) -> dict[str, Any]:
    """The actions of the table for this person; what another person has to do is named, not offered."""
    offered = list(rules.actions_for(need.status, actor.roles))
    if need.status == "suspended":
        other = "resume_service" if need.suspended_from == "assigned" else "resume_assigned"
        offered = [action for action in offered if action != other]
    expired = need.due_at is not None and need.due_at < now()
    return {
        "offered": [
            action
            for action in offered
            if not (own and action in NEEDS_ANOTHER_PERSON)
            and not (action == "reopen" and expired)
            and action not in {"start_matching", *(() if need.reason else ("submit",))}
        ],
        "needs_other": own and bool(set(offered) & set(NEEDS_ANOTHER_PERSON)),
        "may_edit": need.status == "draft" and allows(actor.roles, "needs.record"),
        "may_repeat": need.status in {"rejected", "cancelled"} and allows(actor.roles, "needs.record"),
    }


async def _emergency(actor: Actor, need: NeedView, own: bool) -> dict[str, Any]:
    """What an emergency need shows of its papers, and what this person may do about them."""
    if not need.emergency:
        return {"papers": [], "may_help_first": False, "may_add_papers": False}
    officer = rules.may(need.status, "confirm", actor.roles) and not own
    adds = need.papers == "due" and allows(actor.roles, "needs.papers")
    papers = await emergency.papers_of(need.id, need.household, today())
    if not allows(actor.roles, "needs.papers"):
        papers = [replace(paper, reference="") for paper in papers]
    return {
        "papers": papers,
        "may_help_first": officer,
        "may_add_papers": adds,
    }


def _hours(need: NeedView) -> str:
    locale = "en" if i18n.current() == "en" else "zh_CN"
    return format_windows(need.windows, locale) if need.windows else i18n._("any time")


async def _person(need: NeedView) -> str:
    found = [member for member in await members(need.household, today()) if member.id == need.person]
    return f"{found[0].name} · {i18n.word('relation', found[0].relation)}" if found else ""


async def _covering(need: NeedView) -> list[tuple[str, str]]:
    """The grounds on which this need may be confirmed: (id, words)."""
    covering = set(await grounds_for(need.household, "service", today(), need.person))
    return [(str(g.id), _ground_text(g)) for g in await live_grounds(need.household, today()) if g.id in covering]


def _ground_text(ground: Any) -> str:
    word = i18n.word("consent_ground", ground.ground)
    if ground.ground == "statutory":
        return f"{word} · {ground.statute}"
    relation = i18n.word("relation", ground.giver_relation)
    return f"{word} · {ground.giver} ({relation}) · {shown_date(ground.given_on)}"
