"""Pages of spot checks: the office's, the inspector's, the provider's (DOMAIN.md 5.3, 8.8)."""

from typing import Any

from bangfu.errors import N_
from bangfu.households.timeline import add_page
from bangfu.oversight import check_duties
from bangfu.oversight.check_office_routes import OFFICE_ROUTES
from bangfu.oversight.check_own_routes import INSPECTOR
from bangfu.oversight.check_provider_routes import PROVIDER
from bangfu.oversight.check_todo import todo
from bangfu.shared.web.frame import MenuItem

check_duties.register()
add_page("spot_check", "/checks/{}", "checks.read")

ROUTES: list[Any] = [*OFFICE_ROUTES, *INSPECTOR, *PROVIDER]
MENU = [
    MenuItem(49, "my_checks", N_("My spot checks"), "/my-checks", "checks.own", "visit", group="quality", phone=3),
    MenuItem(
        49, "my_results", N_("Results of checks"), "/my-results", "checks.organization", "quality", group="quality"
    ),
    MenuItem(50, "checks", N_("Spot checks of services"), "/checks", "checks.read", "quality", group="quality"),
]
TODO = [todo]
