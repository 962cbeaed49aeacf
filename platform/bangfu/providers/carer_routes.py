"""Routes."""

ROUTES: list[object] = []
