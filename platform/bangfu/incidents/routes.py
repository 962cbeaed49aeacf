"""The pages of incidents."""

from typing import Any

ROUTES: list[Any] = []
