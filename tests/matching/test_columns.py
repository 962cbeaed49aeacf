"""Judging whole columns accepts the same records as judging one by one, and makes equal ones."""

import copy
import gc
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Carer, ContractLine, Need, Organisation, Pair, ProblemError, columns
from matching.documents import read_record, write_record
from matching.shapes import Shape, Text, Whole, settle
from tests.matching.cast import care, worker
from tests.matching.spoiling import VALUES, document, document_with_pairs

KINDS = [
    ("needs", Need, document),
    ("carers", Carer, document),
    ("organisations", Organisation, document),
    ("contract_lines", ContractLine, document),
    ("pairs", Pair, document_with_pairs),
]


def one_by_one(kind: type[Any], entries: list[Any]) -> tuple[Any, ...]:
    """The records as the careful way makes them."""
    return tuple(read_record(kind, f"[{at}]", entry) for at, entry in enumerate(entries))


def types_of(value: Any) -> Any:
    """The type of a value and of all within it: 1, 1.0 and True are equal, but not the same."""
    return (type(value), [types_of(entry) for entry in value]) if isinstance(value, tuple) else type(value)


@pytest.mark.parametrize(("name", "kind", "made"), KINDS)
def test_sound_columns_are_read_at_once_into_equal_records(name: str, kind: type[Any], made: Any) -> None:
    entries = made()[name]
    assert columns.read(kind, entries) == one_by_one(kind, entries)
    assert columns.read(kind, []) == ()


@pytest.mark.parametrize("kind", [kind for _, kind, _ in KINDS])
def test_every_field_has_a_shape(kind: type[Any]) -> None:
    assert set(kind.SHAPES) == {field.name for field in fields(kind)}


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from(KINDS))
def test_columns_never_accept_what_a_record_refuses(data: st.DataObject, listed: tuple[str, type[Any], Any]) -> None:
    name, kind, made = listed
    entries = copy.deepcopy(made()[name])
    entry = data.draw(st.sampled_from(entries))
    place: Any = entry
    key: Any = data.draw(st.sampled_from(sorted(entry)))
    while isinstance(place[key], list) and place[key] and data.draw(st.booleans()):
        place = place[key]
        key = data.draw(st.integers(0, len(place) - 1))
    place[key] = data.draw(VALUES)
    quick = columns.read(kind, entries)
    try:
        careful = one_by_one(kind, entries)
    except ProblemError:
        assert quick is None
        return
    if quick is not None:
        assert quick == careful
        for one, other in zip(quick, careful, strict=True):
            for field in kind.SHAPES:
                assert types_of(getattr(one, field)) == types_of(getattr(other, field))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A record with a key that documents may leave out."""

    SHAPES: ClassVar[dict[str, Shape]] = {"id": Text(), "weight": Whole(9)}
    OPTIONAL: ClassVar[dict[str, int]] = {"weight": 3}

    id: str
    weight: int = 3

    def __post_init__(self) -> None:
        settle(self, f"wish {self.id}")


def test_a_key_that_may_be_left_out_keeps_its_meaning_both_ways() -> None:
    entries = [{"id": "a"}, {"id": "b", "weight": 4}]
    assert columns.read(Wish, entries) == one_by_one(Wish, entries) == (Wish(id="a"), Wish(id="b", weight=4))
    assert [write_record(wish) for wish in one_by_one(Wish, entries)] == entries
    assert columns.read(Wish, [{"id": "a", "weight": 10}]) is None


def test_equal_windows_and_codes_are_kept_once() -> None:
    first, second = columns.read(Need, [copy.deepcopy(document()["needs"][0]) | {"id": id_} for id_ in "ab"]) or ()
    assert first.windows is second.windows
    assert first.qualifications is second.qualifications


def test_a_document_made_in_code_may_hold_dates_and_tuples() -> None:
    entry = {name: getattr(worker(), name) for name in Carer.SHAPES}
    assert entry["qualifications"]["C5"] == date(2027, 6, 30)
    assert columns.read(Carer, [entry]) == (worker(),)
    assert columns.read(Need, [{name: getattr(care(), name) for name in Need.SHAPES}]) == (care(),)


def test_the_collector_runs_again_after_reading_whatever_happens() -> None:
    with pytest.raises(KeyError), columns.collector_paused():
        assert not gc.isenabled()
        raise KeyError
    assert gc.isenabled()
