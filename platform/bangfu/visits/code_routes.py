"""Routes of codes, calls, paper sheets and what is entered afterwards."""

from bangfu.visits.code_card_routes import CARDS
from bangfu.visits.code_desk_routes import DESK, DESK_MENU

ROUTES: list[object] = [*CARDS, *DESK]
MENU = [*DESK_MENU]
