"""Routes and objects of exchange."""

from uuid import UUID, uuid4

from bangfu.exchange.tables import ApiClient, ApiToken, WebhookEndpoint
from bangfu.exchange.webhook_rules import fresh_secret
from bangfu.shared.clock import today
from bangfu.shared.crypto import encrypt
from tests.authorisation.row import Row, Stage
from tests.support import OTHER_COUNTY, World

CLIENT = "/exchange/clients/{client:uuid}"
HOOK = "/exchange/webhooks/{webhook:uuid}"
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
    ("GET", "/exchange/webhooks"): Row("exchange.tokens"),
    ("POST", "/exchange/webhooks"): Row("exchange.tokens_add"),
    ("GET", HOOK): Row("exchange.tokens", "webhook"),
    ("POST", f"{HOOK}/trial"): Row("exchange.tokens_add", "webhook"),
    ("POST", f"{HOOK}/rotate"): Row("exchange.tokens_add", "webhook"),
    ("POST", f"{HOOK}/pause"): Row("exchange.tokens", "webhook"),
    ("POST", f"{HOOK}/resume"): Row("exchange.tokens_add", "webhook"),
    ("POST", f"{HOOK}/end"): Row("exchange.tokens", "webhook"),
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
    hook, far = await _webhook("990101"), await _webhook(OTHER_COUNTY)
    stage.put("webhook", hook, far)
    stage.put("webhook", hook, uuid4(), "admin")


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


async def _webhook(area: str) -> UUID:
    hook = uuid4()
    await WebhookEndpoint(
        id=hook, name="平台", host="receiver.invalid", division=area, scopes=["divisions"],
        url_enc=encrypt("https://receiver.invalid/in", f"webhook_endpoint:url_enc:{hook}"),
        secret_enc=encrypt(fresh_secret(), f"webhook_endpoint:secret_enc:{hook}"),
    ).save()  # fmt: skip
    return hook
