"""Routes of voluntary hours: the volunteer's, the organiser's, certificates and their public check."""

from bangfu.errors import N_
from bangfu.shared.web.frame import MenuItem
from bangfu.volunteers import certificate_routes, hours_office_routes, hours_own_routes, people_routes

ROUTES = [
    *hours_own_routes.ROUTES, *hours_office_routes.ROUTES, *people_routes.ROUTES, *certificate_routes.ROUTES,
]  # fmt: skip
MENU = [
    MenuItem(13, "my-hours", N_("My hours"), "/my-hours", "volunteers.own", "clock", phone=4),
    MenuItem(45, "volunteer-hours", N_("Voluntary hours"), "/volunteer-hours", "volunteers.organise", "clock",
             group="service"),
    MenuItem(46, "volunteer-certificates", N_("Certificates of service"), "/volunteer-certificates",
             "volunteers.read", "contract", group="service"),
    MenuItem(63, "volunteers", N_("Volunteers"), "/volunteers", "volunteers.read", "people", group="supply"),
]  # fmt: skip
TODO = [hours_office_routes.todo]
