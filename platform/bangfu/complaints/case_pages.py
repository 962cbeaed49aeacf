"""The page of one complaint, shown by reading it and again when a step's form has a fault."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.complaints import choices, deciding, forms, queries, routing, rules
from bangfu.complaints.seeing import complaint_for, may_know_reporter, may_take
from bangfu.complaints.tables import Complaint
from bangfu.errors import FormError, Refused
from bangfu.households.labels import summary
from bangfu.households.timeline import events_of, shown
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.permissions import allows
from bangfu.shared.web.pages import Page, Request, error_texts, page

_LISTS = {
    "kinds": "complaint_kind", "severities": "complaint_severity", "routes": "complaint_route",
    "heard": "complaint_heard", "evidence_kinds": "complaint_evidence", "ways": "complaint_reply_way",
    "identity_reasons": "complaint_identity", "targets": "complaint_target", "satisfied": "complaint_satisfied",
}  # fmt: skip


def reads_record(actor: Actor, row: Complaint) -> bool:
    """Whether the person reads facts and record: who handles or oversees it. Who entered it sees the state."""
    return actor.has("auditor", "bureau_lead") or row.handler == actor.user or may_take(actor, row)


async def show(
    request: Request, complaint: UUID, *, form: Mapping[str, str] | None = None, error: FormError | None = None,
    tried: str = "", reveal: bool = False, refused: Refused | None = None,
) -> Page:  # fmt: skip
    """One complaint; `tried` names the step whose form comes back with what was typed, `refused` says why the step is
    not possible now, `reveal` shows once who complained.

    Raises:
        NotYours: if the person does not see it.
    """
    actor, at = request.actor, now()
    row = await complaint_for(actor, complaint)
    errors = error_texts(error.fields) if error else {}
    faults = summary(errors, forms.LABELS)
    if refused is not None:
        faults = [("", i18n.sentence(refused.message, refused.params))]
    reads = reads_record(actor, row)
    return await page(
        request, "complaints/show.html", 409 if refused else 422 if error else 200,
        case=await queries.case_of(row, reveal=reveal), c=row, at=at, tried=tried, form=form or {},
        errors=errors, faults=faults, reads=reads, refused=refused,
        revealed=reveal, identity=may_know_reporter(actor, row) and not row.anonymous and not row.self_reported,
        clock=_clock(row, at), critical=_critical(row, at), key=str(uuid4()), rules=rules,
        events=shown(await events_of(complaint), own=str(complaint)) if reads else [],
        **{name: i18n.words_of(group) for name, group in _LISTS.items()},
        **await _offered(actor, row), **await _missing(row),
    )  # fmt: skip


def _clock(row: Complaint, at: datetime) -> str:
    """The clock that ends first, in words: of a critical one the contact."""
    contact = rules.limits_of(row.severity, row.petition).contact
    if contact and row.contacted_at is None and row.round == 0 and row.status != "decided":
        return rules.urgency(row.status, row.entered_at + contact, row.entered_at + contact, at)
    return rules.urgency(row.status, row.accept_due, row.close_due, at)


def _critical(row: Complaint, at: datetime) -> list[tuple[str, datetime, bool]]:
    """What a critical one still owes: (contact or plan, until when, whether that is over)."""
    limits = rules.limits_of(row.severity, row.petition)
    if row.round or row.status not in ("received", "accepted", "investigating"):
        return []
    found: list[tuple[str, datetime, bool]] = []
    for what, span, done in (("contact", limits.contact, row.contacted_at), ("plan", limits.plan, row.planned_at)):
        if span is not None and done is None:
            due = row.entered_at + span
            found.append((what, due, at > due))
    return found


async def _offered(actor: Actor, row: Complaint) -> dict[str, Any]:
    """What the person may do here, or in words why not."""
    takes = may_take(actor, row) and allows(actor.roles, "complaints.decide")
    barred = await routing.barred(actor.me, row) if takes else ""
    handles = takes and row.handler == actor.user and not barred
    going = row.status in ("accepted", "investigating", "decided", "replied")
    gives = takes and going and (handles or actor.has("bureau_lead") or row.handler is None)
    linking = takes and row.status in ("received", "accepted", "investigating") and not barred
    links = linking and (row.handler == actor.user or row.status == "received" or row.handler is None)
    return {
        "takes": takes and not barred, "barred": barred, "handles": handles, "gives": gives, "links": links,
        "mine": row.handler == actor.user,
        "extends": allows(actor.roles, "complaints.extend") and row.handler != actor.user and row.extended_at is None
        and row.status in ("accepted", "investigating", "decided"),
        "others": await choices.handlers(actor, row.level, row.division, list(row.excluded)) if gives else [],
        "organizations": await choices.organizations(actor) if links else [],
        "staff": await choices.staff(actor) if links else [],
        "may_reopen": takes and rules.may_reopen(row.status, row.round, row.closed_at, now()),
    }  # fmt: skip


async def _missing(row: Complaint) -> dict[str, Any]:
    if row.status != "investigating":
        return {"missing": [], "results": []}
    found = await deciding.hindrances(row, "substantiated", now())
    results = [(code, i18n.word("complaint_result", code)) for code in rules.results_of(row.intake)]
    return {"missing": [i18n.sentence(deciding.MISSING[code], {}) for code in found], "results": results}
