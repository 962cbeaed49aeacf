"""Pages of complaints."""

from bangfu.complaints.discipline_routes import DISCIPLINE
from bangfu.complaints.keeping_apart import harmed_by
from bangfu.complaints.office_routes import OFFICE
from bangfu.complaints.own_routes import OWN_ROUTES
from bangfu.complaints.public_routes import PUBLIC
from bangfu.complaints.seeing import of_household
from bangfu.complaints.step_routes import STEPS
from bangfu.complaints.todo import todo
from bangfu.errors import N_
from bangfu.households.timeline import add_page, add_subjects
from bangfu.planning import keeping_off
from bangfu.shared.web.frame import MenuItem

add_page("complaint", "/complaints/{}", "complaints.read")
add_subjects(of_household)
keeping_off.register(harmed_by)

ROUTES: list[object] = [*PUBLIC, *OFFICE, *STEPS, *OWN_ROUTES, *DISCIPLINE]
MENU = [
    MenuItem(52, "my_complaints", N_("Complaints to answer"), "/my-complaints", "complaints.organization", "warn",
             group="quality"),
    MenuItem(52, "complaints", N_("Complaints"), "/complaints", "complaints.read", "warn", group="quality"),
    MenuItem(52, "discipline", N_("Discipline inspection"), "/complaints/discipline", "complaints.discipline", "lock",
             group="quality", phone=1),
]  # fmt: skip
TODO = [todo]
