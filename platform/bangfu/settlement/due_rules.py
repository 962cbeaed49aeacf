"""Until when a claim is to be paid, and what a late payment costs (DOMAIN.md 4.4, 8.9). Pure.

The term runs from acceptance: the day on which the score became final, or the end of the contract's acceptance term if
that is earlier. What was disputed is accepted on the day of its decision [D]. Payment follows within the contract's
days, at most 60; no interest runs before the organisation has claimed [D].
"""

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from bangfu.settlement.statement_rules import fen

LONGEST_TERM: Final = 60
ACCEPTANCE_DAYS: Final = 30
PAYMENT_DAYS: Final = 30
DAILY_INTEREST: Final = Fraction("0.0005")
"""0.05 % a day where nothing is agreed."""
LOAN_PRIME_RATE: Final = Fraction("0.03")
"""The one-year LPR of a year: an agreed rate may not lie below it [D: kept here until the contract names its own]."""


def quarter_days(year: int, quarter: int) -> tuple[date, date]:
    """First and last day of a quarter."""
    month = 3 * quarter
    return date(year, month - 2, 1), date(year, month, monthrange(year, month)[1])


def term_end(delivered: date, acceptance_days: int) -> date:
    """The day from which the clock runs where nothing is accepted in time: 15 days from 2025-04-01 -> 2025-04-16."""
    return delivered + timedelta(days=acceptance_days)


def accepted_on(delivered: date, acceptance_days: int, final: date | None) -> date:
    """The earlier of the day of `final` and the end of the acceptance term; the latter while it is not final."""
    end = term_end(delivered, acceptance_days)
    return min(final, end) if final is not None else end


def due_on(accepted: date, payment_days: int) -> date:
    """The last day on which payment is in time; no contract may take more than 60 days."""
    return accepted + timedelta(days=min(max(payment_days, 0), LONGEST_TERM))


def days_late(due: date, claimed: date | None, paid: date) -> int:
    """For how many days interest runs: from the due date, or from the claim if that came later."""
    return max(0, (paid - max(due, claimed or due)).days)


def daily_rate(agreed: Decimal | None) -> Fraction:
    """The agreed daily rate, not below the LPR's day; 0.05 % where none is agreed."""
    if agreed is None:
        return DAILY_INTEREST
    return max(Fraction(agreed), LOAN_PRIME_RATE / 365)


def interest(amount: Decimal, days: int, daily: Fraction = DAILY_INTEREST) -> Decimal:
    """amount x rate x days, half-up to 0.01: 10,000.00 for 12 days -> 60.00."""
    return fen(Fraction(amount) * daily * days) if days > 0 and amount > 0 else Decimal("0.00")


def is_last_quarter(year: int, quarter: int, ends_on: date) -> bool:
    """Whether advances are settled with this quarter: the year's last one, or the one in which the contract ends."""
    return quarter == 4 or quarter_days(year, quarter)[1] >= ends_on
