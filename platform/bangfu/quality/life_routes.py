"""Pages of the life of a score: steps, lists, appeals, vetoes, what follows, the public results."""

from typing import Any

from bangfu.errors import N_
from bangfu.quality import (
    life_appeal_routes,
    life_follow_routes,
    life_parts,
    life_public_routes,
    life_step_routes,
    life_veto_routes,
    life_wiring,
)
from bangfu.quality.life_todo import todo
from bangfu.shared.web.frame import MenuItem

life_parts.register()
life_wiring.register()

ROUTES: list[Any] = [
    *life_step_routes.ROUTES, *life_appeal_routes.ROUTES, *life_veto_routes.ROUTES, *life_follow_routes.ROUTES,
    *life_public_routes.ROUTES,
]  # fmt: skip
MENU = [
    MenuItem(54, "objections", N_("Objections and results"), "/appeals", "quality.read", "quality", group="settlement"),
    MenuItem(
        54, "my_rectifications", N_("Our rectifications"), "/my-rectifications", "quality.own", "quality",
        group="settlement",
    ),
]  # fmt: skip
TODO = [todo]
