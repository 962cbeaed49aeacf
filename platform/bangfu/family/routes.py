"""The page of a household with a paper code: who comes next, and what to say about it."""

from typing import Any

from bangfu.shared.web.frame import MenuItem, TodoHook

ROUTES: list[Any] = []
MENU: list[MenuItem] = []
TODO: list[TodoHook] = []
