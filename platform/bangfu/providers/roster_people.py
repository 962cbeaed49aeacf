"""Whose times somebody may see or keep: the manager those of the own organisation, a station those of its area's
social workers and volunteers, everybody their own (DOMAIN.md 1.5, 9.2)."""

from dataclasses import dataclass
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.providers.tables import Carer
from bangfu.shared.actor import Actor
from bangfu.shared.masking import mask_name


@dataclass(frozen=True, slots=True)
class Who:
    """A carer as a roster shows one."""

    id: UUID
    number: str
    name: str
    kind: str
    organization: UUID | None
    division: str

    @property
    def short(self) -> str:
        """The name with its given part masked, for what leaves the portal."""
        return mask_name(self.name)


_COLUMNS = "c.id, c.number, c.name, c.kind, c.organization, c.division"


def _seen(actor: Actor, *, keep: bool) -> tuple[str, list[object]]:
    """The SQL condition (alias `c`) of the carers whose times the person may see, or keep."""
    if actor.organization is not None and actor.has("provider_manager"):
        workers = " AND c.kind = 'worker'" if keep else ""
        return "c.organization = {}::uuid" + workers, [actor.organization]
    if keep and not actor.has("station_dispatcher"):
        return "false", []
    return (
        "{} <> '' AND c.division LIKE {} || '%' AND c.kind IN ('social_worker', 'volunteer')",
        [actor.scope, actor.scope],
    )


async def people(actor: Actor, limit: int, offset: int) -> tuple[list[Who], int]:
    """One page of the active carers whose times the person may see, by kind and number, and how many there are."""
    seen, values = _seen(actor, keep=False)
    rows = await Carer.raw(
        f"SELECT {_COLUMNS}, count(*) OVER () AS total FROM carer c WHERE c.active AND {seen}"  # noqa: S608
        " ORDER BY c.kind, c.number LIMIT {} OFFSET {}",
        *values, limit, offset,
    )  # fmt: skip
    return [_who(row) for row in rows], rows[0]["total"] if rows else 0


async def person_for(actor: Actor, carer: UUID, *, keep: bool = False) -> Who:
    """One of them.

    Raises:
        NotYours: if there is none, or the person's times are not the actor's to see (to keep).
    """
    seen, values = _seen(actor, keep=keep)
    rows = await Carer.raw(
        f"SELECT {_COLUMNS} FROM carer c WHERE c.active AND c.id = {{}} AND {seen}",  # noqa: S608
        carer, *values,
    )  # fmt: skip
    if not rows:
        raise NotYours
    return _who(rows[0])


async def may_keep(actor: Actor, carer: UUID) -> bool:
    """Whether the actor enters and approves for this carer."""
    try:
        await person_for(actor, carer, keep=True)
    except NotYours:
        return False
    return True


async def myself(actor: Actor) -> Who:
    """The carer that the signed-in person is.

    Raises:
        NotYours: for an account without one.
    """
    rows = await Carer.raw(f"SELECT {_COLUMNS} FROM carer c WHERE c.active AND c.id = {{}}", actor.carer)  # noqa: S608
    if actor.carer is None or not rows:
        raise NotYours
    return _who(rows[0])


def _who(row: dict[str, object]) -> Who:
    return Who(**{name: row[name] for name in Who.__slots__})  # type: ignore[arg-type]
