"""The interface for reading as an OpenAPI 3.1 document, made of the tables that answer the requests."""

from typing import Any, Final

from bangfu import __version__
from bangfu.exchange.openapi import problem_schema
from bangfu.exchange.problems import READ_MESSAGES
from bangfu.exchange.read_asking import Parameter, parameters_of, parameters_of_changes
from bangfu.exchange.read_cursor import KEEP_DAYS, MOST
from bangfu.exchange.read_resources import RESOURCES, SCOPES

PATHS: Final[dict[str, dict[str, Any]]] = {}
"""What higher features add: path -> its description."""
SCHEMAS: Final[dict[str, dict[str, Any]]] = {}
"""And the schemas that those name."""
_PROBLEM: Final = problem_schema(READ_MESSAGES, "The parameter, after a slash; empty for an unknown one.")
_CHANGES: Final[dict[str, Any]] = {
    "type": "object", "additionalProperties": False, "required": ["items", "more", "next"],
    "properties": {
        "items": {"type": "array", "maxItems": MOST, "items": {
            "type": "object", "additionalProperties": False, "required": ["resource", "id", "at", "kind"],
            "properties": {
                "resource": {"type": "string", "enum": list(SCOPES)}, "id": {"type": "string"},
                "at": {"type": "string", "format": "date-time"},
                "kind": {"type": "string", "enum": ["changed", "deleted"],
                         "description": "changed: read it again. deleted: this token sees it no longer."},
            },
        }},
        "more": {"type": "boolean", "description": "Whether further changes wait already."},
        "next": {"type": "string", "description": "Where to read on."},
    },
}  # fmt: skip
_ABOUT: Final = (
    "Read only. A token covers some lists (scopes) of one area, or of one organisation, until a day. Nothing here names"
    " a served person. Lists are in the order of their keys, which never changes; `next` leads to the following page."
    " To keep a copy: take a cursor with `/api/v1/changes?after=now`, read the lists, then follow the changes from that"
    f" cursor; changes are kept for {KEEP_DAYS} days. Money is a text with two decimals, days are civil days of China."
    " `/api/openapi.json` describes how other systems send reports. docs/exchange.md tells more."
)
_ETAG: Final[dict[str, Any]] = {
    "name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"},
    "description": "The ETag of an answer: 304 where nothing changed.",
}  # fmt: skip


def document(base: str = "") -> dict[str, Any]:
    """The whole document; `base` is the address of the portal."""
    schemas = {_schema_name(name): resource.document() for name, resource in RESOURCES.items()}
    paths: dict[str, Any] = {}
    for name, resource in RESOURCES.items():
        paths[f"/api/v1/{name}"] = {"get": _list(name)}
        format_ = {"format": "uuid"} if resource.key_is_uuid else {"pattern": "^[0-9]{12}$"}
        paths[f"/api/v1/{name}/{{key}}"] = {"get": _object(name, format_)}
    paths["/api/v1/changes"] = {"get": _changes()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Bangfu: reading", "version": __version__, "description": _ABOUT},
        "servers": [{"url": base or "/"}],
        "security": [{"token": []}],
        "paths": paths | PATHS,
        "components": {
            "schemas": {**schemas, "Changes": _CHANGES, "Problem": _PROBLEM, **SCHEMAS},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schema_name(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("-"))


def _list(name: str) -> dict[str, Any]:
    page = {
        "type": "object", "additionalProperties": False, "required": ["items", "next"],
        "properties": {
            "items": {"type": "array", "maxItems": MOST,
                      "items": {"$ref": f"#/components/schemas/{_schema_name(name)}"}},
            "next": {"type": ["string", "null"], "description": "The cursor of the next page; null at the end."},
        },
    }  # fmt: skip
    return {
        "operationId": f"list_{name.replace('-', '_')}", "summary": RESOURCES[name].about,
        "parameters": [*(described(one) for one in parameters_of(RESOURCES[name])), _ETAG],
        "responses": {
            "200": answer("One page.", page), **NOT_MODIFIED, **problems(400, 401, 403, 404, 422, 429, 500, 503),
        },
    }  # fmt: skip


def _object(name: str, format_: dict[str, Any]) -> dict[str, Any]:
    key = {"name": "key", "in": "path", "required": True, "schema": {"type": "string", **format_}}
    shown = answer("The object.", {"$ref": f"#/components/schemas/{_schema_name(name)}"})
    return {
        "operationId": f"read_{name.replace('-', '_')}", "summary": RESOURCES[name].about, "parameters": [key, _ETAG],
        "responses": {"200": shown, **NOT_MODIFIED, **problems(400, 401, 403, 404, 422, 429, 500, 503)},
    }  # fmt: skip


def _changes() -> dict[str, Any]:
    return {
        "operationId": "changes",
        "summary": "What to read again, in an order that no concurrent change can slip behind.",
        "parameters": [described(one) for one in parameters_of_changes(SCOPES)],
        "responses": {
            "200": answer("The next changes.", {"$ref": "#/components/schemas/Changes"}),
            **problems(400, 401, 403, 404, 410, 422, 429, 500, 503),
        },
    }  # fmt: skip


def described(one: Parameter) -> dict[str, Any]:
    """A parameter of a query."""
    return {"name": one.name, "in": "query", "required": False, "description": one.about, "schema": one.schema}


def answer(about: str, schema: dict[str, Any]) -> dict[str, Any]:
    """An answer in JSON that carries an ETag."""
    return {
        "description": about, "headers": {"ETag": {"schema": {"type": "string"}}},
        "content": {"application/json": {"schema": schema}},
    }  # fmt: skip


NOT_MODIFIED: Final[dict[str, Any]] = {"304": {"description": "Not changed since that ETag."}}


def problems(*statuses: int) -> dict[str, Any]:
    """The answers that say no."""
    return {str(status): _problem(status) for status in statuses}


def _problem(status: int) -> dict[str, Any]:
    said = "; ".join(f"{code}: {text}" for code, (own, text) in READ_MESSAGES.items() if own == status)
    shown: dict[str, Any] = {"description": said}
    if status in {429, 503}:
        shown["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return shown | {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
