"""Who acts: handed from the edge (web, command line, worker) to every action and query."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person, or the system. `scope` is a division prefix (DOMAIN.md 1.3); "" holds nothing."""

    user: UUID | None
    username: str
    display_name: str
    roles: frozenset[str]
    scope: str = ""
    organization: UUID | None = None
    carer: UUID | None = None
    address: str = ""
    session: UUID | None = None

    @property
    def me(self) -> UUID:
        """The id of the person who acts.

        Raises:
            RuntimeError: for the system, which is nobody.
        """
        if self.user is None:
            raise RuntimeError("The system is not a person.")
        return self.user

    def has(self, *roles: str) -> bool:
        """Whether the actor holds one of the roles."""
        return not self.roles.isdisjoint(roles)

    def sees(self, division: str) -> bool:
        """Whether the division lies in the actor's scope."""
        return bool(self.scope) and division.startswith(self.scope)


SYSTEM = Actor(user=None, username="system", display_name="system", roles=frozenset({"system"}))
