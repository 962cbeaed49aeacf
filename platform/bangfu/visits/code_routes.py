"""Routes of codes, calls, paper sheets and what is entered afterwards."""

from bangfu.visits.afterwards_routes import AFTERWARDS, AFTERWARDS_MENU, todo
from bangfu.visits.code_card_routes import CARDS
from bangfu.visits.code_desk_routes import DESK, DESK_MENU
from bangfu.visits.sheet_routes import SHEETS

ROUTES: list[object] = [*CARDS, *DESK, *SHEETS, *AFTERWARDS]
MENU = [*DESK_MENU, *AFTERWARDS_MENU]
TODO = [todo]
