"""The pages of privacy."""

from typing import Any

ROUTES: list[Any] = []
