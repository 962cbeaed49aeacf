"""The 2 % cap, what a fund and an item have left, and how an amount falls on years (DOMAIN.md 4.3). Pure; CNY."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Final, Literal

from bangfu.errors import N_
from bangfu.shared.division_codes import pad_division

FEN: Final = Decimal("0.01")
CAPPED: Final = "special_assistance_fund"
CAP_SHARES: Final[Mapping[str, Decimal | None]] = {
    CAPPED: Decimal("0.02"), "work_budget": None, "lottery": None, "charity": None, "general_budget": None,
}  # fmt: skip
"""Source -> which share of its year's total may be spent on purchases; None: outside of the cap."""
SOURCES: Final = tuple(CAP_SHARES)
NEAR: Final = Decimal("0.95")
"""From this used share on a fund is "near" its limit."""
Standing = Literal["unset", "free", "near", "over"]
Problem = tuple[str, Mapping[str, object]]
"""A message id and its parameters."""

NO_ITEM: Final = N_("This budget item does not exist or is used no more. Please choose one of the list.")
OTHER_COUNTY: Final = N_("The budget item {code} is another county's; it cannot pay for this contract.")
OTHER_SOURCE: Final = N_("The budget item {code} is of the source “{source}”, but the line is paid from “{wanted}”.")
OTHER_YEAR: Final = N_("The budget item {code} is of {year}; this part of the line falls on {wanted}.")
NOT_COVERED: Final = N_("The budget item {code} has {free} yuan left; {amount} yuan are needed.")
NO_TOTAL: Final = N_(
    "The fund “{source}” of {year} has no confirmed total yet. The finance officer enters it, the bureau's lead"
    " confirms it; until then nothing can be approved from it."
)
FUTURE_WITHOUT_TOTAL: Final = N_(
    "The total of the fund “{source}” for {year} is not set yet. Only the bureau's lead may approve it all the same,"
    " and states a reason."
)
OVER_CAP: Final = N_(
    "The cap: at most {percent} of the special assistance fund of {year} may go to purchases, {cap} yuan. {committed}"
    " yuan are committed, {free} yuan are free, {amount} yuan are needed. Nobody can override this."
)


def cap_of(total: Decimal, share: Decimal) -> Decimal:
    """The share of a total, rounded down to the fen (DOMAIN.md 4.3)."""
    return (total * share).quantize(FEN, ROUND_DOWN)


def county_of(division: str) -> str:
    """The 12-digit code of the county of a division: the funds are the county's."""
    return pad_division(division[:6])


def shown(amount: Decimal) -> str:
    """Yuan for a sentence."""
    return f"{amount:,.2f}"


@dataclass(frozen=True, slots=True)
class FundState:
    """A fund with what is committed from it. `total` is the confirmed one; `cap_share` is None outside of the cap."""

    year: int
    source: str
    total: Decimal | None
    cap_share: Decimal | None
    committed: Decimal

    @property
    def cap(self) -> Decimal | None:
        """The most that purchases may take; None without a total, or outside of the cap."""
        return None if self.total is None or self.cap_share is None else cap_of(self.total, self.cap_share)

    @property
    def limit(self) -> Decimal | None:
        """The cap, or the whole total of a fund outside of the cap; None without a total."""
        return self.total if self.cap_share is None else self.cap

    @property
    def free(self) -> Decimal | None:
        """What may still be committed; negative where a corrected total lies below what is committed."""
        return None if self.limit is None else self.limit - self.committed

    @property
    def over(self) -> Decimal:
        """By how much the limit is passed; 0 where it is not."""
        return max(Decimal(0), -(self.free or Decimal(0)))

    @property
    def standing(self) -> Standing:
        """In a word: unset (no total), free, near (95 % used), over."""
        if self.limit is None:
            return "unset"
        if self.committed > self.limit:
            return "over"
        return "near" if self.limit and self.committed >= NEAR * self.limit else "free"

    @property
    def share(self) -> Decimal:
        """The used share of the limit, 0 and more; 1 where anything is used of nothing."""
        if not self.limit:
            return Decimal(1 if self.committed and self.limit is not None else 0)
        return self.committed / self.limit

    def refusal(self, amount: Decimal, this_year: int, *, override: bool) -> Problem | None:
        """Why `amount` more cannot be committed, or None. `override` helps a future year without a total only."""
        if amount <= 0:
            return None
        if self.limit is None:
            if self.year <= this_year:
                return NO_TOTAL, {"source": self.source, "year": self.year}
            return None if override else (FUTURE_WITHOUT_TOTAL, {"source": self.source, "year": self.year})
        if self.cap_share is None or self.committed + amount <= self.limit:
            return None
        return OVER_CAP, {
            "percent": f"{self.cap_share * 100:.0f} %", "year": self.year, "cap": shown(self.limit),
            "committed": shown(self.committed), "free": shown(max(Decimal(0), self.limit - self.committed)),
            "amount": shown(amount),
        }  # fmt: skip


def year_shares(amount: Decimal, starts_on: date, ends_on: date) -> dict[int, Decimal]:
    """How an amount of a term (both days included) falls on the calendar years, by days and to the fen.

    Each year gets what the days up to its end make up, rounded down, less what earlier years got; the last year gets
    the rest, so that nothing is lost.

    Raises:
        ValueError: for a term that ends before it begins, or an amount with parts of a fen.
    """
    if ends_on < starts_on:
        raise ValueError("the term ends before it begins")
    if amount != amount.quantize(FEN):
        raise ValueError("the amount has parts of a fen")
    days, given, found = (ends_on - starts_on).days + 1, Decimal(0), {}
    for year in range(starts_on.year, ends_on.year + 1):
        until = min(ends_on, date(year + 1, 1, 1) - timedelta(days=1))
        upto = (amount * ((until - starts_on).days + 1) / days).quantize(FEN, ROUND_DOWN) if until < ends_on else amount
        found[year], given = upto - given, upto
    return found


def give_back(held: Sequence[tuple[int, Decimal]], amount: Decimal | None) -> list[Decimal]:
    """What is released of each part: `held` are (year, committed) parts; at most what is held, the latest year first
    (what is not used lies at the end); None gives everything back."""
    left = sum((own for _, own in held), Decimal(0)) if amount is None else max(Decimal(0), amount)
    parts = [Decimal(0)] * len(held)
    for place in sorted(range(len(held)), key=lambda place: (-held[place][0], place)):
        parts[place] = max(Decimal(0), min(held[place][1], left))
        left -= parts[place]
    return parts
