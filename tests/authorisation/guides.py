"""Routes and objects of guides."""

from bangfu.guides.tour import steps_of
from tests.authorisation.row import Row, Stage
from tests.support import ROLES, World

ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/guides"): Row("public"),
    ("GET", "/guides/{slug:str}"): Row("public", "guide"),
    ("GET", "/glossary"): Row("public"),
    ("POST", "/guides/steps/hide"): Row("signed_in"),
    ("POST", "/guides/steps/show"): Row("signed_in"),
    ("POST", "/guides/steps/{step:str}"): Row("signed_in", "first_step"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A guide that there is and one that there is not; of the steps one's own role's."""
    stage.put("guide", "village_worker", "nobody")
    for name, (role, _scope) in ROLES.items():
        stage.put("first_step", steps_of(frozenset({role}))[1].key, "nothing", name)
