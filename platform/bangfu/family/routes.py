"""The page of a household with a paper code: who comes next, and what to say about it."""

from typing import Any

from bangfu.errors import N_
from bangfu.family import card_routes, home_routes, photo_routes, told_routes, wish_routes
from bangfu.family.reading import answers_of
from bangfu.shared.web.frame import MenuItem, TodoHook
from bangfu.visits.household_words import told_by

told_by(answers_of)
ROUTES: list[Any] = [
    *home_routes.ROUTES, *told_routes.ROUTES, *card_routes.ROUTES, *wish_routes.ROUTES, *photo_routes.ROUTES,
]  # fmt: skip
MENU: list[MenuItem] = [
    MenuItem(51, "wishes", N_("Wishes of households"), "/wishes", "family.wishes", "household", group="service"),
]
TODO: list[TodoHook] = [wish_routes.todo]
