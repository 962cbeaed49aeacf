"""Another system that reads, and a small check of JSON Schema: what the document of the interface uses of it."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from bangfu.exchange.read_resources import SCOPES
from bangfu.exchange.read_tokens import TokenFacts, add_token
from bangfu.shared.clock import now, today
from tests.support import World


@dataclass
class ReadingSystem:
    """A system with its token."""

    client: httpx.AsyncClient
    id: UUID
    token: str

    async def get(self, path: str, **headers: str) -> httpx.Response:
        sent = {name.replace("_", "-"): value.encode() for name, value in headers.items()}
        sent["authorization"] = f"Bearer {self.token}".encode()
        return await self.client.get(f"/api/v1/{path}", headers=sent)

    async def all(self, name: str, query: str = "limit=2") -> list[dict[str, Any]]:
        """Every object of a list, page by page."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            answer = await self.get(f"{name}?{query}{cursor}")
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = f"&cursor={page['next']}"

    async def changes(self, after: str = "", query: str = "") -> tuple[list[tuple[str, str, str]], str]:
        """What changed after a cursor, as (list, id, kind), and the next cursor."""
        found: list[tuple[str, str, str]] = []
        more = True
        while more:
            answer = (await self.get(f"changes?limit=50{f'&after={after}' if after else ''}{query}")).json()
            found += [(one["resource"], one["id"], one["kind"]) for one in answer["items"]]
            more, after = answer["more"], answer["next"]
        return found, after


async def reading_system(
    app: Any, world: World, *scopes: str, area: str = "990101000000", organization: UUID | None = None,
    per_minute: int = 6000,
) -> ReadingSystem:  # fmt: skip
    """A system to which the bureau gave a token; for everything where no lists are named."""
    facts = TokenFacts("平台", scopes or SCOPES, area, organization, today() + timedelta(days=30), per_minute)
    key = uuid4()
    token = await add_token(world["bureau"], key, facts, now())
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return ReadingSystem(httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1"), key, token)


_TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float),
    "null": type(None),
}  # fmt: skip
_FORMATS: dict[str, Any] = {"uuid": UUID, "date": date.fromisoformat, "date-time": datetime.fromisoformat}
KNOWN = {
    "type", "enum", "pattern", "format", "required", "properties", "additionalProperties", "items", "maxItems", "$ref",
    "description", "minimum", "maximum", "default", "const", "minItems",
}  # fmt: skip


def faults(schema: dict[str, Any], value: object, whole: dict[str, Any], at: str = "") -> list[str]:
    """Where a value breaks a schema of a document.

    Raises:
        AssertionError: for a word of JSON Schema that this check does not know.
    """
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        return faults(whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]], value, whole, at)
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(isinstance(value, _TYPES[kind]) and (kind == "boolean") == isinstance(value, bool) for kind in kinds):
        return [f"{at}: {value!r} is no {kinds}"]
    found = [f"{at}: {value!r} is not of the list"] if "enum" in schema and value not in schema["enum"] else []
    if isinstance(value, str):
        found += [f"{at}: {value!r}"] if "pattern" in schema and not re.search(schema["pattern"], value) else []
        _FORMATS.get(schema.get("format", ""), str)(value)
    if isinstance(value, list):
        found += [fault for n, one in enumerate(value) for fault in faults(schema["items"], one, whole, f"{at}/{n}")]
        found += [f"{at}: too many"] if len(value) > schema.get("maxItems", len(value)) else []
    if isinstance(value, dict):
        known = schema.get("properties", {})
        found += [f"{at}/{name}: missing" for name in schema.get("required", []) if name not in value]
        if schema.get("additionalProperties", True) is False:
            found += [f"{at}/{name}: unknown" for name in value if name not in known]
        found += [fault for name in value if name in known
                  for fault in faults(known[name], value[name], whole, f"{at}/{name}")]  # fmt: skip
    return found
