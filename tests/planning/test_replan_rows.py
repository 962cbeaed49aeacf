"""Events that travel in the address of a re-plan's form."""

import pytest

from bangfu.planning.replan_rows import MOST_EVENTS, Row, with_one_more
from bangfu.shared.web.forms import Form


def rows(count: int) -> list[Row]:
    return [
        (f"event=line_shrinks&of=o/s&visits={n}", {"code": "line_shrinks", "organisation": "o", "max_visits": n})
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("event", "field"),
    [({"code": "carer_ill", "carer": "c"}, "of"), ({"code": "need_closes", "need": "n"}, "task")],
)
def test_one_event_too_many_is_a_fault_of_a_field_that_the_form_shows(event: dict[str, str], field: str) -> None:
    form = Form({"event": [event["code"]]})
    assert len(with_one_more(form, rows(MOST_EVENTS - 1), event)) == MOST_EVENTS
    assert not form.faults
    with_one_more(form, rows(MOST_EVENTS), event)
    assert set(form.faults) == {field}


def test_the_same_event_twice_is_one() -> None:
    form, known = Form({}), rows(3)
    assert with_one_more(form, known, known[1][1]) == known
    assert not form.faults
