"""How the lines of a statement follow its score from revision to revision: never an edit, always further lines. Pure.

Whatever steps led there, the undisputed lines of one figure (kind, contract line, rate), together with what is taken
off elsewhere, add up to what the newest revision gives for it; and each held line is freed once, by one line.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal

from bangfu.settlement.statement_rules import LineDraft, corrections

FIGURES: Final = frozenset({"base", "perf", "subsidy"})
"""What follows the score; advances, penalties and interest do not."""
NOTHING: Final = Decimal("0.00")
Key = tuple[str, str, Decimal]


@dataclass(frozen=True, slots=True)
class Written:
    """A line that stands in the statement, as far as the next revision needs it; of: the figure it belongs to."""

    id: str
    of: str
    line: str
    rate: Decimal
    units: int
    amount: Decimal
    status: Literal["undisputed", "held"]
    reason: str = ""
    freed: bool = False

    @property
    def key(self) -> Key:
        return self.of, self.line, self.rate


@dataclass(frozen=True, slots=True)
class Step:
    """One further line; `frees` names the held line that it frees or drops."""

    draft: LineDraft
    frees: str = ""


def follow(wanted: Sequence[LineDraft], written: Sequence[Written], *, final: bool) -> list[Step]:
    """The lines that must be added so that the statement says what the newest revision gives.

    Args:
        wanted: statement_rules.lines_of for the newest revision.
        written: every line of its figures, and what is taken off elsewhere as undisputed lines.
        final: nothing is under appeal any more: what an appeal held is freed or dropped.
    """
    if not written:
        return [Step(line) for line in wanted]
    plain = [(w.of, w.line, w.rate, w.units, w.amount) for w in written if w.status == "undisputed" and w.of in FIGURES]
    left = {line.key: line for line in corrections(wanted, plain)}
    held = {line.key: line for line in wanted if line.status == "held"}
    kept: set[Key] = set()
    steps: list[Step] = []
    for one in (w for w in written if w.status == "held" and not w.freed):
        again = held.get(one.key)
        if one.reason == "appealed" and not final:
            continue
        if one.reason != "appealed" and again and (again.units, again.amount) == (one.units, one.amount):
            kept.add(one.key)
            continue
        steps.append(_freed(one, left))
    steps += [Step(line) for key, line in held.items() if key not in kept]
    return steps + [Step(line) for line in left.values() if line.amount or line.units]


def _freed(one: Written, left: dict[Key, LineDraft]) -> Step:
    """A held line comes free: with as much as the newest revision gives more for its figure, or dropped with 0.00."""
    more = left.get(one.key)
    if more is None or more.amount < 0 or more.units < 0:
        detail = {"of": one.of, "held": str(one.amount)}
        return Step(LineDraft(one.of, NOTHING, one.line, 0, one.rate, reason="dropped", detail=detail), one.id)
    del left[one.key]
    detail = {**more.detail, "held": str(one.amount)}
    reason = "freed" if more.amount else "dropped"
    return Step(replace(more, kind=one.of, reason=reason, detail=detail), one.id)


def split(steps: Sequence[Step]) -> tuple[list[Step], list[LineDraft]]:
    """(what is written at once, corrections that take something off)."""
    off = [step.draft for step in steps if step.draft.kind == "correction" and step.draft.amount < 0]
    return [step for step in steps if step.draft not in off], off
