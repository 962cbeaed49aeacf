"""What waits for a person about settlements, for the start page: each sees the claims whose turn is theirs."""

from datetime import datetime, timedelta
from typing import Any

from bangfu.settlement import paying_reading, turns
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.shared.i18n import _
from bangfu.shared.web.frame import Todo, TodoCount, TodoRow, rows_wanted

ROWS = 3
"""Rows of one kind; the number above them opens the list."""


async def todo(actor: Actor, at: datetime) -> Todo:
    """Claims to make, review, approve or pay, deductions and accounts that another person decides, what is overdue."""
    result = Todo()
    if actor.has("provider_manager") and actor.organization is not None:
        await _own(result, actor)
    if actor.has("bureau_officer", "bureau_lead", "finance_officer"):
        await _claims(result, actor, at)
        await _decisions(result, actor)
    if actor.has("township_officer") and (n := await turns.subsidies_waiting(actor)):
        result.counts.append(TodoCount(_("Subsidies judged “poor” to review"), n, "/subsidies", "warn"))
    return result


async def _own(result: Todo, actor: Actor) -> None:
    rows, n = await turns.own_claims(actor.organization, rows_wanted(ROWS))
    result.counts.append(TodoCount(_("Payments to claim"), n, "/my-settlements", "warn" if n else "ok", of="claims"))
    result.rows += [
        _row(_("Claim {number}"), row, f"/my-settlements/{row['statement']}", _("Claim the payment"), of="claims")
        for row in rows
    ]


async def _claims(result: Todo, actor: Actor, at: datetime) -> None:
    counts = await paying_reading.claim_counts(actor, civil_date(at))
    for role, state, since, label, button in (
        ("bureau_officer", "claimed", "claimed_at", _("Claims to review"), _("Review the claim")),
        ("bureau_lead", "bureau_reviewed", "reviewed_at", _("Claims to approve"), _("Decide on the claim")),
        ("finance_officer", "lead_approved", "approved_at", _("Claims to pay"), _("Look at the claim")),
    ):
        if not actor.has(role):
            continue
        n = counts["states"].get(state, {}).get("n", 0)
        result.counts.append(TodoCount(label, n, f"/payments?state={state}", "warn" if n else "ok"))
        rows = (await paying_reading.payable(actor, state, ROWS, 0))[0] if n else []
        result.rows += [
            _row(_("Claim {number}"), {**row, "since": row[since]}, f"/settlements/{row['statement']}", button)
            for row in rows
        ]
    if counts["late"] and actor.has("finance_officer", "bureau_lead"):
        result.counts.append(TodoCount(_("Payments overdue"), int(counts["late"]), "/payments", "bad", of="overdue"))
        late, button = _("Payments overdue"), _("Look at the claim")
        result.rows += [
            _row(f"{late} · {{number}}", row, f"/settlements/{row['statement']}", button, of="overdue")
            for row in await paying_reading.late_claims(actor, civil_date(at), rows_wanted(ROWS))
        ]


async def _decisions(result: Todo, actor: Actor) -> None:
    """What one person noted or proposed and another decides."""
    if actor.has("bureau_lead"):
        for row in await turns.deductions(actor, ROWS):
            href = f"/settlements/{row['statement']}"
            result.rows.append(_row(_("Deduction from {number}"), row, href, _("Decide on the deduction")))
        for row in await turns.clauses(actor, ROWS):
            href = f"/contracts/{row['contract']}/settlement"
            result.rows.append(_row(_("Term of {number}"), row, href, _("Compare with the contract")))
        return
    rows, n = await turns.accounts_to_confirm(actor, rows_wanted(ROWS))
    if n:
        result.counts.append(TodoCount(_("Accounts of payees to confirm"), n, "/payees", "warn", of="accounts"))
        what, button = _("Account **** {number}"), _("Compare the account")
        result.rows += [_row(what, row, "/payees", button, of="accounts") for row in rows]


def _row(what: str, row: dict[str, Any], href: str, button: str, of: str = "") -> TodoRow:
    until = row.get("due_on")
    return TodoRow(
        what=what.format(number=row["number"]), who=str(row["organization_name"] or row.get("subject_number") or ""),
        href=href, button=button, since=row.get("since"),
        until=day_span(until)[1] - timedelta(minutes=1) if until else None, of=of,
    )  # fmt: skip
