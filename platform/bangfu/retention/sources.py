"""Which rows each rule speaks of, as SQL: since when they are kept, and what holds them back.

A hold is a matter that is not closed: a complaint, a doubted or unchecked visit, a spot check, money that is not
settled, a request about one's data, a reported danger. Held rows are counted, and deleted once the matter is closed.
"""

from typing import Final

from bangfu.complaints.rules import OPEN as COMPLAINT_OPEN

_OPEN_COMPLAINT: Final = ", ".join(f"'{state}'" for state in COMPLAINT_OPEN)
CIVIL: Final = "({} AT TIME ZONE 'Asia/Shanghai')::date"

UNSETTLED: Final = (
    "(EXISTS (SELECT 1 FROM settlement_visit s JOIN settlement_statement t ON t.id = s.statement"
    " WHERE s.visit = v.id AND (t.stage <> 'final' OR t.held <> 0 OR t.review = 'waiting' OR EXISTS (SELECT 1"
    " FROM settlement_claim c WHERE c.statement = t.id AND c.status NOT IN ('paid', 'reconciled'))))"
    " OR (v.booked IN ('delivered', 'verified')"
    " AND NOT EXISTS (SELECT 1 FROM settlement_visit s WHERE s.visit = v.id)))"
)
"""Whether money for the visit `v` is still open: in a statement that is not final, held or not paid, or in none."""
VISIT_HELD: Final = (
    "(v.status IN ('planned', 'in_progress', 'submitted', 'flagged', 'disputed')"  # noqa: S608 (constants)
    " OR EXISTS (SELECT 1 FROM visit_dispute d WHERE d.visit = v.id AND d.status = 'open')"
    " OR EXISTS (SELECT 1 FROM spot_check k WHERE k.visit = v.id AND k.closed_at IS NULL)"
    f" OR EXISTS (SELECT 1 FROM complaint m WHERE m.status IN ({_OPEN_COMPLAINT})"
    f" AND (m.visit = v.id OR m.household = v.household)) OR {UNSETTLED})"
)
"""Whether something about the visit `v` is open."""
HOME_HELD: Final = (
    f"(EXISTS (SELECT 1 FROM complaint m WHERE m.household = {{0}} AND m.status IN ({_OPEN_COMPLAINT}))"  # noqa: S608 (constants)
    " OR EXISTS (SELECT 1 FROM incident i WHERE i.household = {0} AND i.status <> 'concluded')"
    " OR EXISTS (SELECT 1 FROM privacy_request q WHERE q.household = {0} AND q.status = 'open'))"
)
"""Whether something about a household is open; the gap is its id."""
# What may go on for years in a home that left is no reason to keep it: only what is still open.
_HOUSEHOLD_HELD: Final = (
    f"({HOME_HELD.format('h.id')}"  # noqa: S608 (constants)
    " OR EXISTS (SELECT 1 FROM child_file f WHERE f.household = h.id)"
    " OR EXISTS (SELECT 1 FROM care_agreement g WHERE g.household = h.id"
    " AND g.status IN ('draft', 'party_signing', 'active', 'renewal_due'))"
    f" OR EXISTS (SELECT 1 FROM visit v WHERE v.household = h.id AND {VISIT_HELD}))"
)
_ENDED: Final = (
    "coalesce(h.exit_on, (SELECT max(p.left_on) FROM person p WHERE p.household = h.id),"  # noqa: S608 (constants)
    f" {CIVIL.format('h.updated_at')})"
)

SOURCES: Final = {
    "declined": (
        f"SELECT a.id, a.division, {CIVIL.format('a.answered_at')} AS began,"  # noqa: S608 (constants)
        f" ({HOME_HELD.format('a.household')} OR EXISTS (SELECT 1 FROM visit x WHERE x.assignment = a.id)"
        " OR EXISTS (SELECT 1 FROM calendar_refusal x WHERE x.assignment = a.id)"
        " OR EXISTS (SELECT 1 FROM open_task x WHERE x.assignment = a.id)"
        " OR EXISTS (SELECT 1 FROM visit_excuse x WHERE x.assignment = a.id)"
        " OR EXISTS (SELECT 1 FROM visit_plan_row x WHERE x.assignment = a.id)) AS held"
        " FROM assignment a WHERE a.status = 'declined' AND a.answered_at < {until}"
    ),
    "photo": (
        f"SELECT p.id, v.division, {CIVIL.format('p.added_at')} AS began, {VISIT_HELD} AS held"  # noqa: S608 (constants)
        " FROM visit_photo p JOIN visit v ON v.id = p.visit WHERE p.added_at < {until}"
    ),
    "child": (
        "SELECT f.id, f.division, p.birth_date AS began,"  # noqa: S608 (constants)
        f" (f.status <> 'closed' OR {HOME_HELD.format('f.household')}) AS held"
        " FROM child_file f JOIN person p ON p.id = f.person WHERE p.birth_date < {until}"
    ),
    "household": (
        f"SELECT h.id, h.division, {_ENDED} AS began, {_HOUSEHOLD_HELD} AS held FROM household h"  # noqa: S608 (constants)
        " WHERE h.status IN ('left', 'closed') AND h.head_name <> '' AND {_ended} < {until}"
    ).replace("{_ended}", _ENDED),
}
"""Rule -> (id, division, began, held) of every row that may be due; `until` keeps out what cannot be."""
POINTS: Final = (
    "SELECT p.id, left(v.division, 6) AS county FROM visit_proof p JOIN visit v ON v.id = p.visit"  # noqa: S608 (constants)
    f" WHERE p.point_enc <> '' AND NOT {VISIT_HELD}"
    " AND (EXISTS (SELECT 1 FROM settlement_visit s WHERE s.visit = v.id) OR p.at < {}) ORDER BY p.id LIMIT {}"
    " FOR UPDATE OF p SKIP LOCKED"
)
"""Proofs whose point is no longer needed."""
POINTS_LEFT: Final = (
    "SELECT count(*) AS held FROM visit_proof p JOIN visit v ON v.id = p.visit"
    " WHERE p.point_enc <> '' AND v.division LIKE {}"
)
"""How many points are still kept in an area."""
