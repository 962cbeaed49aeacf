"""Whose account money goes to: entered by one person of the bureau or finance, confirmed by another, sealed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.settlement.pay_tables import PayeeAccount
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import decrypt, encrypt
from bangfu.shared.database import transaction

KINDS: Final = ("organization", "agreement")
KEEPERS: Final = frozenset({"bureau_officer", "finance_officer"})


@dataclass(frozen=True, slots=True)
class Details:
    """An account as typed: whose name it is in, which bank, its number (digits and spaces)."""

    holder: str
    bank: str
    number: str

    @property
    def digits(self) -> str:
        return "".join(self.number.split()).replace("-", "")


async def payee_of(kind: str, payee: UUID) -> tuple[str, str]:
    """(name, division) of a payee; the name of an agreement is its number.

    Raises:
        NotYours: if there is none.
    """
    if kind not in KINDS:
        raise NotYours
    table = {
        "organization": "SELECT name, division FROM organization WHERE id = {}",
        "agreement": "SELECT number AS name, division FROM care_agreement WHERE id = {}",
    }[kind]
    rows = await PayeeAccount.raw(table, payee)
    if not rows:
        raise NotYours
    return str(rows[0]["name"]), str(rows[0]["division"])


async def enter(actor: Actor, key: UUID, kind: str, payee: UUID, said: Details, at: datetime) -> None:
    """Enter an account; the same key again is the same entry. It counts once another person has confirmed it.

    Raises:
        NotYours, NotAllowed: for a payee of another area, for other roles.
        FormError: for what is missing or no account number.
    """
    _name, division = await payee_of(kind, payee)
    _check_may(actor, division)
    _check(said)
    async with transaction():
        await audit.hold(division)
        if known := await PayeeAccount.objects().get(PayeeAccount.id == key):
            if known.entered_by != actor.user:
                raise NotYours
            return
        await PayeeAccount(
            id=key, kind=kind, payee=payee, division=division, tail=said.digits[-4:], entered_by=actor.me,
            entered_at=at, holder_enc=_seal(key, "holder", said.holder), bank_enc=_seal(key, "bank", said.bank),
            number_enc=_seal(key, "number", said.digits),
        ).save()  # fmt: skip
        await audit.record(
            actor, "payee_account.entered", "payee_account", key, division=division,
            data={"kind": kind, "payee": str(payee)}, at=at,
        )  # fmt: skip


async def decide(actor: Actor, key: UUID, confirmed: bool, at: datetime) -> None:
    """entered -> confirmed (the account before it is replaced) or refused, by somebody else than who entered it.

    Raises:
        Refused: for one's own entry, or one that was decided already.
    """
    known = await PayeeAccount.objects().get(PayeeAccount.id == key)
    if known is None:
        raise NotYours
    _check_may(actor, known.division)
    async with transaction():
        await audit.hold(known.division)
        row = await PayeeAccount.objects().where(PayeeAccount.id == key).first().lock_rows("NO KEY UPDATE")
        assert row is not None  # noqa: S101 (never deleted)
        wanted = "confirmed" if confirmed else "refused"
        if row.status == wanted and row.decided_by == actor.user:
            return
        if row.entered_by == actor.user:
            raise Refused(N_("You entered this account yourself: another person confirms it."))
        if row.status != "entered":
            raise Refused(N_("This account was decided already. Look at the page again."))
        if confirmed:
            await PayeeAccount.update({PayeeAccount.status: "replaced", PayeeAccount.decided_at: at}).where(
                (PayeeAccount.kind == row.kind) & (PayeeAccount.payee == row.payee)
                & PayeeAccount.status.is_in(["confirmed", "returned"])
            )  # fmt: skip
        await PayeeAccount.update(
            {
                PayeeAccount.status: wanted, PayeeAccount.decided_by: actor.user, PayeeAccount.decided_at: at,
                PayeeAccount.version: row.version + 1,
            }
        ).where(PayeeAccount.id == key)  # fmt: skip
        await audit.record(
            actor, "payee_account.decided", "payee_account", key, division=row.division,
            data={"kind": row.kind, "payee": str(row.payee), "to": wanted}, at=at,
        )  # fmt: skip


async def account_of(kind: str, payee: UUID) -> PayeeAccount | None:
    """The confirmed account of a payee."""
    found: PayeeAccount | None = await PayeeAccount.objects().get(
        (PayeeAccount.kind == kind) & (PayeeAccount.payee == payee) & (PayeeAccount.status == "confirmed")
    )
    return found


def unsealed(row: PayeeAccount) -> Details:
    """The account as the bank needs it: for the bank's file alone."""
    return Details(
        *(decrypt(getattr(row, f"{name}_enc"), f"payee_account:{name}_enc:{row.id}")
          for name in ("holder", "bank", "number"))
    )  # fmt: skip


def _seal(key: UUID, name: str, value: str) -> str:
    return encrypt(value, f"payee_account:{name}_enc:{key}")


def _check_may(actor: Actor, division: str) -> None:
    if not actor.sees(division):
        raise NotYours
    if KEEPERS.isdisjoint(actor.roles):
        raise NotAllowed


def _check(said: Details) -> None:
    faults: dict[str, tuple[str, Mapping[str, object]]] = {}
    for name in ("holder", "bank"):
        value = getattr(said, name)
        if not value or len(value) > 120:
            faults[name] = (N_("Please fill this in, at most 120 characters."), {})
    if not said.digits.isdecimal() or not said.digits.isascii() or not 8 <= len(said.digits) <= 30:
        faults["account_number"] = (N_("A bank account has 8 to 30 digits."), {})
    if faults:
        raise FormError(faults)
