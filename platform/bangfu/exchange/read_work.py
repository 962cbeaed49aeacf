"""What other systems may read of assignments, visits, complaints and the catalogue."""

from typing import Final

from bangfu.complaints.words import WORDS as COMPLAINTS
from bangfu.dispatch.rules import STATES as ASSIGNMENT_STATES
from bangfu.exchange.read_fields import (
    code,
    codes,
    day,
    ident,
    instant,
    money,
    or_null,
    text,
    town,
    truth,
    whole,
)
from bangfu.exchange.read_resource import Resource
from bangfu.shared.permissions import BUREAU, TOWNSHIP
from bangfu.shared.words import WORDS as SHARED
from bangfu.visits.words import WORDS as VISITS

_KINDS = tuple(SHARED["carer_kind"])
_OFFICES = sorted(TOWNSHIP | BUREAU | {"sysadmin"})
"""Complaints that go past one of these are not told: they could hear of them through a token."""
_ASSIGNMENT = code("status", "State.", ASSIGNMENT_STATES)
_VISIT = code("status", "State.", tuple(VISITS["visit_status"]))
_COMPLAINT = code("status", "State.", tuple(COMPLAINTS["complaint_status"]))
_VERSION = code("status", "State of the version.", ("published", "retired"))

ASSIGNMENTS: Final = Resource(
    "assignments", "A need that was offered to somebody, and what became of it.", "assignment t",
    (
        ident("id", "Stays the same."), text("number", "The number that people read out."), ident("need", "The need."),
        ident("household", "The household."), town("The township."), code("service", "Kind of service."),
        code("carer_kind", "Kind of carer.", _KINDS), ident("carer", "Who serves."),
        or_null(ident("organization", "Whose offer it is.")),
        or_null(ident("contract_line", "The line of the contract that pays.")), _ASSIGNMENT,
        whole("visits", "Visits in four weeks."), whole("minutes", "Minutes of a visit."),
        money("unit_price", "CNY a visit."), instant("offered_at", "When it was offered."),
        instant("deadline", "Until when it was to be answered."),
        or_null(instant("answered_at", "When it was answered.")), or_null(day("starts_on", "First day.")),
        or_null(instant("ended_at", "When it ended.")),
    ),
    permission="dispatch.read",
    own="t.organization = {}", status=_ASSIGNMENT, period="(t.offered_at AT TIME ZONE 'Asia/Shanghai')::date",
)  # fmt: skip
VISITS_READ: Final = Resource(
    "visits", "One dated visit; nothing of what was recorded at the door.", "visit t",
    (
        ident("id", "Stays the same."), text("number", "The number that people read out."),
        ident("assignment", "Its assignment."), ident("need", "Its need."), ident("household", "Its household."),
        town("The township."), code("service", "Kind of service."), text("item", "Item of the catalogue."),
        ident("carer", "The named server."), code("carer_kind", "Kind of carer.", _KINDS),
        or_null(ident("organization", "Whose visit it is.")),
        or_null(ident("contract_line", "The line of the contract that pays.")), money("unit_price", "CNY."), _VISIT,
        whole("minutes", "Standard duration."), instant("planned_start", "Planned from."),
        instant("planned_end", "Planned until."), or_null(instant("started_at", "Arrival.")),
        or_null(instant("ended_at", "Departure.")), text("evidence", "How far it is proved; empty before."),
        or_null(instant("submitted_at", "When it was sent to be checked.")),
        or_null(instant("decided_at", "When it was decided.")), truth("payable", "Whether it may be paid."),
    ),
    permission="visits.read",
    own="t.organization = {}", status=_VISIT, period="(t.planned_start AT TIME ZONE 'Asia/Shanghai')::date",
)  # fmt: skip
COMPLAINTS_READ: Final = Resource(
    "complaints",
    "That there is a complaint and how far it is: nothing of who complained, of what, or about whom. Complaints that"
    " are handled past an officer, or come from discipline inspection, are not told at all.",
    "complaint t",
    (
        ident("id", "Stays the same."), town("The township."), code("intake", "What it is."), _COMPLAINT,
        code("kind", "Kind; empty before it is known."), code("severity", "Severity."),
        code("result", "Result; empty before the decision."),
        text("month", "Month in which it came in: 2026-11.",
             "to_char(t.entered_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')"),
        or_null(day("closed_on", "Day on which it was closed.",
                    "(t.closed_at AT TIME ZONE 'Asia/Shanghai')::date")),
    ),
    permission="complaints.read",
    visible="NOT t.discipline AND t.staff IS NULL AND t.level IN ('township', 'bureau') AND NOT EXISTS (SELECT 1"  # noqa: S608
    f" FROM app_user u WHERE u.id = ANY(t.excluded) AND u.roles && ARRAY{_OFFICES}::varchar[])",
    status=_COMPLAINT, period="(t.entered_at AT TIME ZONE 'Asia/Shanghai')::date", silent=True,
)  # fmt: skip
SERVICES: Final = Resource(
    "services", "A published version of an item of the catalogue.", "catalogue_item t",
    (
        ident("id", "Of the version."), text("code", "The item."), whole("version", "Number of the version."),
        code("service", "Kind of service."), code("area", "Group of the catalogue."), text("zh", "Name."),
        text("en", "Name in English."), text("unit", "Unit."), whole("minutes", "Usual minutes."),
        codes("kinds", "Who may deliver it."), codes("targets", "For whom."), _VERSION,
        or_null(day("valid_from", "First day.")), text("content_zh", "What is done."),
        text("content_en", "What is done, in English."),
    ),
    permission="catalogue.read",
    visible="t.status IN ('published', 'retired')", area="", own="TRUE", status=_VERSION,
)  # fmt: skip
