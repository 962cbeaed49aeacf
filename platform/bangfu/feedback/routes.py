"""Pages of feedback: call-backs, scores by a code on paper, observations of volunteers."""

from typing import Any

from bangfu.errors import N_
from bangfu.feedback import call_routes, code_routes, observation_routes, rate_routes, rating_routes
from bangfu.shared.web.frame import MenuItem

ROUTES: list[Any] = [
    *call_routes.ROUTES, *rate_routes.ROUTES, *code_routes.ROUTES, *rating_routes.ROUTES, *observation_routes.ROUTES,
]  # fmt: skip
MENU = [
    MenuItem(51, "callbacks", N_("Call-backs"), "/callbacks", "callbacks.read", "phone", group="quality"),
    MenuItem(51, "ratings", N_("Satisfaction"), "/ratings", "callbacks.read", "quality", group="quality"),
    MenuItem(51, "rating-codes", N_("Cards for scores"), "/rating-codes", "ratings.codes", "print", group="quality"),
    MenuItem(51, "observations", N_("Observations of volunteers"), "/observations", "observations.read", "eye",
             group="quality"),
    MenuItem(51, "organization-feedback", N_("What people say"), "/organization-feedback", "feedback.organization",
             "quality", group="quality"),
    MenuItem(14, "my-observations", N_("What I observe"), "/my-observations", "observations.write", "eye", phone=5),
]  # fmt: skip
TODO = [call_routes.todo]
