"""A plan and what is known of it (MATCHING.md, Solution); no solution fails: an empty plan is one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from matching import documents, values
from matching.problem import load_json
from matching.values import ProblemError

STATUSES = ("optimal", "feasible", "infeasible")
REASONS = ("no_kind", "no_qualified", "excluded", "too_far", "no_time", "no_capacity", "budget")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A served need: the pair's cost, kilometres (None where pairs were given) and load in minutes per 4 weeks."""

    need: str
    carer: str
    cost: int
    km: float | None
    load: int

    def __post_init__(self) -> None:
        record = f"assignment of {self.need}"
        values.text(record, "need", self.need)
        values.text(record, "carer", self.carer)
        values.whole(record, "cost", self.cost, least=-values.MOST_WHOLE)
        values.whole(record, "load", self.load)
        if self.km is not None:
            values.real(record, "km", self.km, 0, 1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnservedNeed:
    """A need left out, with the code of its reason (one of REASONS)."""

    need: str
    reason: str

    def __post_init__(self) -> None:
        values.text("an unserved need", "need", self.need)
        values.one_of(f"unserved need {self.need}", "reason", self.reason, REASONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """A plan with its objective, a proven lower bound (or None), and how it was made.

    `iterations` is the limit on rounds of search that was given (Limits.iterations), None where the clock alone ended
    the run: with the same one and the same seed the plan is the same on every machine.
    """

    OPTIONAL: ClassVar[Mapping[str, None]] = {"iterations": None}

    objective: int
    bound: float | None
    status: str
    seconds: float
    seed: int
    engine: str
    assignments: tuple[Assignment, ...]
    unserved: tuple[UnservedNeed, ...]
    iterations: int | None = None

    def __post_init__(self) -> None:
        values.whole("solution", "objective", self.objective, least=-values.MOST_WHOLE)
        if self.bound is not None:
            values.real("solution", "bound", self.bound, -float(values.MOST_WHOLE), float(values.MOST_WHOLE))
        values.one_of("solution", "status", self.status, STATUSES)
        values.real("solution", "seconds", self.seconds, 0, 10**9)
        values.whole("solution", "seed", self.seed)
        values.text("solution", "engine", self.engine)
        if self.iterations is not None:
            values.whole("solution", "iterations", self.iterations, least=1)
        object.__setattr__(self, "assignments", tuple(self.assignments))
        object.__setattr__(self, "unserved", tuple(self.unserved))

    @property
    def plan(self) -> dict[str, str]:
        """Carer id by need id, for the served needs; of two carers of one need the first."""
        return {a.need: a.carer for a in reversed(self.assignments)}

    @property
    def partners(self) -> dict[str, str]:
        """The second carer's id by need id, for needs that have two (version 2)."""
        first: dict[str, str] = {}
        return {a.need: a.carer for a in self.assignments if first.setdefault(a.need, a.carer) != a.carer}

    @property
    def version(self) -> int:
        """Of its document: 2 where some need has two carers, and so two assignments."""
        return 2 if self.partners else 1

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Solution:
        """Read MATCHING.md's JSON object; unknown extra keys are ignored. Raises ProblemError."""
        documents.check_version(document, "solution")
        for name in documents.named(cls):
            if name not in document and name != "bound" and name not in cls.OPTIONAL:
                raise ProblemError("solution", name, "is missing")
        given = {name: document.get(name) for name in documents.named(cls)}
        given["assignments"] = documents.read_records(Assignment, document, "assignments")
        given["unserved"] = documents.read_records(UnservedNeed, document, "unserved")
        return cls(**given)  # type: ignore[arg-type]  # the record judges each value itself

    def to_document(self) -> dict[str, Any]:
        """MATCHING.md's JSON object."""
        document = {"version": self.version, **documents.write_record(self)}
        document["assignments"] = [documents.write_record(entry) for entry in self.assignments]
        document["unserved"] = [documents.write_record(entry) for entry in self.unserved]
        return document


def read_solution(path: str | Path) -> Solution:
    """Read a solution document. Raises ProblemError (content) or OSError (file)."""
    return Solution.from_document(load_json(path))


def write_solution(solution: Solution, path: str | Path) -> None:
    """Write the solution's document as UTF-8 JSON."""
    Path(path).write_text(json.dumps(solution.to_document()), encoding="utf-8")
