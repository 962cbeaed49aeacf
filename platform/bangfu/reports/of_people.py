"""Figures of households, children, needs and agreements: as they stand now."""

from typing import Final

from bangfu.households.rules import LAYERS
from bangfu.maps.queries import SERVED, WAITING
from bangfu.reports.figure import Figure, places


def _codes(values: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{value}'" for value in values) + ")"


_SERVED, _WAITING = _codes(SERVED), _codes(WAITING)
_SOME_SERVED = " EXISTS (SELECT 1 FROM need s WHERE s.status IN " + _SERVED + " AND s.household = h.id)"  # noqa: S608
_HOUSEHOLDS = "household h WHERE h.division LIKE @area AND h.status IN ('active', 'grace')"
_OF_NEEDS = "household h JOIN need n ON n.household = h.id AND n.status IN {} WHERE h.division LIKE @area"
_KEPT = " AND h.status IN ('active', 'grace')"
_HOUSEHOLD = "h.id, h.number, h.head_name AS name, h.division, h.category AS what, NULL::timestamptz AS at"
_LAYER = "CASE h.category " + " ".join(f"WHEN '{one}' THEN '{layer}'" for one, layer in LAYERS.items()) + " END"
_HOMES = {**places("h.division"), "layer": _LAYER, "category": "h.category"}
_BY_NEED = {**_HOMES, "service": "n.service"}
_CHILDREN = (
    "child_file c JOIN household h ON h.id = c.household JOIN person p ON p.id = c.person"
    " WHERE c.status = 'active' AND c.division LIKE @area"
)
_CHILD = "c.id, h.number, p.name, c.division, c.color AS what, NULL::timestamptz AS at"
_BY_CHILD = {**places("c.division"), "colour": "c.color"}
_NEED = "n.id, n.number, h.head_name AS name, n.division, n.service AS what, n.due_at AS at"
_NEEDS = "need n JOIN household h ON h.id = n.household WHERE n.division LIKE @area AND n.status IN "
_NEWEST = (
    "(SELECT DISTINCT ON (r.division) r.id FROM match_run r WHERE r.kind = 'match' AND r.status = 'done'"
    " AND r.division LIKE @area ORDER BY r.division, r.finished_at DESC)"
)
_DUE = (
    "household h JOIN person p ON p.household = h.id AND p.left_on IS NULL WHERE h.category = 'tekun'"
    " AND h.status IN ('active', 'grace') AND h.support_mode = 'dispersed' AND h.division LIKE @area"
    " AND (p.assisted OR (p.is_head AND NOT EXISTS (SELECT 1 FROM person q WHERE q.household = h.id AND q.assisted"
    " AND q.left_on IS NULL)))"
)
_COVERED = (
    " AND EXISTS (SELECT 1 FROM care_agreement a WHERE a.person = p.id AND (a.status IN ('active', 'renewal_due')"
    " OR (a.status = 'renewed' AND a.ends_on >= @today)))"
)
_PERSON = "h.id, h.number, p.name, h.division, h.category AS what, NULL::timestamptz AS at, p.id AS person"
_CATEGORY = "household_category"

FIGURES: Final = (
    Figure("households", "coverage", "households.read", "now", _HOUSEHOLDS, "h.id", _HOUSEHOLD, _CATEGORY,
           "/households/", _HOMES),
    Figure("households_served", "coverage", "households.read", "now", _OF_NEEDS.format(_SERVED) + _KEPT, "h.id",
           _HOUSEHOLD, _CATEGORY, "/households/", _BY_NEED),
    Figure("households_unserved", "coverage", "households.read", "now", _OF_NEEDS.format(_WAITING) + _KEPT
           + " AND NOT" + _SOME_SERVED, "h.id", _HOUSEHOLD, _CATEGORY, "/households/", _BY_NEED),
    Figure("children", "coverage", "children.figures", "now", _CHILDREN, "c.id", _CHILD, "risk_color", "/children/",
           _BY_CHILD, opens="children.read"),
    Figure("children_served", "coverage", "children.figures", "now", _CHILDREN + " AND" + _SOME_SERVED, "c.id",
           _CHILD, "risk_color", "/children/", _BY_CHILD, opens="children.read"),
    Figure("needs_waiting", "unmet", "needs.read", "now", _NEEDS + _WAITING, "n.id", _NEED, "service", "/needs/",
           {**places("n.division"), "service": "n.service", "layer": _LAYER, "priority": "n.priority"}),
    Figure("needs_unplaced", "unmet", "needs.read", "now",
           "proposal p JOIN need n ON n.id = p.need JOIN household h ON h.id = n.household"
           f" WHERE p.run IN {_NEWEST} AND p.carer IS NULL AND p.reason <> '' AND n.division LIKE @area"
           f" AND n.status IN {_WAITING}", "n.id", _NEED, "service", "/needs/",
           {"reason": "p.reason", **places("n.division"), "service": "n.service"}),
    Figure("agreements_due", "agreements", "agreements.read", "now", _DUE, "p.id", _PERSON, _CATEGORY, "/households/",
           {**places("h.division")}),
    Figure("agreements_signed", "agreements", "agreements.read", "now", _DUE + _COVERED, "p.id", _PERSON, _CATEGORY,
           "/households/", {**places("h.division")}),
)  # fmt: skip
