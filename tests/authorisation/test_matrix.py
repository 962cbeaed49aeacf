"""Role x route x own or foreign object: the application's routes enumerate themselves (issue: who may do what)."""

import re
from collections.abc import Iterator

import pytest
from _pytest.mark import ParameterSet
from litestar import Litestar
from litestar.routes import HTTPRoute

from bangfu.app import create_app
from bangfu.exchange.bearing import bearer
from bangfu.exchange.signing import signed
from bangfu.settings import Settings
from bangfu.shared.permissions import PERMISSIONS
from bangfu.shared.web.access import Requires, public, signed_in
from tests.authorisation.matrix import MATRIX
from tests.authorisation.row import Row, Stage
from tests.support import ROLES, Visitor

_PARAMETER = re.compile(r"\{[^}]+\}")
OPEN = {"public", "signed_in"}
INSIDERS = [name for name in ROLES if not name.startswith(("out", "city"))]
"""The cast of the township; the outsiders of another county and the city, whose area holds both, have their own
tests."""


def _routes(app: Litestar) -> Iterator[tuple[str, str, list[object]]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for method, (handler, _) in route.route_handler_map.items():
                if method not in {"OPTIONS", "HEAD"}:
                    yield str(method), route.path, [getattr(guard, "func", guard) for guard in handler.resolve_guards()]


def _named(guards: list[object]) -> set[str]:
    """The access checks among a route's guards."""
    plain = {public: "public", signed_in: "signed_in", signed: "signed", bearer: "bearer"}
    found = {guard.permission for guard in guards if isinstance(guard, Requires)}
    return found | {name for guard, name in plain.items() if guard in guards}


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory, keys: object) -> dict[tuple[str, str], set[str]]:
    app = create_app(Settings(data=tmp_path_factory.mktemp("routes")))
    return {(method, path): _named(guards) for method, path, guards in _routes(app)}


def test_every_route_has_a_row_and_every_row_a_route(routes: dict[tuple[str, str], set[str]]) -> None:
    assert sorted(set(routes) - set(MATRIX)) == []
    assert sorted(set(MATRIX) - set(routes)) == []


def test_every_route_has_exactly_one_access_check_and_it_is_the_one_of_its_row(
    routes: dict[tuple[str, str], set[str]],
) -> None:
    wrong = {key: checks for key, checks in routes.items() if key in MATRIX and checks != {MATRIX[key].permission}}
    assert wrong == {}


def _address(path: str, value: object) -> str:
    values = iter(value if isinstance(value, tuple) else (value,))
    return _PARAMETER.sub(lambda _: str(next(values)), path)


async def _ask(browser: Visitor, method: str, address: str) -> int:
    answer = await (browser.get(address) if method == "GET" else browser.post(address))
    return answer.status_code


def _may(name: str, row: Row) -> bool:
    return row.permission in OPEN or ROLES[name][0] in PERMISSIONS[row.permission]


CASES = sorted((key for key in MATRIX if MATRIX[key].permission not in {"public", "signed", "bearer"}), key=str)
"""Routes for people; what only requests of other systems reach is tested in tests/exchange."""


def _case(method: str, path: str) -> ParameterSet:
    """A page that is only looked at needs no database of its own."""
    return pytest.param(method, path, id=f"{method} {path}", marks=pytest.mark.reading if method == "GET" else ())


@pytest.mark.parametrize(("method", "path"), [_case(*case) for case in CASES])
async def test_only_the_allowed_roles_come_in_and_only_to_their_own(
    method: str, path: str, staged: Stage, visit
) -> None:
    row, stage = MATRIX[method, path], staged
    nobody = await visit(None)
    address = _address(path, stage.own[row.kind][next(iter(stage.own[row.kind]))] if row.kind else ())
    assert await _ask(nobody, method, address) == (303 if method == "GET" else 401), "nobody signed in"
    seen = 0
    for name in INSIDERS:
        browser = await visit(name)
        own = stage.mine(row.kind, name) if row.kind else ()
        if not _may(name, row):
            assert await _ask(browser, method, _address(path, own)) == (404 if method == "GET" else 403), name
            continue
        if row.kind:
            status = await _ask(browser, method, _address(path, stage.others(row.kind, name)))
            assert status == 404, f"{name} reached a foreign {row.kind}"
        if own is not None and not _skip_own(name, row, stage):
            status = await _ask(browser, method, _address(path, own))
            assert status in {200, 303, 409, 422}, f"{name} was answered {status} at their own {row.kind or 'page'}"
            seen += 1
    assert seen, "no role of the cast reaches this route"


def _skip_own(name: str, row: Row, stage: Stage) -> bool:
    """Cast members without an object of their own of this kind."""
    return row.kind == "assignment" and row.permission == "tasks.own" and name not in stage.own["assignment"]
