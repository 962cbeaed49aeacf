"""Routes of open tasks: the volunteer's and the station's."""

from bangfu.errors import N_
from bangfu.shared.web.frame import MenuItem
from bangfu.volunteers import hooks, own_routes, station_routes

hooks.register()
ROUTES = [*own_routes.ROUTES, *station_routes.ROUTES]
MENU = [
    MenuItem(12, "open-tasks", N_("Open tasks"), "/open-tasks", "volunteers.own", "visit", phone=3),
    MenuItem(
        44,
        "volunteer-tasks",
        N_("Open to volunteers"),
        "/volunteer-tasks",
        "volunteers.organise",
        "people",
        group="service",
    ),
]
