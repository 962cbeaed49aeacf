"""Routes and objects of exchange."""

from uuid import UUID, uuid4

from bangfu.exchange.tables import ApiClient
from tests.authorisation.row import Row, Stage
from tests.support import OTHER_COUNTY, World

CLIENT = "/exchange/clients/{client:uuid}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/exchange"): Row("exchange.export"),
    ("POST", "/exchange/export"): Row("exchange.export"),
    ("POST", "/exchange/unmasked"): Row("exchange.unmasked"),
    ("GET", "/exchange/changes"): Row("exchange.export"),
    ("POST", "/exchange/changes/export"): Row("exchange.export"),
    ("POST", "/exchange/changes/unmasked"): Row("exchange.unmasked"),
    ("GET", "/exchange/clients"): Row("exchange.clients"),
    ("POST", "/exchange/clients"): Row("exchange.clients"),
    ("POST", f"{CLIENT}/rotate"): Row("exchange.clients", "api_client"),
    ("POST", f"{CLIENT}/disable"): Row("exchange.clients", "api_client"),
    ("POST", "/api/v1/reports"): Row("signed"),
    ("GET", "/api/v1/reports/{client_reference:str}"): Row("signed"),
    ("GET", "/api/openapi.json"): Row("public"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """One own and one foreign object of each kind."""
    stage.put("api_client", await _client("990101"), await _client(OTHER_COUNTY))


async def _client(area: str) -> UUID:
    client = uuid4()
    await ApiClient(id=client, name="热线", kind="hotline", division=area).save()
    return client
