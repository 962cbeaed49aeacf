"""Taking lists: whole or not at all, the same list twice changes nothing."""

from datetime import UTC, datetime

from bangfu.imports.actions import KINDS, check_list, take, take_rows
from bangfu.shared.actor import SYSTEM

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)


async def test_the_examples_of_every_template_are_taken_in_order_and_the_second_time_change_nothing(database) -> None:
    for round_number in (1, 2):
        for kind in KINDS.values():
            taken = await take_rows(SYSTEM, kind, kind.examples, AT)
            rows = len(kind.examples)
            expected = (rows, 0, 0) if round_number == 1 else (0, 0, rows)
            assert (taken.inserted, taken.updated, taken.unchanged) == expected, kind.code
