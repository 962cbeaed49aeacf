"""Pages of settlement, bundle."""

from typing import Any

ROUTES: list[Any] = []
