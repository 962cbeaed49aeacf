"""Pages of complaints."""

from typing import Any

ROUTES: list[Any] = []
