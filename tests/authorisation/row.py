"""A row of the authorisation matrix."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """A route's permission (or `public`, `signed_in`) and the kind of object in its address ("" for none)."""

    permission: str
    kind: str = ""


@dataclass
class Stage:
    """kind -> cast member (or "" for everybody) -> id of that person's own object, and a foreign one."""

    own: dict[str, dict[str, object]] = field(default_factory=dict)
    foreign: dict[str, dict[str, object]] = field(default_factory=dict)

    def mine(self, kind: str, name: str) -> object:
        return self.own[kind].get(name, self.own[kind].get(""))

    def others(self, kind: str, name: str) -> object:
        return self.foreign[kind].get(name, self.foreign[kind].get(""))

    def put(self, kind: str, own: object, foreign: object, name: str = "") -> None:
        self.own.setdefault(kind, {})[name] = own
        self.foreign.setdefault(kind, {})[name] = foreign
