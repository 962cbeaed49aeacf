"""Care rates: entered by a bureau's officer, published by its lead, never changed afterwards (DOMAIN.md 3.1)."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from bangfu.agreements.rate_rules import BASIS_OF
from bangfu.agreements.tables import CareBase, CareRate, CareRateSheet
from bangfu.errors import N_, NotAllowed, NotYours, Refused
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.permissions import allows

Kept = type[CareBase] | type[CareRateSheet]


async def enter_sheet(
    actor: Actor, key: UUID, prefix: str, valid_from: date, source: str,
    factors: Mapping[tuple[str, str], Decimal], at: datetime,
) -> UUID:  # fmt: skip
    """A new version of the rates of an area, as a draft; the same key is the same version.

    Args:
        factors: (support mode, level) -> factor; at home on the subsidy, in an institution on the minimum wage.

    Raises:
        NotYours: for an area that is not the actor's.
        NotAllowed: without the permission.
    """
    _check(actor, prefix, "rates.edit")
    async with transaction():
        if await _known(actor, CareRateSheet, key):
            return key
        await CareRateSheet(
            id=key, division_prefix=prefix, valid_from=valid_from, source=source, created_by=actor.user, created_at=at
        ).save()
        for (mode, level), factor in factors.items():
            await CareRate(
                id=uuid4(), sheet=key, support_mode=mode, selfcare_level=level, basis=BASIS_OF[mode], factor=factor
            ).save()
        written = {f"{mode}.{level}": str(factor) for (mode, level), factor in sorted(factors.items())}
        data = {"valid_from": valid_from.isoformat(), "factors": written}
        await audit.record(actor, "care_rate.entered", "care_rate_sheet", key, division=prefix, at=at, data=data)
    return key


async def enter_base(
    actor: Actor, key: UUID, prefix: str, kind: str, amount: Decimal, valid_from: date, source: str, at: datetime
) -> UUID:
    """A new base amount of an area, as a draft; the same key is the same row.

    Raises: as `enter_sheet`.
    """
    _check(actor, prefix, "rates.edit")
    async with transaction():
        if await _known(actor, CareBase, key):
            return key
        await CareBase(
            id=key, division_prefix=prefix, kind=kind, amount=amount, valid_from=valid_from, source=source,
            created_by=actor.user, created_at=at,
        ).save()  # fmt: skip
        data = {"kind": kind, "amount": str(amount), "valid_from": valid_from.isoformat()}
        await audit.record(actor, "care_base.entered", "care_base", key, division=prefix, at=at, data=data)
    return key


async def publish(actor: Actor, table: Kept, row: UUID, at: datetime) -> None:
    """draft -> published, by somebody else than who entered it. Repeats change nothing.

    Raises:
        NotYours: if it is not of the actor's area.
        NotAllowed: without the permission.
        Refused: for one's own entry, one that was withdrawn, or a day that has its published version already.
    """
    async with transaction():
        found = await _locked(actor, table, row, "rates.publish")
        if found.status == "published":
            return
        if found.status != "draft":
            raise Refused(N_("This entry was withdrawn. Look at the page again."))
        if found.created_by == actor.user:
            raise Refused(N_("You entered these rates yourself: another person publishes them."))
        await _check_day_free(found)
        await table.update(status="published", published_by=actor.user, published_at=at).where(table.id == row)
        await _note(actor, found, "published", at)


async def withdraw(actor: Actor, table: Kept, row: UUID, at: datetime) -> None:
    """draft -> withdrawn, by the bureau's officer: it was entered wrongly. Repeats change nothing.

    Raises:
        NotYours, NotAllowed: as `publish`.
        Refused: for a published one.
    """
    async with transaction():
        found = await _locked(actor, table, row, "rates.edit")
        if found.status == "withdrawn":
            return
        if found.status == "published":
            raise Refused(N_("Published rates never change: enter a new version from a later day."))
        await table.update(status="withdrawn").where(table.id == row)
        await _note(actor, found, "withdrawn", at)


def _check(actor: Actor, prefix: str, permission: str) -> None:
    if not actor.sees(prefix):
        raise NotYours
    if not allows(actor.roles, permission):
        raise NotAllowed


async def _known(actor: Actor, table: Kept, key: UUID) -> bool:
    found = await table.objects().get(table.id == key)
    if found is not None and found.created_by != actor.user:
        raise NotYours
    return found is not None


async def _locked(actor: Actor, table: Kept, row: UUID, permission: str) -> CareBase | CareRateSheet:
    found: CareBase | CareRateSheet | None = await table.objects().where(table.id == row).first().lock_rows("UPDATE")
    if found is None:
        raise NotYours
    _check(actor, found.division_prefix, permission)
    await audit.hold(found.division_prefix)
    return found


async def _check_day_free(found: CareBase | CareRateSheet) -> None:
    table = type(found)
    kind = (CareBase.kind == found.kind) if isinstance(found, CareBase) else (table.status == "published")
    same = (table.division_prefix == found.division_prefix) & (table.valid_from == found.valid_from)
    if await table.exists().where(same & (table.status == "published") & kind):
        raise Refused(
            N_("For this area a version from {day} is published already: enter one from another day."),
            day=found.valid_from.isoformat(),
        )


async def _note(actor: Actor, found: CareBase | CareRateSheet, what: str, at: datetime) -> None:
    name = "care_base" if isinstance(found, CareBase) else "care_rate"
    data = {"valid_from": found.valid_from.isoformat()}
    await audit.record(
        actor, f"{name}.{what}", found._meta.tablename, found.id, division=found.division_prefix, at=at, data=data
    )
