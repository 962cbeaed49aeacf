"""Functions that become part of the loop that calls them: passing many arrays costs more than these functions do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Loop = TypeVar("Loop", bound=Callable[..., Any])


def inlined(loop: Loop) -> Loop:
    """The function compiled into each compiled function that calls it."""
    return cast(Loop, numba.njit(inline="always", nogil=True)(loop))
