"""The check of visits: the township's list, the visit's page, the organisation's side, anomalies, thresholds."""

from bangfu.errors import N_
from bangfu.households.timeline import add_page, add_reasons
from bangfu.shared.web.frame import MenuItem
from bangfu.verification import flagging
from bangfu.verification.anomaly_routes import ANOMALIES
from bangfu.verification.list_routes import LIST
from bangfu.verification.own_routes import OWN_ROUTES
from bangfu.verification.policy_routes import POLICY
from bangfu.verification.todo import todo
from bangfu.verification.visit_routes import VISIT

flagging.register()
add_page("visit", "/visits/{}", "visits.read")
add_reasons({
    "visit.flag_cleared": "clear_reason", "visit.rejected": "reject_reason", "visit.disputed": "dispute_reason",
    "visit.excused": "excuse_code", "visit.called_off": "call_off_reason", "visit.missed": "miss_reason",
    "visit.entered_afterwards": "afterwards_reason", "visit.attested": "attest_reason",
})  # fmt: skip

ROUTES: list[object] = [*LIST, *ANOMALIES, *POLICY, *OWN_ROUTES, *VISIT]
MENU = [
    MenuItem(43, "verification", N_("Check visits"), "/verification", "verification.read", "ok", group="service"),
    MenuItem(43, "own_checks", N_("Checked visits"), "/verification/own", "verification.organization", "ok",
             group="service"),
    MenuItem(44, "anomalies", N_("Anomalies"), "/verification/anomalies", "verification.anomalies", "warn",
             group="service"),
]  # fmt: skip
TODO = [todo]
