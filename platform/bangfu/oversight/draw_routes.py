"""Routes of draws: rounds of secrets, contracts' draws, the pool, and the public pages."""

from bangfu.errors import N_
from bangfu.oversight.draw_pool_routes import POOL_ROUTES
from bangfu.oversight.draw_public_routes import PUBLIC_ROUTES
from bangfu.oversight.draw_round_routes import ROUNDS
from bangfu.oversight.draw_todo import todo
from bangfu.shared.web.frame import MenuItem

ROUTES: list[object] = [*ROUNDS, *POOL_ROUTES, *PUBLIC_ROUTES]
MENU = [MenuItem(50, "draws", N_("Draws of spot checks"), "/draws", "draws.read", "match", group="quality")]
TODO = [todo]
