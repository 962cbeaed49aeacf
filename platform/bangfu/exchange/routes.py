"""The pages of exchange."""

from typing import Any

ROUTES: list[Any] = []
