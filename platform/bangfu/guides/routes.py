"""Help inside the portal: guides per role, first steps, the glossary, and a hint on every form."""

from typing import Any

from bangfu.shared.web.frame import MenuItem, TodoHook

ROUTES: list[Any] = []
MENU: list[MenuItem] = []
TODO: list[TodoHook] = []
