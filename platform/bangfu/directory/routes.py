"""Services, organisations and places as open data (Open Referral HSDS 3), and such a directory taken in."""

from typing import Any

from bangfu.shared.web.frame import MenuItem, TodoHook

ROUTES: list[Any] = []
MENU: list[MenuItem] = []
TODO: list[TodoHook] = []
