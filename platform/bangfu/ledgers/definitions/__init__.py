"""Definitions of ledgers as data: the standing ones in standing.json, people's own ones in the database."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from bangfu.ledgers.more_sources import SOURCES
from bangfu.ledgers.sources import Column, Source
from bangfu.shared.actor import Actor
from bangfu.shared.i18n import current
from bangfu.shared.permissions import allows

SIGNERS: Final = ("编制", "审核", "负责人")


@dataclass(frozen=True, slots=True)
class Definition:
    """A ledger: which columns of which source, in which order, with which fixed filters; `version` grows with it."""

    key: str
    version: int
    source: Source
    zh: str
    en: str
    columns: tuple[Column, ...]
    group: str = ""
    """The column under whose values the paper gathers the rows and adds them up."""
    sort: tuple[str, ...] = ()
    flipped: bool = True
    """Landscape."""
    signers: tuple[str, ...] = SIGNERS

    @property
    def title(self) -> str:
        """In the reader's language."""
        return self.zh if current() == "zh" else self.en

    def document(self) -> dict[str, Any]:
        """As an issue keeps it."""
        return {
            "key": self.key, "version": self.version, "source": self.source.key, "zh": self.zh, "en": self.en,
            "columns": [each.code for each in self.columns], "group": self.group, "sort": list(self.sort),
            "flipped": self.flipped, "signers": list(self.signers),
        }  # fmt: skip

    def shown_to(self, actor: Actor) -> "Definition":
        """The same with the columns that the actor's roles may see."""
        kept = tuple(each for each in self.columns if may_see(actor, each))
        document = self.document() | {"columns": [each.code for each in kept]}
        return definition_of(document)


def may_see(actor: Actor, column: Column) -> bool:
    """Whether the actor is shown the column at all."""
    return not column.permission or allows(actor.roles, column.permission)


def may_read(actor: Actor, source: Source) -> bool:
    """Whether the actor's roles reach the source, in an area or as an organisation."""
    if actor.organization is not None and not actor.scope and not source.organization:
        return False
    return any(allows(actor.roles, each) for each in source.permissions)


def definition_of(document: dict[str, Any]) -> Definition:
    """A definition from its document; columns that the source lost are left out."""
    source = SOURCES[document["source"]]
    known = {each.code: each for each in source.columns}
    columns = tuple(known[code] for code in document["columns"] if code in known)
    group = document.get("group", "")
    return Definition(
        document["key"], document["version"], source, document["zh"], document["en"], columns,
        group if group in {each.code for each in columns} else "",
        tuple(document.get("sort") or source.order), document.get("flipped", True),
        tuple(document.get("signers", SIGNERS)),
    )  # fmt: skip


@cache
def standing() -> dict[str, Definition]:
    """The ledgers that everybody has, in the order of the list."""
    text = files(__package__).joinpath("standing.json").read_text("utf-8")
    return {each["key"]: definition_of(each) for each in json.loads(text)}
