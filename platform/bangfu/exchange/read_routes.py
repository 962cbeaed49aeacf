"""The interface for reading: two routes for each list of `read_resources`, the line of changes, the description."""

from typing import Any, Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from bangfu.exchange.bearing import bearer
from bangfu.exchange.json_answers import as_json, problem_handlers, tagged
from bangfu.exchange.read_asking import parameters_of_changes, read, read_wanted
from bangfu.exchange.read_cursor import USUAL
from bangfu.exchange.read_openapi import document
from bangfu.exchange.read_resource import Resource
from bangfu.exchange.read_resources import RESOURCES, SCOPES
from bangfu.exchange.reading import changes_of, object_of, page_of
from bangfu.shared.clock import now
from bangfu.shared.web.access import public
from bangfu.shared.web.pages import Request

PROBLEMS: Final = problem_handlers({404: "unknown", 405: "method"}, "Bearer")


def _query(request: Request) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        found.setdefault(name, []).append(value)
    return found


def _routes_of(resource: Resource) -> list[HTTPRouteHandler]:
    """The list and one object of it."""
    name = resource.name.replace("-", "_")

    @get(f"/api/v1/{resource.name}", guards=[bearer], exception_handlers=PROBLEMS, name=f"api_list_{name}")
    async def show_list(request: Request) -> Response[bytes]:
        return tagged(request, await page_of(request.state.reader, resource, read_wanted(resource, _query(request))))

    @get(f"/api/v1/{resource.name}/{{key:str}}", guards=[bearer], exception_handlers=PROBLEMS, name=f"api_read_{name}")
    async def show_object(request: Request, key: FromPath[str]) -> Response[bytes]:
        read((), _query(request))
        return tagged(request, await object_of(request.state.reader, resource, key))

    return [show_list, show_object]


@get("/api/v1/changes", guards=[bearer], exception_handlers=PROBLEMS)
async def show_changes(request: Request) -> Response[bytes]:
    """What to read again."""
    asked = read(parameters_of_changes(SCOPES), _query(request))
    return as_json(await changes_of(request.state.reader, asked, asked.get("limit", USUAL), now()))


@get("/api/v1/openapi.json", guards=[public], exception_handlers=PROBLEMS)
async def describe(request: Request) -> Response[bytes]:
    """The interface as an OpenAPI document; anybody may read it."""
    answer = tagged(request, document(str(request.base_url).rstrip("/")), public=True)
    answer.headers["access-control-allow-origin"] = "*"
    return answer


ROUTES: list[Any] = [
    *(route for resource in RESOURCES.values() for route in _routes_of(resource)), show_changes, describe,
]  # fmt: skip
