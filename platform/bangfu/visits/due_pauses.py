"""When the service of a need rests: noted as people suspend and resume it, so that no visit is due meanwhile."""

from datetime import datetime
from uuid import UUID

from bangfu.needs.actions import on_move
from bangfu.needs.tables import Need
from bangfu.shared.actor import Actor
from bangfu.visits.due_tables import ServicePause


async def note(actor: Actor, need: UUID, action: str, at: datetime) -> None:
    """Begin a pause with a suspension; whatever a person does next ends it (a reaction: needs.actions.on_move)."""
    if action == "suspend":
        await ServicePause.raw(
            "INSERT INTO service_pause (id, need, started_at) VALUES (gen_random_uuid(), {}, {})"
            " ON CONFLICT (need) WHERE ended_at IS NULL DO NOTHING",
            need, at,
        )  # fmt: skip
    elif await _over(need):
        await ServicePause.raw(
            "UPDATE service_pause SET ended_at = greatest(started_at, {}) WHERE need = {} AND ended_at IS NULL",
            at,
            need,
        )


async def _over(need: UUID) -> bool:
    rows = await Need.raw("SELECT status FROM need WHERE id = {}", need)
    return bool(rows) and rows[0]["status"] != "suspended"


def register() -> None:
    """Hear of needs; repeating it changes nothing."""
    on_move(note)
