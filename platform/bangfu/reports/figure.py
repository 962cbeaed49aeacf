"""What a figure of the leaders' view is: how it is counted, by what it can be split, and what its rows are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

TOWN: Final = "town"
VILLAGE: Final = "village"

DIMENSIONS: Final[Mapping[str, str]] = {
    TOWN: "", VILLAGE: "", "month": "", "service": "service", "layer": "layer", "category": "household_category",
    "colour": "risk_color",
    "priority": "priority", "reason": "match_reason", "carer_kind": "carer_kind", "evidence": "evidence_class",
    "status": "visit_status", "source": "fund_source", "complaint_status": "complaint_status",
    "complaint_kind": "complaint_kind", "kind": "timed_kind", "unit": "supervision_unit", "band": "score_band",
}  # fmt: skip
"""What figures can be split by -> the kind of its words ("" for places, which have names, and for months)."""

Time = Literal["now", "quarter", "year"]

REPEATED: Final = frozenset({"h.id", "n.id"})
"""Keys whose rows a statement may give several times."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its rows. SQL speaks of @area (a pattern of division codes), @since and @until (instants of the
    quarter, until excluded), @first and @next (its days), @year and @quarter (its numbers), @now, @today, @user and
    @seen (complaints that the reader may see)."""

    code: str
    group: str
    permission: str
    """Without it the reader sees neither the number nor its rows."""
    time: Time
    source: str
    """FROM and WHERE."""
    key: str
    """What is counted: distinct values of it."""
    row: str
    """The columns id, number, name, division, what (a code of `words`), at of a row."""
    words: str
    href: str
    """Where a row is shown, followed by its id; ends without a slash where only the list is shown."""
    by: Mapping[str, str] = field(default_factory=dict)
    """Dimension -> SQL of its code."""
    amount: str = ""
    """Of money: the SQL of a row's amount; the figure is its sum."""
    visits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of visits: what the kept sums are asked for; the number is theirs."""
    order: tuple[str, str] = ("", "")
    """Of a list that may be long: SQL of the time and the id by which it is paged."""
    county: bool = False
    """Kept by county: there is no such number of a town."""
    opens: str = ""
    """Without this permission a reader of the number sees its rows without whose they are: only place and kind."""


def places(column: str) -> dict[str, str]:
    """A division code by town and by village."""
    return {TOWN: f"left({column}, 9)", VILLAGE: column}
