"""Terms of a contract that money follows from, noted from its text by one person and confirmed by another."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from bangfu.contracts.tables import Contract
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.settlement import adjust_rules
from bangfu.settlement.tables import Clause
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction


async def note_clause(
    actor: Actor, key: UUID, contract: UUID, code: str, basis: str, value: Decimal, at: datetime
) -> None:
    """Note a term of a contract that money follows from; the same key is the same entry.

    Args:
        value: CNY for each (per_unit), a share of 1 (percent), or a share a day (daily).

    Raises:
        NotYours, NotAllowed: for a contract of another area, for other roles.
        FormError: for a basis that the term has not, or a value out of bounds.
    """
    rows = await Contract.raw("SELECT number, division FROM contract WHERE id = {}", contract)
    if not rows or not actor.sees(rows[0]["division"]):
        raise NotYours
    if not actor.has("bureau_officer"):
        raise NotAllowed
    most = Decimal(10_000) if basis == "per_unit" else Decimal("0.3")
    if basis not in adjust_rules.BASES.get(code, ()):
        raise FormError({"basis": (N_("This term is not computed that way. Please choose another one."), {})})
    if not 0 < value <= most:
        raise FormError({"value": (N_("Please enter a number above 0, at most {most}."), {"most": most})})
    division = rows[0]["division"]
    async with transaction():
        await audit.hold(division)
        known = await Clause.objects().get(Clause.id == key)
        if known is not None:
            if known.noted_by != actor.user:
                raise NotYours
            return
        await Clause(
            id=key, contract=contract, code=code, basis=basis, value=value, noted_by=actor.me, noted_at=at
        ).save()
        await audit.record(
            actor, "settlement_clause.noted", "settlement_clause", key, division=division,
            data={"contract": rows[0]["number"], "code": code, "basis": basis, "value": str(value)}, at=at,
        )  # fmt: skip


async def decide_clause(actor: Actor, key: UUID, confirmed: bool, at: datetime) -> None:
    """noted -> confirmed (the one before it is replaced) or refused, by somebody else who looked at the contract.

    Raises:
        Refused: for one's own entry, or one that was decided already.
    """
    rows = await Clause.raw(
        "SELECT c.division FROM settlement_clause k JOIN contract c ON c.id = k.contract WHERE k.id = {}", key
    )
    if not rows or not actor.sees(rows[0]["division"]):
        raise NotYours
    if not actor.has("bureau_officer", "bureau_lead"):
        raise NotAllowed
    async with transaction():
        await audit.hold(rows[0]["division"])
        row = await Clause.objects().where(Clause.id == key).first().lock_rows("NO KEY UPDATE")
        assert row is not None  # noqa: S101 (never deleted)
        wanted = "confirmed" if confirmed else "refused"
        if row.status == wanted and row.decided_by == actor.user:
            return
        if row.noted_by == actor.user:
            raise Refused(N_("You noted this term yourself: another person confirms it."))
        if row.status != "noted":
            raise Refused(N_("This term was decided already. Look at the page again."))
        if confirmed:
            await Clause.update({Clause.status: "replaced", Clause.decided_at: at}).where(
                (Clause.contract == row.contract) & (Clause.code == row.code) & (Clause.status == "confirmed")
            )
        await Clause.update(
            {
                Clause.status: wanted, Clause.decided_by: actor.user, Clause.decided_at: at,
                Clause.version: row.version + 1,
            }
        ).where(Clause.id == key)  # fmt: skip
        await audit.record(
            actor, "settlement_clause.decided", "settlement_clause", key, division=rows[0]["division"],
            data={"code": row.code, "to": wanted}, at=at,
        )  # fmt: skip
