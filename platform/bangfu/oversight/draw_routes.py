"""Pages of oversight, draw."""

from typing import Any

ROUTES: list[Any] = []
