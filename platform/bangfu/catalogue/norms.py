"""Norms in force, and the fingerprint of why a service is due."""

from datetime import date

from bangfu.catalogue.facts import canonical
from bangfu.catalogue.norm_rules import HEALTH, Due, Norm
from bangfu.catalogue.rules import in_force
from bangfu.catalogue.tables import ServiceNorm
from bangfu.shared.crypto import audit_hash


async def norms_in_force(today: date) -> list[Norm]:
    """The norms that count today, by service and code."""
    by_code: dict[str, list[ServiceNorm]] = {}
    for row in await ServiceNorm.objects().order_by(ServiceNorm.service, ServiceNorm.code):
        by_code.setdefault(row.code, []).append(row)
    current = (in_force(versions, today) for versions in by_code.values())
    return [as_norm(row) for row in current if row is not None]


def as_norm(row: ServiceNorm) -> Norm:
    """A stored version as the rules read it."""
    return Norm(
        row.code, row.version, row.service, row.target, row.times, row.period, row.minutes, row.within_hours,
        row.on_request, row.basis_zh, row.basis_en, row.source,
    )  # fmt: skip


def fingerprint(due: Due) -> str:
    """A keyed hash of the norms and people that make a service due: another one means that the facts changed.

    Keyed, because a list of norms tells about a person's health.
    """
    causes = sorted((cause.norm.code, cause.norm.version, str(cause.person)) for cause in due.causes)
    return audit_hash(canonical([due.service, str(due.person), causes]))


def plain_code(due: Due) -> str:
    """The deciding norm's code as it may stand in a table: `health` where it would tell about somebody's health."""
    return HEALTH if due.is_health else due.strictest.code
