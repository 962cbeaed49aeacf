"""Ledgers that write themselves: definitions as data over visits and cases, kept versions, own ledgers."""

from typing import Any

from bangfu.shared.web.frame import MenuItem, TodoHook

ROUTES: list[Any] = []
MENU: list[MenuItem] = []
TODO: list[TodoHook] = []
