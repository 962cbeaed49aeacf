"""The pages of outreach."""

from typing import Any

ROUTES: list[Any] = []
