"""Pages of settlement: statements, claims, payments, accounts, deductions."""

from typing import Any

from bangfu.errors import N_
from bangfu.households.timeline import add_page
from bangfu.settlement import making
from bangfu.settlement.adjust_routes import ADJUST
from bangfu.settlement.office_routes import OFFICE
from bangfu.settlement.own_routes import OWN
from bangfu.settlement.pay_routes import PAY
from bangfu.settlement.todo import todo
from bangfu.shared.web.frame import MenuItem

making.register()
add_page("settlement", "/settlements/{}", "settlements.read")

ROUTES: list[Any] = [*OFFICE, *OWN, *ADJUST, *PAY]
MENU = [
    MenuItem(22, "own_settlements", N_("My settlements"), "/my-settlements", "settlements.own", "money",
             group="quality"),
    MenuItem(57, "settlements", N_("Settlements"), "/settlements", "settlements.read", "money", group="quality"),
    MenuItem(57, "payments", N_("Payments"), "/payments", "settlements.read", "money", group="quality"),
    MenuItem(57, "payees", N_("Accounts of payees"), "/payees", "settlements.read", "organisation", group="quality"),
    MenuItem(57, "subsidies", N_("Caregivers' subsidies"), "/subsidies", "settlements.subsidy", "money",
             group="quality"),
]  # fmt: skip
TODO = [todo]
