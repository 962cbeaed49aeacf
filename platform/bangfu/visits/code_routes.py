"""Routes of codes, calls, paper sheets and what is entered afterwards."""

from bangfu.visits.code_card_routes import CARDS

ROUTES: list[object] = [*CARDS]
