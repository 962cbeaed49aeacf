"""The pages of children."""

from typing import Any

ROUTES: list[Any] = []
