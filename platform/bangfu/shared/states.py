"""A state machine as one table of transitions (DOMAIN.md 8): whatever the table does not list is refused."""

from collections.abc import Collection, Iterable, Mapping
from typing import Generic, Protocol, TypeVar

from bangfu.errors import Refused
from bangfu.shared.i18n import Word


class Line(Protocol):
    """What every line of a table says: from where, by which action, to where, and who may cause it."""

    @property
    def source(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def roles(self) -> frozenset[str]: ...


L = TypeVar("L", bound=Line)


class Machine(Generic[L]):
    """One table. `refusal`: a message id with {state} and {action}; `states`, `actions`: groups of their words."""

    state_words: str
    action_words: str
    """The groups of words that name the states and the actions."""

    def __init__(self, lines: Iterable[L], refusal: str, states: str, actions: str) -> None:
        self.table: Mapping[tuple[str, str], L] = {(line.source, line.action): line for line in lines}
        self.actions = tuple(dict.fromkeys(action for _, action in self.table))
        self._refusal, self.state_words, self.action_words = refusal, states, actions

    def step(self, state: str, action: str) -> L:
        """The line of the table.

        Raises:
            Refused: if the table does not list it (HTTP 409).
        """
        found = self.table.get((state, action))
        if found is None:
            raise Refused(self._refusal, state=Word(self.state_words, state), action=Word(self.action_words, action))
        return found

    def target(self, state: str, action: str) -> str:
        """The state that an action leads to.

        Raises:
            Refused: if the table does not list it (HTTP 409).
        """
        return self.step(state, action).target

    def may(self, state: str, action: str, roles: Collection[str]) -> bool:
        """Whether one of the roles may take the action in this state; guards come on top."""
        found = self.table.get((state, action))
        return found is not None and not found.roles.isdisjoint(roles)

    def actions_for(self, state: str, roles: Collection[str]) -> tuple[str, ...]:
        """The actions that a page offers to the holder of these roles, in the order of the table."""
        return tuple(action for action in self.actions if self.may(state, action, roles))

    def ends(self, states: Collection[str]) -> frozenset[str]:
        """The states that no action leaves."""
        return frozenset(states) - {source for source, _ in self.table}
