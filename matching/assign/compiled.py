"""Compile inner loops with numba, keeping the machine code where the folder, or the user's cache, can be written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Loop = TypeVar("Loop", bound=Callable[..., Any])


def compiled(loop: Loop) -> Loop:
    """The loop as machine code, compiled at its first call; kept on disk unless nothing there can be written."""
    try:
        return cast(Loop, numba.njit(cache=True, nogil=True)(loop))
    except RuntimeError:  # numba finds no place to cache: a read-only package and no writable home
        return cast(Loop, numba.njit(nogil=True)(loop))
