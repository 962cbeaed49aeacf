"""The frame around every page: what features add to the menu and to the start page."""

from collections.abc import Awaitable, Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from markupsafe import Markup

from bangfu.errors import N_
from bangfu.shared.actor import Actor
from bangfu.shared.permissions import allows

Count = Callable[[Actor], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A place in the side menu; `label` is a message id, `permission` decides who sees it.

    `group` (a key of GROUPS) is the heading that holds it in a long menu; the places with the smallest `phone` are
    the ones of a phone's bottom bar.
    """

    order: int
    key: str
    label: str
    href: str
    permission: str
    icon: str = ""
    count: Count | None = None
    group: str = ""
    phone: int = 90


@dataclass(frozen=True, slots=True)
class ShownItem:
    """A menu item as a template reads it."""

    href: str
    label: str
    count: int | None
    active: bool
    icon: str
    group: str = ""
    phone: int = 90


@dataclass(frozen=True, slots=True)
class MenuPart:
    """Places that stand together under a heading, or one place without one (`label` is "")."""

    label: str
    items: list[Any]

    @property
    def open(self) -> bool:
        """Whether the reader is at one of the places."""
        return any(item.active for item in self.items)


@dataclass(frozen=True, slots=True)
class TodoCount:
    """A number that opens its list; `label` is already in the reader's language. `at`: of when it is, where it was not
    counted just now."""

    label: str
    count: int
    href: str
    level: Literal["ok", "warn", "bad", "info", "neutral"] = "neutral"
    at: datetime | None = None
    of: str = ""
    """Of a number whose list has no filter for it: a word that its rows bear too. It opens a page of just them."""

    @property
    def opens(self) -> str:
        """The address of the rows that were counted."""
        return f"/todo?of={self.of}" if self.of else self.href


@dataclass(frozen=True, slots=True)
class TodoRow:
    """One thing to do: what, who is concerned, since when, until when, and the button that opens it."""

    what: str
    who: str
    href: str
    button: str
    since: datetime | None = None
    until: datetime | None = None
    group: Literal["today", "waiting"] = "today"
    of: str = ""
    """The number that it is counted in, where that opens a page of its rows."""


@dataclass(slots=True)
class Todo:
    """A feature's part of a person's start page."""

    counts: list[TodoCount] = field(default_factory=list)
    rows: list[TodoRow] = field(default_factory=list)


TodoHook = Callable[[Actor, datetime], Awaitable[Todo]]
MOST_WAITING: Final = 500
"""Rows of the page behind one number."""
_WANTED: ContextVar[int] = ContextVar("rows_wanted", default=0)


def rows_wanted(usual: int) -> int:
    """How many rows of a kind a hook gives: `usual` on the start page, all of them behind a number."""
    return _WANTED.get() or usual


async def everything(hooks: Iterable[TodoHook], actor: Actor, at: datetime, *, whole: bool = False) -> Todo:
    """What all hooks say together; `whole`: with all their rows."""
    token = _WANTED.set(MOST_WAITING if whole else 0)
    try:
        found = [await hook(actor, at) for hook in hooks]
    finally:
        _WANTED.reset(token)
    counts = {(count.of or count.href, count.label): count for each in found for count in each.counts}
    rows = {(row.of, row.href, row.what, row.since): row for each in found for row in each.rows}
    # who has two roles has one number of a matter that is both's
    return Todo(list(counts.values()), list(rows.values()))


@dataclass(frozen=True, slots=True)
class Hint:
    """The help on a form: a title, what is said, where a guide says more (`href` may be ""), and its terms.

    A term is its key in the glossary and its name.
    """

    title: str
    html: Markup
    href: str
    more: str
    terms: tuple[tuple[str, str], ...] = ()


HintFinder = Callable[[str, str, Actor | None], Hint | None]
"""Route's path with its parameters in braces, method, reader -> the page's help."""

LONGEST_MENU = 9
"""A menu with more places is shown in groups."""
GROUPS: dict[str, str] = {
    "register": N_("Household files"),
    "discovery": N_("Discovery and help"),
    "supervision": N_("Deadlines and supervision"),
    "supply": N_("Providers and contracts"),
    "service": N_("Home visits"),
    "quality": N_("Quality and complaints"),
    "settlement": N_("Scores and settlement"),
    "money": N_("Budget and purchase"),
    "basis": N_("Reference data"),
}

MENU: list[MenuItem] = []
TODO: list[TodoHook] = []
HINTS: list[HintFinder] = []


def add_menu(*items: MenuItem) -> None:
    """Register menu items; `app.py` calls this once per feature."""
    for item in items:
        if all(known.key != item.key for known in MENU):
            MENU.append(item)
    MENU.sort(key=lambda item: item.order)


def add_todo(hook: TodoHook) -> None:
    """Register a feature's part of the start page."""
    if hook not in TODO:
        TODO.append(hook)


def add_hints(finder: HintFinder) -> None:
    """Register who knows the help on forms."""
    if finder not in HINTS:
        HINTS.append(finder)


def hint_for(template: str, method: str, actor: Actor | None) -> Hint | None:
    """The help that belongs to a page, if there is any."""
    return next((found for finder in HINTS if (found := finder(template, method, actor))), None)


async def shown_menu(actor: Actor, path: str, translate: Callable[[str], str]) -> list[ShownItem]:
    """The items this person may open, the current one marked."""
    items = [item for item in MENU if allows(actor.roles, item.permission)]
    best = max((item.href for item in items if _inside(path, item.href)), key=len, default="")
    return [
        ShownItem(
            href=item.href,
            label=translate(item.label),
            count=await item.count(actor) if item.count else None,
            active=item.href == best,
            icon=item.icon,
            group=translate(GROUPS[item.group]) if item.group else "",
            phone=item.phone,
        )
        for item in items
    ]


def parts_of(menu: list[Any]) -> list[MenuPart]:
    """The menu as it is shown: a long one in groups, each where its first place stands; one place makes no group."""
    heading = [getattr(item, "group", "") if len(menu) > LONGEST_MENU else "" for item in menu]
    parts: dict[str, MenuPart] = {}
    for item, label in zip(menu, heading, strict=True):
        alone = heading.count(label) == 1 or not label
        parts.setdefault(item.href if alone else label, MenuPart("" if alone else label, [])).items.append(item)
    return list(parts.values())


def bar_of(menu: list[Any]) -> tuple[list[Any], list[Any]]:
    """A phone's bottom bar, at most five places, and those behind "more": the first five, or four and the rest."""
    if len(menu) <= 5:
        return menu, []
    first = sorted(menu, key=lambda item: getattr(item, "phone", 90))[:4]
    return first, [item for item in menu if item not in first]


def _inside(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(href.rstrip("/") + "/"))
