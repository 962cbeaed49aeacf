"""The interface as an OpenAPI 3.1 document, made of the schema objects that check the messages."""

from collections.abc import Collection
from typing import Any, Final

from bangfu import __version__
from bangfu.discovery.rules import STATES
from bangfu.exchange import rules
from bangfu.exchange.incoming import COMPARISON_EXAMPLE, EXAMPLE, REPORT
from bangfu.exchange.problems import FIELDS, MESSAGES

POSTED: Final = (400, 401, 403, 409, 413, 415, 422, 429, 500, 503)
READ: Final = (400, 401, 403, 404, 429, 500, 503)
RECEIPT_EXAMPLE: Final[dict[str, Any]] = {
    "client_reference": EXAMPLE["client_reference"], "report_number": "XS-2026-000041", "status": "collected",
    "status_words": {"zh": "信息收集", "en": "Collected"}, "received_at": "2026-11-22T09:30:00+08:00",
}  # fmt: skip
_BOTH: Final[dict[str, Any]] = {
    "type": "object", "required": ["zh", "en"], "additionalProperties": False,
    "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
}  # fmt: skip
_RECEIPT: Final[dict[str, Any]] = {
    "type": "object", "additionalProperties": False, "required": list(RECEIPT_EXAMPLE),
    "properties": {
        "client_reference": {"type": "string"}, "report_number": {"type": "string"},
        "status": {"type": "string", "enum": list(STATES)}, "status_words": _BOTH,
        "received_at": {"type": "string", "format": "date-time"},
    },
    "examples": [RECEIPT_EXAMPLE],
}  # fmt: skip


def problem_schema(codes: Collection[str], field: str) -> dict[str, Any]:
    """The schema of an answer that says no; `field` says what names the wrong one."""
    return {
        "type": "object", "required": ["status", "code", "message"], "additionalProperties": False,
        "description": "What is wrong. Values that were sent are never repeated.",
        "properties": {
            "status": {"type": "integer"}, "code": {"type": "string", "enum": sorted(codes)}, "message": _BOTH,
            "problems": {"type": "array", "items": {
                "type": "object", "required": ["field", "code", "message"], "additionalProperties": False,
                "properties": {
                    "field": {"type": "string", "description": field},
                    "code": {"type": "string", "enum": sorted(FIELDS)}, "message": _BOTH,
                },
            }},
        },
    }  # fmt: skip


_PROBLEM: Final = problem_schema(MESSAGES, "JSON pointer; empty for the whole message.")
_SIGNING: Final = (
    "HMAC-SHA256 with the client's secret over seven lines joined by line feeds: bangfu-v1, the method, the path, the"
    " time stamp, the nonce, the idempotency key (an empty line for GET), the SHA-256 of the body in hexadecimal."
    " Sessions and cookies count for nothing. docs/exchange.md has a worked example."
)


def document(base: str = "") -> dict[str, Any]:
    """The whole document; `base` is the address of the portal."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Bangfu: reports from other systems", "version": __version__,
            "summary": "Hotlines and data comparison report households that may need help.",
            "description": "Everything lands as a report in the state `collected`; people decide what follows."
            f" At most {rules.PER_MINUTE} requests a minute for each client unless agreed otherwise.",
        },
        "servers": [{"url": base or "/"}],
        "security": [{"signature": []}],
        "paths": {
            "/api/v1/reports": {"post": _post()},
            "/api/v1/reports/{client_reference}": {"get": _get()},
        },
        "components": {
            "schemas": {"Report": REPORT.document(), "Receipt": _RECEIPT, "Problem": _PROBLEM},
            "securitySchemes": {
                "signature": {
                    "type": "apiKey", "in": "header", "name": "Bangfu-Signature", "description": _SIGNING,
                }
            },
        },
    }  # fmt: skip


def _post() -> dict[str, Any]:
    examples = {"hotline": {"value": EXAMPLE}, "data_comparison": {"value": COMPARISON_EXAMPLE}}
    return {
        "operationId": "postReport", "summary": "Send a report",
        "parameters": [*_headers(), _header("Idempotency-Key", rules.KEY.pattern, "One for each report: a repeat with"
                                            " the same key and body gets the same answer and makes nothing new.")],
        "requestBody": {"required": True, "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/Report"}, "examples": examples,
        }}},
        "responses": {
            "201": _receipt("The report was taken."), "200": _receipt("It was taken before; the same answer again."),
            **_problems(POSTED),
        },
    }  # fmt: skip


def _get() -> dict[str, Any]:
    reference = {
        "name": "client_reference", "in": "path", "required": True,
        "schema": {"type": "string", "pattern": f"^{rules.REFERENCE.pattern}$"},
    }  # fmt: skip
    return {
        "operationId": "getReport", "summary": "Where one's own report stands",
        "parameters": [reference, *_headers()],
        "responses": {"200": _receipt("Its number and state, nothing else."), **_problems(READ)},
    }  # fmt: skip


def _headers() -> list[dict[str, Any]]:
    return [
        _header("Bangfu-Client", "[0-9a-f-]{36}", "The client's id."),
        _header("Bangfu-Timestamp", "[0-9]{1,11}", "Whole seconds since 1970, at most five minutes off."),
        _header("Bangfu-Nonce", rules.KEY.pattern, "Another one for every request, also for a repeated one."),
    ]


def _header(name: str, pattern: str, about: str) -> dict[str, Any]:
    schema = {"type": "string", "pattern": f"^{pattern}$"}
    return {"name": name, "in": "header", "required": True, "description": about, "schema": schema}


def _receipt(about: str) -> dict[str, Any]:
    return {
        "description": about,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Receipt"}}},
    }


def _problems(statuses: tuple[int, ...]) -> dict[str, Any]:
    return {str(status): _one_problem(status) for status in statuses}


def _one_problem(status: int) -> dict[str, Any]:
    codes = [code for code, (own, _) in MESSAGES.items() if own == status]
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    shown: dict[str, Any] = {"description": "; ".join(f"{code}: {MESSAGES[code][1]}" for code in codes)}
    if status in {429, 503}:
        shown["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return shown | {"content": content}
