"""Pages of quality."""

from typing import Any

ROUTES: list[Any] = []
