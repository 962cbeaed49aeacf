"""The pages of assessments."""

from typing import Any

ROUTES: list[Any] = []
