"""What other systems may read of payments, timed tasks and volunteers' services."""

from typing import Final

from bangfu.exchange.read_fields import code, day, ident, instant, money, or_null, text, town, whole
from bangfu.exchange.read_money import APPROVED
from bangfu.exchange.read_resource import Resource
from bangfu.settlement.words import WORDS as SETTLEMENT
from bangfu.supervision.rules import STATES as TASK_STATES
from bangfu.supervision.words import WORDS as SUPERVISION
from bangfu.volunteers.hours_words import WORDS as HOURS

HUSHED: Final = "^(complaint|incident|child)"
"""Tasks whose kind begins so are not told: that there is one would tell of a complaint or of harm."""

_CLAIM = code("status", "State.", tuple(SETTLEMENT["claim_status"]))
_TASK = code("status", "State.", TASK_STATES)
_SERVICE = code("status", "State.", tuple(HOURS["volunteer_service_status"]))

PAYMENTS: Final = Resource(
    "payments",
    "A claim of a statement and its payment, once it is approved; an organisation sees its own from the start.",
    "settlement_claim t",
    (
        ident("id", "Stays the same."), text("number", "Number."), ident("statement", "The statement."),
        code("kind", "What it is.", tuple(SETTLEMENT["claim_kind"])), or_null(ident("contract", "The contract.")),
        or_null(ident("agreement", "The agreement.")), or_null(ident("organization", "The provider.")),
        town("The county of a contract, the township of an agreement."), _CLAIM, money("amount", "CNY."),
        or_null(day("accepted_on", "From when the term of payment runs.")), or_null(day("due_on", "To be paid by.")),
        or_null(instant("approved_at", "When the lead approved it.")), or_null(day("paid_on", "Day of payment.")),
        or_null(instant("reconciled_at", "When the bank's answer was found to agree.")),
    ),
    visible=f"t.status IN ({', '.join(repr(name) for name in APPROVED)})", own="t.organization = {}",
    own_visible="TRUE", status=_CLAIM, period="coalesce(t.paid_on, (t.created_at AT TIME ZONE 'Asia/Shanghai')::date)",
    permission="settlements.read",
)  # fmt: skip
TASKS: Final = Resource(
    "supervision-tasks",
    "A timed task of an office or an organisation: its kind and how late it is, not what it is about. Tasks of"
    " complaints, of harm and of children, and those that go past an officer, are not told at all.",
    "supervision_task t",
    (
        ident("id", "Stays the same."), text("number", "Number."), code("kind", "Kind."),
        code("unit", "Whose it is.", tuple(SUPERVISION["supervision_unit"])), town("The township."),
        or_null(ident("organization", "The organisation or department.")), _TASK,
        whole("level", "How far it was urged: 0 to 3."), instant("issued_at", "When it was issued."),
        instant("due_at", "Until when."), or_null(instant("closed_at", "When it was closed.")),
    ),
    visible=f"cardinality(t.excluded) = 0 AND NOT (t.kind ~ '{HUSHED}' OR t.subject_type ~ '{HUSHED}')",
    own="t.organization = {}", status=_TASK, period="(t.issued_at AT TIME ZONE 'Asia/Shanghai')::date", silent=True,
    permission="supervision.board",
)  # fmt: skip
VOLUNTEERED: Final = Resource(
    "volunteer-records", "One service of a volunteer: the span and the minutes that count.", "volunteer_service t",
    (
        ident("id", "Stays the same."), ident("carer", "The volunteer."), or_null(ident("visit", "The visit.")),
        code("part", "Served, came along, or took part in an activity.", tuple(HOURS["volunteer_part"])),
        town("The township."), or_null(ident("organization", "The volunteer's organisation.")),
        code("service", "Kind of service; empty for an activity."), instant("started_at", "From."),
        instant("ended_at", "Until."), whole("excluded", "Minutes that do not count: travel, training, waiting."),
        _SERVICE, whole("minutes", "Minutes that count."), or_null(instant("decided_at", "When it was confirmed.")),
    ),
    own="t.organization = {}", status=_SERVICE, period="(t.started_at AT TIME ZONE 'Asia/Shanghai')::date",
    permission="volunteers.read",
)  # fmt: skip
