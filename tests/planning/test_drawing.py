"""The small drawings of studies: axes and points."""

from itertools import pairwise

from bangfu.planning import drawing


def test_an_axis_with_few_whole_numbers_names_each_once() -> None:
    drawn = drawing.curve([0, 1, 2], [2, 1, 0], [3.2, 3.4, 3.5])
    values = [tick.value for tick in drawn.first_ticks]
    assert values == sorted(set(values)) and all(value == int(value) for value in values)
    assert {0, 1, 2} <= set(values)


def test_a_long_axis_is_divided_evenly_and_higher_values_stand_higher() -> None:
    drawn = drawing.curve([0, 5], [4_000_000, 1_000_000], [120.0, 180.0])
    values = [tick.value for tick in drawn.first_ticks]
    steps = {round(b - a, 3) for a, b in pairwise(values)}
    assert len(values) == drawing.TICKS and len(steps) == 1
    assert drawn.first[0].y < drawn.first[1].y and drawn.second[0].y > drawn.second[1].y
