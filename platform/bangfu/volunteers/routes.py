"""Routes."""

from bangfu.volunteers import hooks

hooks.register()
ROUTES: list[object] = []
