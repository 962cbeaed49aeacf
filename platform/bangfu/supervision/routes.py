"""The pages of supervision."""

from typing import Any

ROUTES: list[Any] = []
