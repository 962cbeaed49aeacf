"""Pages of oversight, check."""

from typing import Any

ROUTES: list[Any] = []
