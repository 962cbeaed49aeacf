"""Pages of separation."""

from typing import Any

ROUTES: list[Any] = []
