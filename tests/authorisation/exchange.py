"""Routes and objects of exchange."""

from uuid import UUID, uuid4

from bangfu.exchange.tables import ApiClient, ApiToken
from bangfu.shared.clock import today
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
    ("GET", "/exchange/tokens"): Row("exchange.tokens"),
    ("POST", "/exchange/tokens"): Row("exchange.tokens_add"),
    ("POST", "/exchange/tokens/{token:uuid}/disable"): Row("exchange.tokens", "api_token"),
    ("GET", "/api/v1/openapi.json"): Row("public"),
    ("GET", "/api/v1/changes"): Row("bearer"),
}
LISTS = (
    "divisions", "services", "households", "needs", "assignments", "visits", "organizations", "carers", "contracts",
    "contract-lines", "agreements", "complaints", "scores", "statements", "payments",
    "supervision-tasks", "volunteer-records",
)  # fmt: skip
for name in LISTS:
    ROWS |= {("GET", f"/api/v1/{name}"): Row("bearer"), ("GET", f"/api/v1/{name}/{{key:str}}"): Row("bearer")}


async def put_objects(stage: Stage, world: World) -> None:
    """One own and one foreign object of each kind."""
    stage.put("api_client", await _client("990101"), await _client(OTHER_COUNTY))
    own, foreign = await _token("990101"), await _token(OTHER_COUNTY)
    stage.put("api_token", own, foreign)
    # a system administrator stops tokens of every area: what is foreign to them is only what is not there
    stage.put("api_token", own, uuid4(), "admin")


async def _client(area: str) -> UUID:
    client = uuid4()
    await ApiClient(id=client, name="热线", kind="hotline", division=area).save()
    return client


async def _token(area: str) -> UUID:
    token = uuid4()
    await ApiToken(
        id=token, name="平台", token_sha256=token.hex, scopes=["divisions"], division=area, expires_on=today()
    ).save()
    return token
