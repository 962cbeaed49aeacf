"""What a caregiver is paid by: a factor on a base amount, by place, day, support mode and level (DOMAIN.md 3.1). Pure.

Shanxi's rule is data: at home 1, 2 or 3 times the subsidy of disabled elders, in an institution 10, 25 or 50 % of the
minimum wage, for full self-care, partial self-care and full care.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, TypeVar
from uuid import UUID

from bangfu.errors import N_, Refused
from bangfu.shared.i18n import Word

LEVELS: Final = ("full_self", "semi", "full_care")
MODES: Final = ("dispersed", "centralized")
BASES: Final = ("disabled_subsidy", "minimum_wage")
BASIS_OF: Final = {"dispersed": "disabled_subsidy", "centralized": "minimum_wage"}
USUAL: Final = {
    ("dispersed", "full_self"): Decimal(1), ("dispersed", "semi"): Decimal(2), ("dispersed", "full_care"): Decimal(3),
    ("centralized", "full_self"): Decimal("0.10"), ("centralized", "semi"): Decimal("0.25"),
    ("centralized", "full_care"): Decimal("0.50"),
}  # fmt: skip
"""The factors of DOMAIN.md 3.1, offered when rates are entered."""
FEN: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Base:
    """A base amount, CNY a month."""

    id: UUID | None
    prefix: str
    kind: str
    amount: Decimal
    valid_from: date
    source: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """A factor for a support mode and a level."""

    id: UUID | None
    prefix: str
    valid_from: date
    support_mode: str
    selfcare_level: str
    basis: str
    factor: Decimal
    source: str = ""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A rate with its arithmetic: amount = base × factor, rounded half up to the fen."""

    rate: Rate
    base: Base

    @property
    def amount(self) -> Decimal:
        return (self.base.amount * self.rate.factor).quantize(FEN, ROUND_HALF_UP)

    def arithmetic(self) -> dict[str, str]:
        """What an agreement keeps, as texts."""
        return {
            "amount": str(self.amount), "base": str(self.base.amount), "basis": self.rate.basis,
            "factor": _short(self.rate.factor), "base_from": self.base.valid_from.isoformat(),
            "rate_from": self.rate.valid_from.isoformat(), "prefix": self.rate.prefix,
            "support_mode": self.rate.support_mode, "selfcare_level": self.rate.selfcare_level,
            "base_source": self.base.source, "rate_source": self.rate.source,
        }  # fmt: skip


def _short(factor: Decimal) -> str:
    return format(factor.normalize(), "f")


def rate_of(rates: Iterable[Rate], bases: Iterable[Base], division: str, mode: str, level: str, day: date) -> Reckoned:
    """The rate of a place on a day: the longest division prefix wins, then the latest day of validity.

    Args:
        rates, bases: published ones only.

    Raises:
        Refused: saying which rate or which base amount has to be entered.
    """
    rate = _nearest([one for one in rates if (one.support_mode, one.selfcare_level) == (mode, level)], division, day)
    if rate is None:
        raise Refused(
            N_(
                "No published rate for “{mode}”, “{level}” holds here on {day}. The bureau enters it under “Care rates”"
                " and the bureau's lead publishes it."
            ),
            mode=Word("support_mode", mode), level=Word("selfcare_level", level), day=day.isoformat(),
        )  # fmt: skip
    base = _nearest([one for one in bases if one.kind == rate.basis], division, day)
    if base is None:
        raise Refused(
            N_(
                "The rate needs the base amount “{basis}”, and none is published here for {day}. The bureau enters it"
                " under “Care rates” and the bureau's lead publishes it."
            ),
            basis=Word("care_basis", rate.basis), day=day.isoformat(),
        )  # fmt: skip
    return Reckoned(rate, base)


T = TypeVar("T", Base, Rate)


def _nearest(found: list[T], division: str, day: date) -> T | None:
    fitting = [one for one in found if division.startswith(one.prefix) and one.valid_from <= day]
    return max(fitting, key=lambda one: (len(one.prefix), one.valid_from), default=None)
