"""Until which day a crew may serve a need: a qualification, a policy or a bar may end inside the planned weeks, and who
serves has to be fit on the day of the visit (DOMAIN.md 2.3)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from bangfu.planning.judging import problems_of_visits
from bangfu.planning.snapshot import CLEARANCE_DAYS
from bangfu.providers.standing import barred_carers
from bangfu.providers.tables import Qualification

DAY = timedelta(days=1)


async def fit_until(
    tasks: Sequence[Mapping[str, Any]], crews: Mapping[UUID, tuple[UUID, ...]], first: date, last: date
) -> dict[UUID, date]:
    """Task -> the last day on which its crew may serve, for those tasks only that lose somebody before `last`; the day
    before `first` for a crew that may not serve at all. Only carers with something that ends are asked about."""
    ends = await _ends({carer for crew in crews.values() for carer in crew}, last)
    found: dict[UUID, date] = {}
    for task in tasks:
        crew = crews[task["id"]]
        days = sorted({day for carer in crew for day in ends.get(carer, ())})
        if not days:
            continue
        for day in [first, *(each for each in days if first < each <= last), last]:
            judged = await problems_of_visits(task["need"], crew, day)
            if any(judged.values()):
                found[task["id"]] = max(day, first) - DAY
                break
    return found


async def _ends(carers: Collection[UUID], last: date) -> dict[UUID, set[date]]:
    """Carer -> first days without something that was valid before; a bar counts from the last day back."""
    rows = await Qualification.raw(
        "SELECT carer, code, issued_on, expires_on FROM qualification WHERE carer = ANY({}) AND status = 'verified'",
        list(carers),
    )
    until: dict[tuple[UUID, str], date] = {}
    for row in rows:
        end, year = row["expires_on"], CLEARANCE_DAYS.get(row["code"])
        if year and row["issued_on"]:
            end = min(end, row["issued_on"] + timedelta(days=year))
        key = row["carer"], row["code"]
        until[key] = max(end, until.get(key, end))
    found: dict[UUID, set[date]] = {}
    for (carer, _), end in until.items():
        if end < last:
            found.setdefault(carer, set()).add(end + DAY)
    for carer in await barred_carers(last, list(carers)):
        found.setdefault(carer, set()).update(last - timedelta(days=number) for number in range(28))
    return found
