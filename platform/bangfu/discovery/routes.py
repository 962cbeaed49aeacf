"""The pages of discovery."""

from typing import Any

ROUTES: list[Any] = []
