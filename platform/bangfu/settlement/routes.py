"""Pages of settlement."""

from typing import Any

ROUTES: list[Any] = []
