"""Routes and objects of catalogue."""

from uuid import uuid4

from bangfu.catalogue.tables import CatalogueItem
from tests.authorisation.row import Row, Stage
from tests.support import World

_VERSION = "/catalogue/{kind:str}/{version:uuid}"
_PROPOSALS = "/households/{household:uuid}/proposals"

ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/catalogue"): Row("catalogue.read"),
    ("GET", "/catalogue/norms"): Row("catalogue.read"),
    ("GET", "/catalogue/services"): Row("catalogue.read"),
    ("GET", "/catalogue/{kind:str}/new"): Row("catalogue.edit", "catalogue kind"),
    ("POST", "/catalogue/{kind:str}/new"): Row("catalogue.edit", "catalogue kind"),
    ("GET", _VERSION): Row("catalogue.read", "catalogue version"),
    ("GET", f"{_VERSION}/edit"): Row("catalogue.edit", "catalogue version"),
    ("POST", f"{_VERSION}/edit"): Row("catalogue.edit", "catalogue version"),
    ("POST", f"{_VERSION}/submit"): Row("catalogue.edit", "catalogue version"),
    ("POST", f"{_VERSION}/publish"): Row("catalogue.publish", "catalogue version"),
    ("POST", f"{_VERSION}/return"): Row("catalogue.publish", "catalogue version"),
    ("POST", f"{_VERSION}/retire"): Row("catalogue.publish", "catalogue version"),
    ("GET", _PROPOSALS): Row("needs.read", "household"),
    ("POST", f"{_PROPOSALS}/unmask"): Row("households.unmask", "household"),
    ("POST", f"{_PROPOSALS}/accept"): Row("norms.propose", "household"),
    ("POST", f"{_PROPOSALS}/decline"): Row("norms.propose", "household"),
    ("POST", "/needs/{need:uuid}/help-first"): Row("needs.decide", "need"),
    ("POST", "/needs/{need:uuid}/papers"): Row("needs.papers", "need"),
    ("POST", "/needs/{need:uuid}/papers/complete"): Row("needs.papers", "need"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """The catalogue is the same for every area: what is foreign is what does not exist."""
    item = await CatalogueItem.objects().where(CatalogueItem.code == "SH01").first()
    assert item is not None
    stage.put("catalogue kind", "items", "nothing")
    stage.put("catalogue version", ("items", item.id), ("items", uuid4()))
