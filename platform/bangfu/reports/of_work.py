"""Figures of visits, money, complaints and deadlines: of a quarter, of a year or as they stand now."""

from typing import Final

from bangfu.complaints import rules as complaint_rules
from bangfu.quality.life_rules import TOLD
from bangfu.reports.figure import Figure, places
from bangfu.supervision.queries import OPEN_TASK, PAST
from bangfu.visits.life_rules import DELIVERED, STATES

DUE: Final = tuple(state for state in STATES if state not in {"cancelled", "excused"})
DONE: Final = tuple(state for state in STATES if state in DELIVERED)
VERIFIED: Final = ("verified", "settled")


def _visits(code: str, states: tuple[str, ...]) -> Figure:
    named = ", ".join(f"'{state}'" for state in states)
    return Figure(
        code, "visits", "visits.read", "quarter",
        "visit v JOIN household h ON h.id = v.household WHERE v.division LIKE @area AND v.planned_start >= @since"
        f" AND v.planned_start < @until AND v.status IN ({named})", "v.id",
        "v.id, v.number, h.head_name AS name, v.division, v.service AS what, v.planned_start AS at", "service",
        "/visits/",
        {**places("v.division"), "service": "v.service", "carer_kind": "v.carer_kind", "status": "v.status",
         "evidence": "v.evidence"},
        visits={"status": states}, order=("v.planned_start", "v.id"),
    )  # fmt: skip


_COMMITTED = (
    "commitment c JOIN fund f ON f.id = c.fund JOIN contract k ON k.id = c.contract"
    " JOIN contract_line l ON l.id = c.line WHERE f.division LIKE @area"
)
_ENTRY = "k.id, k.number, k.project AS name, k.division, l.service AS what, c.at, c.id AS entry"
_MONTH = "to_char(c.at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')"
_FUNDS = "fund f WHERE f.division LIKE @area AND f.cap_share IS NOT NULL AND f.total IS NOT NULL AND f.year = @year"
_TOLD = ", ".join(f"'{state}'" for state in sorted(TOLD))
_SCORES = (
    "quarter_score s JOIN score_revision r ON r.score = s.id AND r.revision = s.revision AND r.scored"
    " LEFT JOIN organization o ON o.id = s.organization WHERE s.kind = 'contract' AND s.division LIKE @area"
    f" AND s.year = @year AND s.quarter = @quarter AND s.status IN ({_TOLD})"
)
_SCORE = "s.id, s.number, coalesce(o.name, '') AS name, s.division, r.final_band AS what, s.published_at AS at"
_COMPLAINT = "c.id, c.number, '' AS name, c.division, c.status AS what, c.entered_at AS at"
_BY_COMPLAINT = {
    "complaint_status": "c.status", "complaint_kind": "nullif(c.kind, '')", **places("c.division"),
}  # fmt: skip
_TASKS = "supervision_task t WHERE t.division LIKE @area AND " + PAST.replace("{}", "@user")
_TASK = "t.id, t.number, '' AS name, left(t.division, 9) AS division, t.kind AS what, t.due_at AS at"
_BY_TASK = {"kind": "t.kind", "unit": "t.unit", **places("t.division")}
_ENDED = " AND t.status = 'cancelled' AND t.closed_at >= @since AND t.closed_at < @until"


def _tasks(code: str, time: str, more: str) -> Figure:
    return Figure(
        code, "deadlines", "supervision.board", "quarter" if time == "quarter" else "now", _TASKS + more, "t.id",
        _TASK, "timed_kind", "/supervision/", _BY_TASK,
    )  # fmt: skip


def _complaints(code: str, time: str, more: str) -> Figure:
    return Figure(
        code, "complaints", "complaints.read", "quarter" if time == "quarter" else "now",
        "complaint c WHERE c.division LIKE @area AND @seen" + more, "c.id", _COMPLAINT, "complaint_status",
        "/complaints/", _BY_COMPLAINT,
    )  # fmt: skip


FIGURES: Final = (
    _visits("visits_due", DUE),
    _visits("visits_done", DONE),
    _visits("visits_verified", VERIFIED),
    _visits("visits_missed", ("missed",)),
    Figure("money_committed", "money", "budgets.read", "quarter", _COMMITTED + " AND c.at >= @since AND c.at < @until",
           "c.id", _ENTRY, "service", "/contracts/", {"source": "f.source", "service": "l.service"},
           "c.amount", county=True),
    Figure("money_verified", "money", "contracts.read", "quarter",
           "contract_movement m JOIN contract_line l ON l.id = m.line JOIN contract k ON k.id = l.contract"
           " WHERE m.kind = 'verified' AND m.at >= @since AND m.at < @until AND k.division LIKE @area", "m.id",
           "k.id, k.number, k.project AS name, m.division, l.service AS what, m.at, m.id AS entry",
           "service", "/contracts/", {"source": "l.fund_source", "service": "l.service"}, "m.amount", county=True,
           order=("m.at", "m.id")),
    Figure("money_paid", "money", "settlements.read", "quarter",
           "payment_item i JOIN payment_batch b ON b.id = i.batch WHERE b.division LIKE @area AND i.result = 'paid'"
           " AND i.paid_on >= @first AND i.paid_on < @next", "i.id",
           "i.id, b.number || '-' || i.place AS number, '' AS name, b.division, i.result AS what, i.answered_at AS at",
           "item_result", "/payments", {}, "i.amount", county=True),
    Figure("cap_used", "cap", "budgets.read", "year",
           _COMMITTED + " AND f.cap_share IS NOT NULL AND f.total IS NOT NULL AND f.year = @year", "c.id", _ENTRY,
           "service", "/contracts/", {"service": "l.service", "month": _MONTH}, "c.amount", county=True),
    Figure("cap_total", "cap", "budgets.read", "year", _FUNDS, "f.id",
           "f.id, f.year::text AS number, '' AS name, f.division, f.source AS what, NULL::timestamptz AS at",
           "fund_source", "/budgets/", {"source": "f.source"}, "round(f.total * f.cap_share, 2)", county=True),
    Figure("scores", "scores", "quality.read", "quarter", _SCORES, "s.id", _SCORE, "score_band", "/scores/",
           {"band": "r.final_band"}, county=True),
    _complaints("complaints_received", "quarter", " AND c.entered_at >= @since AND c.entered_at < @until"),
    _complaints("complaints_open", "now", f" AND c.status IN {complaint_rules.OPEN!r}"),
    _tasks("deadlines_open", "now", f" AND {OPEN_TASK}"),
    _tasks("deadlines_late", "now",
           f" AND {OPEN_TASK} AND t.due_at < @now AND t.paused_at IS NULL AND t.status <> 'feedback'"),
    _tasks("deadlines_ended", "quarter", _ENDED),
    _tasks("deadlines_in_time", "quarter", _ENDED + " AND t.closed_at <= t.due_at"),
)  # fmt: skip
