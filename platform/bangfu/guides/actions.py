"""Ticking first steps, putting them away, showing them again: one's own alone, so nothing here is audited."""

from uuid import uuid4

from bangfu.errors import NotYours
from bangfu.guides import tour
from bangfu.guides.tables import FirstSteps
from bangfu.shared.actor import Actor


async def tick(actor: Actor, key: str, *, done: bool) -> None:
    """Mark one of the actor's own steps as done or as open again; repeating it changes nothing.

    Raises:
        NotYours: if it is no step of the actor's roles.
    """
    if not tour.known(key, actor.roles):
        raise NotYours
    await FirstSteps.raw(
        'INSERT INTO first_steps AS s (id, "user", done) VALUES ({}, {}, {})'
        ' ON CONFLICT ("user") DO UPDATE SET done = array_remove(s.done, {}) || excluded.done',
        uuid4(), actor.me, [key] if done else [], key,
    )  # fmt: skip


async def put_away(actor: Actor, *, hidden: bool) -> None:
    """Take the steps off the start page, or bring them back with their ticks."""
    await FirstSteps.raw(
        'INSERT INTO first_steps (id, "user", done, hidden) VALUES ({}, {}, {}, {})'
        ' ON CONFLICT ("user") DO UPDATE SET hidden = excluded.hidden',
        uuid4(), actor.me, [], hidden,
    )  # fmt: skip
