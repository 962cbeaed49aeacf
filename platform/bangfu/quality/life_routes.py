"""Pages of quality, life."""

from typing import Any

ROUTES: list[Any] = []
