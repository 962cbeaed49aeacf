"""The pages of catalogue."""

from typing import Any

ROUTES: list[Any] = []
