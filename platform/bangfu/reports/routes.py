"""Figures for leaders: coverage, unmet needs, visits, quality and money by quarter and town, each with its rows."""

from typing import Any

from bangfu.shared.web.frame import MenuItem, TodoHook

ROUTES: list[Any] = []
MENU: list[MenuItem] = []
TODO: list[TodoHook] = []
