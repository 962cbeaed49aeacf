"""What the score counts of complaints (DOMAIN.md 6.1 Q9): those decided in a span and linked to its subject."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from bangfu.complaints.tables import Complaint
from bangfu.shared.civil_time import day_span


@dataclass(frozen=True, slots=True)
class ComplaintFact:
    """One decided complaint; whoever counts leaves out results other than substantiated and partly."""

    id: UUID
    severity: str
    """minor or major; a critical one counts as major."""
    result: str
    self_reported: bool
    visit: UUID | None
    carer: UUID | None
    contract: UUID | None
    organization: UUID | None
    decided_at: datetime
    kind: str


def _weight(result: str, severity: str) -> str:
    """SQL: how much a decision takes off a score: nothing, a minor or a major complaint."""
    return (
        f"(CASE WHEN coalesce({result}, '') NOT IN ('substantiated', 'partly') THEN 0"
        f" WHEN {severity} = 'minor' THEN 1 ELSE 2 END)"
    )


_WEIGHED: Final = (
    "SELECT r.*, r.status IN ('decided', 'replied', 'closed') AS settled, "  # noqa: S608 (constants)
    + _weight("r.result", "r.severity")
    + " > "
    + _weight("r.first_result", "r.first_severity")
    + " AS graver FROM complaint r WHERE r.intake IN ('complaint', 'report')"
)
_COUNTED: Final = (
    "SELECT w.id, w.self_reported, w.visit, w.carer, w.contract, w.organization, w.kind, w.household, w.division,"  # noqa: S608 (constants)
    " w.entered_at, w.confidential,"
    " CASE WHEN d.now THEN w.result ELSE w.first_result END AS result,"
    " CASE WHEN d.now THEN w.severity ELSE w.first_severity END AS severity,"
    " CASE WHEN d.now AND (w.first_decided_at IS NULL OR w.graver) THEN w.decided_at ELSE w.first_decided_at END"
    f" AS decided_at FROM ({_WEIGHED}) w CROSS JOIN LATERAL (SELECT w.settled AND (w.first_decided_at IS NULL"
    " OR NOT w.graver OR (w.decided_at >= {} AND w.decided_at < {})) AS now) d"
    " WHERE w.settled OR w.first_decided_at IS NOT NULL"
)
"""Every decided complaint with the decision that counts in a span. One that was opened again counts where it was first
decided, by what was decided then until it is decided anew; only a graver second decision counts where it was made, and
then the first one stays where it stands."""
_DECIDED: Final = (
    "SELECT c.id, CASE c.severity WHEN 'minor' THEN 'minor' ELSE 'major' END AS severity, c.result, c.self_reported,"  # noqa: S608 (constants)
    f" c.visit, c.carer, c.contract, c.organization, c.decided_at, c.kind FROM ({_COUNTED}) c"
    " WHERE (NOT c.confidential OR c.result IN ('substantiated', 'partly'))"
    " AND c.decided_at >= {} AND c.decided_at < {}"
)
_OF_CONTRACT: Final = (
    " AND (c.contract = {} OR (c.contract IS NULL AND c.visit IS NULL AND EXISTS (SELECT 1 FROM contract k"
    " WHERE k.id = {} AND k.supplier = c.organization AND left(k.division, 6) = left(c.division, 6)"
    " AND (c.entered_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN k.starts_on AND k.ends_on)))"
)
_OF_AGREEMENT: Final = (
    " AND EXISTS (SELECT 1 FROM care_agreement a WHERE a.id = {} AND a.carer IS NOT NULL AND a.carer = c.carer"
    " AND (c.household IS NULL OR c.household = a.household))"
)


async def decided_in(
    kind: Literal["contract", "agreement"], subject: UUID, first: date, last: date
) -> list[ComplaintFact]:
    """The complaints decided from `first` to `last` (civil days, both counted) about a contract or a care agreement.

    A contract's: linked to it, through a visit on one of its lines too; one that names just the organisation or its
    carer counts for every contract of theirs in that county which ran on the day of the complaint. An agreement's:
    about its caregiver. One that was opened again lowers one quarter only, that of its first decision, unless the
    second one is graver (it weighs more in Q9): then that counts in its own quarter as well. A confidential one that
    was not found true is left out: the facts reach the side that it was about, which is not to know of it.
    """
    span = [day_span(first)[0], day_span(last)[1]]
    about = _OF_CONTRACT if kind == "contract" else _OF_AGREEMENT
    subjects = [subject, subject] if kind == "contract" else [subject]
    rows = await Complaint.raw(" ".join((_DECIDED, about, "ORDER BY c.decided_at, c.id")), *span, *span, *subjects)
    return [ComplaintFact(**row) for row in rows]
