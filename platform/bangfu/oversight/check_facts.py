"""What later features read of spot checks: the facts of a contract's quarter (DOMAIN.md 5.3, 6.1 Q5, 6.6)."""

from dataclasses import dataclass
from uuid import UUID

from bangfu.oversight.check_tables import SpotCheck


@dataclass(frozen=True, slots=True)
class CheckFact:
    """One check that was drawn for a quarter; `result` is "" while it is open, `visit` None for a survey."""

    id: UUID
    visit: UUID | None
    origin: str
    result: str
    reason: str
    status: str
    assessment: UUID | None = None


def period_of(year: int, quarter: int) -> str:
    """The quarter as checks keep it: 2026Q4."""
    return f"{year:04d}Q{quarter}"


async def checks_of(contract: UUID, year: int, quarter: int) -> list[CheckFact]:
    """Every check of the contract whose visit was planned in the quarter, in the order of their ids.

    A result counts from the moment the inspectors have finished; before that it is "".
    """
    rows = await SpotCheck.raw(
        "SELECT id, visit, origin, CASE WHEN status IN ('drawn', 'assigned') THEN '' ELSE result END AS result,"
        " CASE WHEN status IN ('drawn', 'assigned') THEN '' ELSE reason END AS reason, status, assessment"
        " FROM spot_check WHERE contract = {} AND period = {} ORDER BY id",
        contract, period_of(year, quarter),
    )  # fmt: skip
    return [CheckFact(**row) for row in rows]


async def confirmed_visits(contract: UUID, year: int, quarter: int) -> set[UUID]:
    """Visits that a spot check has confirmed: `checked` of visits.afterwards_shares.held_back."""
    return {
        fact.visit
        for fact in await checks_of(contract, year, quarter)
        if fact.visit is not None and fact.result == "pass"
    }
