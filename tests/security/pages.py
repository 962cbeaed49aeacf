"""Every page of the portal as who may open it, for tests that try something on all of them."""

import re
from collections.abc import Callable, Iterator

from bangfu.shared.permissions import PERMISSIONS
from tests.authorisation.matrix import MATRIX
from tests.authorisation.row import Stage
from tests.support import ROLES

_PARAMETER = re.compile(r"\{[^}]+\}")
_FIRST = (
    "dispatcher", "officer", "coordinator", "manager", "volunteer", "worker", "bureau", "admin", "auditor", "lead",
    "child_director", "child_supervisor", "liaison", "assessor", "grid", "finance",
)  # fmt: skip
ASKED = (
    "q", "query", "search", "state", "status", "show", "of", "page", "sort", "kind", "town", "division", "service",
    "month", "quarter", "year", "from", "to", "category", "carer", "organization", "number", "code", "name", "next",
    "colour", "view", "day", "week", "evidence", "line", "contract",
)  # fmt: skip
"""Names that addresses of the portal ask by."""


def visitor_of(permission: str) -> str | None:
    """A member of the cast with the permission; None for everybody's pages."""
    if permission == "public":
        return None
    allowed = (
        set(ROLES) if permission == "signed_in" else {n for n, (r, _) in ROLES.items() if r in PERMISSIONS[permission]}
    )
    return next((name for name in _FIRST if name in allowed), sorted(allowed)[0])


def addresses(
    stage: Stage, method: str = "GET", wanted: Callable[[str], bool] = lambda _: True
) -> Iterator[tuple[str | None, str, str]]:
    """(visitor, address with that visitor's own objects in it, pattern of the route)."""
    for (verb, path), row in sorted(MATRIX.items()):
        if verb != method or row.permission in {"signed", "bearer"} or not wanted(path):
            continue
        if "{rest:path}" in path or path.startswith("/static"):
            continue
        name = visitor_of(row.permission)
        own = stage.mine(row.kind, name or "") if row.kind else ()
        if own is None or (_PARAMETER.search(path) and not row.kind):
            continue
        values = iter(own if isinstance(own, tuple) else (own,))
        yield name, _PARAMETER.sub(lambda _, values=values: str(next(values)), path), path  # type: ignore[misc]
