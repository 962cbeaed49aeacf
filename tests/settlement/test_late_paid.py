"""A visit that came too late for its own quarter is paid with the next one and recomputed by the checker."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bangfu.settlement import bundle_files, verify
from bangfu.settlement.bundle_reading import bundle_in, statement_for
from bangfu.settlement.statement_rules import lines_of, total_of
from tests.settlement import settlement_steps as steps
from tests.settlement.bundle_steps import quarter_of, statement_from
from tests.settlement.facts import facts, visit
from tests.support import World


def test_a_late_visit_is_paid_by_the_rate_and_the_band_of_the_quarter_that_takes_it_up() -> None:
    rows = (*(visit(n) for n in range(3)), visit(3, late=True))
    assert total_of(lines_of(facts(*rows), "good")) == Decimal("232.80")  # 4 x 60 x 0.97
    assert total_of(lines_of(facts(visit(3, late=True)), "")) == Decimal("60.00")  # nothing else was owed: not scored


@pytest.mark.database
async def test_the_checker_finds_a_quarter_with_late_visits_equal(world: World) -> None:
    made = await quarter_of(world, "good", 0)
    first, *others = made.visits
    late = replace(first, id=first.id[:-4] + "ffff", late=True, record_complete=False)
    with_it = await statement_from(world, replace(made, visits=(late, first, *others)))
    files = bundle_files.files_of(await bundle_in(await statement_for(world["bureau"], with_it)))
    assert b"- late" in files["visits.csv"]
    told = verify.verify(files)
    lines = await steps.lines_of(with_it)
    assert told["total"] == f"{sum((amount for *_, amount, _ in lines), Decimal(0)):.2f}"
