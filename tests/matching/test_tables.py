"""Windows as arrays overlap exactly where the windows themselves do."""

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.candidates import candidates
from matching.rules import time
from matching.tables import pad_windows
from tests.matching.cast import care, town, worker

spans = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda span: span[0] < span[1])
windows = st.lists(st.tuples(st.integers(0, 6), spans).map(lambda w: (w[0], *w[1])), max_size=12).map(tuple)


def overlaps(mine: tuple[int, int], theirs: tuple[int, int]) -> int:
    """Minutes in common, negative where there is a gap."""
    return min(mine[1], theirs[1]) - max(mine[0], theirs[0])


@settings(max_examples=100, deadline=None)
@given(windows, windows, st.sampled_from([0, 1, 30, 240, 1440, 10_000_000]), st.integers(0, 28))
def test_arrays_and_records_agree_on_common_days(mine: object, theirs: object, minutes: int, visits: int) -> None:
    problem = town(needs=(care(windows=mine, minutes=minutes, visits=visits),), carers=(worker(windows=theirs),))
    judged = time.judge(problem, problem.needs[0], problem.carers[0])
    assert (len(candidates(problem)) == 1) == judged.ok


@given(windows, spans)
def test_what_is_left_out_adds_no_overlap(row: tuple[tuple[int, int, int], ...], other: tuple[int, int]) -> None:
    padded = pad_windows([row])
    for day in range(7):
        kept = max(overlaps((int(start), int(end)), other) for start, end in padded[0, day])
        given_ = max((overlaps((start, end), other) for d, start, end in row if d == day), default=-1)
        assert max(kept, -1) == max(given_, -1)


def test_thousands_of_repeated_windows_take_no_room() -> None:
    row = tuple((0, start, start + 60) for start in range(480, 500)) * 1000
    padded = pad_windows([row, (), ((0, 480, 1080), (0, 500, 600), (0, 480, 1080))])
    assert padded.shape == (3, 7, 20, 2)
    assert padded[2, 0, :2].tolist() == [[480, 1080], [0, -1]]
    assert pad_windows([]).shape == (0, 7, 1, 2)
