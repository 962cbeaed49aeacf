"""What waits for a person about contracts after their signature, for the start page."""

from collections import Counter
from datetime import datetime
from typing import Any

from bangfu.contracts.life_tables import Amendment
from bangfu.contracts.risk_reading import watched
from bangfu.shared.actor import Actor
from bangfu.shared.i18n import _
from bangfu.shared.web.frame import Todo, TodoCount, TodoRow, rows_wanted

ROWS = 6
_BUREAU = "c.division LIKE {}"
_OWN = "c.supplier = {}"
_AMENDMENTS = {
    "finance_officer": "a.status = 'proposed' AND (a.kind = 'quantity' OR (a.buyer_agreed_at IS NOT NULL"
    " AND a.supplier_agreed_at IS NOT NULL))",
    "bureau_lead": "a.status = 'checked' OR (a.status = 'approved' AND a.buyer_signed_at IS NULL)",
    "bureau_officer": "a.status = 'signed' OR (a.status = 'proposed' AND a.kind = 'terms'"
    " AND a.buyer_agreed_at IS NULL)",
    "provider_manager": "(a.status = 'approved' AND a.supplier_signed_at IS NULL) OR (a.status = 'proposed'"
    " AND a.kind = 'terms' AND a.supplier_agreed_at IS NULL)",
}
"""Role -> which amendments wait for it."""
_WATCHERS = ("bureau_lead", "finance_officer", "auditor")
"""Who is told on the start page how many contracts stand at risk."""


async def todo(actor: Actor, at: datetime) -> Todo:
    """Amendments to agree to, check, approve, sign, publish; milestones to report and confirm; sub-contracting to
    consent to; acceptances to write; contracts to close."""
    result = Todo()
    if actor.has(*_WATCHERS):
        await _risks(result, actor, at)
    role = next((each for each in _AMENDMENTS if actor.has(each)), "")
    if not role:
        return result
    own = role == "provider_manager"
    area, value = (_OWN, actor.organization) if own else (_BUREAU, f"{actor.scope}%" if actor.scope else "")
    base = "/my-contracts" if own else "/contracts"
    await _amendments(result, role, area, value, base)
    for label, button, path, condition in _others(role):
        await _add(result, label, button, base, path, area, value, condition)
    return result


async def _risks(result: Todo, actor: Actor, at: datetime) -> None:
    levels = Counter(each.risk.level for each in await watched(actor, at))
    result.counts += [
        TodoCount(_("Contracts at high risk"), levels["bad"], "/contracts/risks?level=bad",
                  "bad" if levels["bad"] else "neutral"),
        TodoCount(_("Contracts that need attention"), levels["warn"], "/contracts/risks?level=warn",
                  "warn" if levels["warn"] else "neutral"),
    ]  # fmt: skip


async def _amendments(result: Todo, role: str, area: str, value: object, base: str) -> None:
    rows = await Amendment.raw(
        "SELECT a.id, a.number, a.contract, a.proposed_at, c.number AS contract_number, c.project,"  # noqa: S608
        " count(*) OVER () AS n FROM contract_amendment a JOIN contract c ON c.id = a.contract"
        f" WHERE {area} AND ({_AMENDMENTS[role]}) ORDER BY a.proposed_at LIMIT {rows_wanted(ROWS)}",
        value,
    )
    if not rows:
        return
    result.counts.append(TodoCount(_("Amendments that wait for you"), rows[0]["n"], base, "info", of="amendments"))
    for row in rows:
        result.rows.append(
            TodoRow(
                what=_("Amendment {number} of {contract}", number=row["number"], contract=row["contract_number"]),
                who=row["project"], href=f"{base}/{row['contract']}/amendments/{row['id']}",
                button=_("Open the amendment"), since=row["proposed_at"], of="amendments",
            )
        )  # fmt: skip


def _others(role: str) -> list[tuple[str, str, str, str]]:
    """(label, button, path of the contract's page, condition on the contract) of what else waits for a role."""
    accepted = "EXISTS (SELECT 1 FROM contract_acceptance x WHERE x.contract = c.id AND x.kind = 'final'"
    reported = (
        _("Milestones to confirm"), _("Confirm the milestone"), "/milestones",
        "EXISTS (SELECT 1 FROM contract_milestone m WHERE m.contract = c.id AND m.status = 'done')",
    )  # fmt: skip
    return {
        "bureau_officer": [
            (_("Contracts to accept"), _("Write the acceptance"), "/acceptance",
             f"c.status = 'accepting' AND NOT {accepted} AND x.status = 'published')"),
            reported,
        ],
        "bureau_lead": [
            (_("Sub-contracting to decide on"), _("Decide on the request"), "/milestones",
             "EXISTS (SELECT 1 FROM contract_subcontract s WHERE s.contract = c.id AND s.status = 'asked')"),
        ],
        "finance_officer": [
            (_("Contracts to close"), _("Close the contract"), "/life",
             f"c.status = 'accepting' AND {accepted} AND x.status = 'published')"),
        ],
        "provider_manager": [
            (_("Milestones to report"), _("Report the milestone"), "/money",
             "EXISTS (SELECT 1 FROM contract_milestone m WHERE m.contract = c.id AND m.status = 'open'"
             " AND m.side = 'supplier' AND m.due_on <= current_date + 14) AND c.status IN ('active', 'published')"),
        ],
    }[role]  # fmt: skip


async def _add(
    result: Todo, label: str, button: str, base: str, path: str, area: str, value: object, condition: str
) -> None:
    rows: list[dict[str, Any]] = await Amendment.raw(
        f"SELECT c.id, c.number, c.project, count(*) OVER () AS n FROM contract c WHERE {area} AND {condition}"  # noqa: S608 (constants)
        f" ORDER BY c.number LIMIT {rows_wanted(ROWS)}",
        value,
    )
    if not rows:
        return
    of = f"contracts{path.replace('/', '-')}"
    result.counts.append(TodoCount(label, rows[0]["n"], base, "info", of=of))
    result.rows += [
        TodoRow(f"{label} · {row['number']}", row["project"], f"{base}/{row['id']}{path}", button, of=of)
        for row in rows
    ]
