"""The page of one visit for the office, shown by reading it and again when a decision's form has a fault."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError
from bangfu.households.labels import summary
from bangfu.households.reading import note_read
from bangfu.households.timeline import events_of, shown
from bangfu.households.words import WORDS as HOUSEHOLD_WORDS
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.permissions import allows
from bangfu.shared.web.pages import Page, Request, error_texts, page
from bangfu.verification import deciding, queries
from bangfu.verification.decisions import CLEAR_REASONS, DISPUTE_REASONS, OPEN_FLAGS, REJECT_REASONS
from bangfu.verification.queries import VisitPage
from bangfu.visits.tables import Visit

LABELS: Mapping[str, str] = {
    "reject_reason": N_("Reason"), "reject_text": N_("Remark"), "flag_text": N_("Remark"),
    "dispute_reason": N_("Reason"), "dispute_text": N_("Remark"), "outcome": N_("Decision"),
    "decision_reason": N_("Reason"), "decision_text": N_("Remark"), "why": N_("Reason for viewing"),
    "why_text": N_("Remark"),
}  # fmt: skip


FOLLOWS_UP = ("needs.record", "needs.decide", "planning.run")
"""Who reads at once what a home needs beside; others open the words with a reason."""


async def visit_page(
    request: Request, visit: UUID, *, form: Mapping[str, str] | None = None, error: FormError | None = None,
    tried: str = "", opened: bool = False,
) -> Page:  # fmt: skip
    """One visit; `tried` names the action whose form comes back; `opened`: the sealed words are shown once.

    Raises:
        NotYours: if it is not of the actor's area.
    """
    actor = request.actor
    row = await queries.visit_of(actor, visit)
    found = await queries.page_of(row, opened=opened, needs=any(allows(actor.roles, one) for one in FOLLOWS_UP))
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "verification/visit.html", 422 if error else 200, x=found, v=row, at=now(), tried=tried, opened=opened,
        form=form or {}, errors=errors, faults=summary(errors, LABELS), key=str(uuid4()),
        **await _offered(actor, found), events=shown(await events_of(visit), own=str(visit)), reasons=_reasons(),
        unmask_reasons=[(code, i18n.word("unmask_reason", code)) for code in HOUSEHOLD_WORDS["unmask_reason"]],
    )  # fmt: skip


def _reasons() -> dict[str, list[tuple[str, str]]]:
    groups: tuple[tuple[str, Sequence[str]], ...] = (
        ("clear_reason", CLEAR_REASONS), ("reject_reason", REJECT_REASONS), ("dispute_reason", DISPUTE_REASONS),
    )  # fmt: skip
    return {group: [(code, i18n.word(group, code)) for code in codes] for group, codes in groups}


async def _offered(actor: Actor, found: VisitPage) -> dict[str, Any]:
    """What this person may do here, and in words why not."""
    status = found.v["status"]
    decides = allows(actor.roles, "verification.decide") and status in {"submitted", "flagged"}
    disputes = allows(actor.roles, "verification.dispute")
    row = await Visit.objects().get(Visit.id == found.v["id"]) if decides or disputes else None
    barred = deciding.own_side(actor, row) if row is not None else ""
    hindering: list[str] = []
    if decides and row is not None:
        flags = await deciding.open_flags(row.id)
        hindering = [each for each in await deciding.hindrances(row, flags) if each != OPEN_FLAGS]
    return {
        "decides": decides and not barred, "barred": barred if decides or (disputes and status == "verified") else "",
        "hindering": hindering,
        "clears": allows(actor.roles, "verification.decide") and not barred and status in {"verified", "disputed"},
        "may_dispute": disputes and not barred and status == "verified",
        "may_settle": disputes and not barred and status == "disputed",
        "may_open": allows(actor.roles, "assessments.answers"),
    }  # fmt: skip


async def note_photo(actor: Actor, row: Mapping[str, Any]) -> None:
    """A picture of a home was opened."""
    await note_read(actor, row["household"], None, "visit_picture", "verification", now())
