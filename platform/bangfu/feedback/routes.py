"""Pages of feedback."""

from typing import Any

ROUTES: list[Any] = []
