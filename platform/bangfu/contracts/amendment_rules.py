"""Supplementary contracts: their states and their limits (DOMAIN.md 4.3, 8.6). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from bangfu.errors import N_
from bangfu.shared.states import Machine

AMENDMENT_STATES: Final = ("proposed", "checked", "approved", "signed", "published", "refused", "withdrawn")
COUNTED: Final = frozenset({"checked", "approved", "signed", "published"})
"""What a state of an amendment adds to the sum that is held against the 10 %."""
WAITING: Final = frozenset({"proposed", "checked", "approved", "signed"})
MOST_SHARE: Final = Decimal("0.10")
"""All supplementary amounts together, of the original contract (政府采购法 art. 49)."""
TERMS: Final = (
    "content", "quality", "settlement", "duties", "breach", "confidentiality", "insurance",
)  # fmt: skip
"""What may be worded anew by agreement of both; quantity and price change through lines."""
REFUSALS: Final = ("no_ground", "budget", "over_ten", "line_used", "not_agreed", "other")

OFFICER: Final = frozenset({"bureau_officer"})
LEAD: Final = frozenset({"bureau_lead"})
FINANCE: Final = frozenset({"finance_officer"})
SIGNERS: Final = frozenset({"bureau_lead", "provider_manager"})
PROPOSERS: Final = frozenset({"bureau_officer", "provider_manager"})


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table; guards are checked by the action."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    event: str
    guards: tuple[str, ...] = ()


AMENDMENT_MACHINE: Final = Machine(
    [
        Step("proposed", "check", "checked", FINANCE, "checked", ("ten_percent", "budget", "left", "both_agree")),
        Step("checked", "approve", "approved", LEAD, "approved", ("two_people", "ten_percent", "budget", "left")),
        Step("approved", "sign", "signed", SIGNERS, "signed", ("both_parties",)),
        Step("signed", "publish", "published", OFFICER, "published", ("left",)),
        Step("proposed", "refuse", "refused", FINANCE, "refused", ("reason",)),
        Step("checked", "refuse", "refused", LEAD, "refused", ("reason",)),
        Step("approved", "refuse", "refused", LEAD, "refused", ("reason",)),
        Step("signed", "refuse", "refused", LEAD, "refused", ("reason",)),
        Step("proposed", "withdraw", "withdrawn", PROPOSERS, "withdrawn", ("own",)),
    ],
    N_("The amendment is in the state “{state}”; “{action}” is not possible from there. Look at the page again."),
    "amendment_status",
    "amendment_action",
)


@dataclass(frozen=True, slots=True)
class Change:
    """What one line gets more or less: visits and CNY, and the budget item that pays what is added."""

    line: UUID
    units: int
    amount: Decimal
    item: UUID | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """What a change of a line is held against: price of a visit, ceilings, what is bound (reserved or delivered)."""

    line: UUID
    service: str
    unit_price: Decimal
    max_units: int
    max_amount: Decimal
    bound_units: int
    bound_amount: Decimal

    @property
    def left_units(self) -> int:
        """Visits that nobody was promised."""
        return self.max_units - self.bound_units

    @property
    def left_amount(self) -> Decimal:
        """CNY that nobody was promised."""
        return self.max_amount - self.bound_amount


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an amendment cannot go on: a message id with its parameters, and the line concerned if there is one."""

    message: str
    params: dict[str, object]
    line: UUID | None = None


def totals(changes: Iterable[Change]) -> tuple[Decimal, Decimal]:
    """What the contract's total changes by, and what the amendment adds to lines (both CNY)."""
    amounts = [change.amount for change in changes]
    return sum(amounts, Decimal(0)), sum((each for each in amounts if each > 0), Decimal(0))


def ten_percent(original: Decimal, added_before: Decimal, added: Decimal) -> Problem | None:
    """The sum of all supplementary amounts is at most 10 % of the original contract, to the fen; what is taken away
    elsewhere makes no room (DOMAIN.md 4.3).

    Args:
        original: the contract's total without any amendment.
        added_before: what the amendments that count have added.
        added: what this one adds.
    """
    limit = original * MOST_SHARE
    if added <= 0 or added_before + added <= limit:
        return None
    left = max(Decimal(0), limit - added_before)
    return Problem(
        N_(
            "All supplementary contracts together may add {limit} yuan, 10 % of the original contract; {left} yuan of"
            " it are left, this amendment adds {added} yuan."
        ),
        {"limit": _money(limit), "left": _money(left), "added": _money(added)},
    )


def line_problems(changes: Sequence[Change], rooms: dict[UUID, Room]) -> list[Problem]:
    """Whether each change fits its line: same price (the same terms), one direction, never below what is bound."""
    found = [each for change in changes if (each := _line_problem(change, rooms.get(change.line))) is not None]
    if len({change.line for change in changes}) < len(changes):
        found.append(Problem(N_("A line stands twice in the amendment."), {}))
    return found


def _line_problem(change: Change, room: Room | None) -> Problem | None:
    if room is None:
        return Problem(N_("A line of the amendment is not one of the contract."), {})
    if change.amount != change.units * room.unit_price or change.units == 0:
        return Problem(
            N_("{units} visits at {price} yuan are {right} yuan; an amendment keeps the price of the contract."),
            {"units": change.units, "price": _money(room.unit_price), "right": _money(change.units * room.unit_price)},
            change.line,
        )
    if change.units < 0 and (-change.units > room.left_units or -change.amount > room.left_amount):
        return Problem(
            N_(
                "Of this line {left} visits and {money} yuan are neither promised nor delivered; no more can be taken"
                " away."
            ),
            {"left": room.left_units, "money": _money(room.left_amount)}, change.line,
        )  # fmt: skip
    return None


def applied(room: Room, change: Change) -> tuple[int, Decimal]:
    """The line's ceilings after the change: visits and CNY."""
    return room.max_units + change.units, room.max_amount + change.amount


def signed_by_both(buyer: object, supplier: object) -> bool:
    """Whether both parties have signed."""
    return buyer is not None and supplier is not None


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"
