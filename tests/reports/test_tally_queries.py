"""Counting visits by what one likes."""

from bangfu.reports.tally_queries import KEYS, visits
from bangfu.shared.civil_time import add_months, civil_date
from tests.support import TOWN, World
from tests.visits.visit_steps import submitted


async def test_a_visit_is_counted_where_and_when_it_is_planned(world: World) -> None:
    made = await submitted(world)
    month = civil_date(made.planned_start).replace(day=1)
    [cell] = await visits("9901", month, add_months(month, 1), KEYS)
    assert (cell.visits, cell.minutes) == (1, made.minutes)
    assert cell.key == {
        "town": TOWN, "month": str(month), "service": "visit_check", "carer_kind": "worker",
        "organization": str(world.organization), "contract_line": str(made.contract_line), "status": "submitted",
        "evidence": "on_spot", "approval": "", "payable": "true",
    }  # fmt: skip
