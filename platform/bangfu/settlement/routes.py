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
    MenuItem(55, "own_settlements", N_("My settlements"), "/my-settlements", "settlements.own", "money",
             group="settlement"),
    MenuItem(55, "settlements", N_("Settlements"), "/settlements", "settlements.read", "money", group="settlement"),
    MenuItem(55, "payments", N_("Payments"), "/payments", "settlements.read", "money", group="settlement"),
    MenuItem(55, "payees", N_("Accounts of payees"), "/payees", "settlements.read", "organisation", group="settlement"),
    MenuItem(55, "subsidies", N_("Caregivers' subsidies"), "/subsidies", "settlements.subsidy", "money",
             group="settlement"),
]  # fmt: skip
TODO = [todo]
