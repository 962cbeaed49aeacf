"""A matching problem as MATCHING.md defines it: records that fit together, read from and written to its document."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from matching import documents, extensions, values
from matching.columns import collector_paused
from matching.records import MOST_MONTHS, Carer, ContractLine, Need, Organisation, Pair, SharedLimit, Weights
from matching.values import ProblemError

Key = TypeVar("Key", bound=Hashable)
Record = TypeVar("Record")


def _index(name: str, keyed: Iterable[tuple[Key, Record]]) -> dict[Key, Record]:
    """The records by key; a key that comes twice is an error."""
    found: dict[Key, Record] = {}
    for key, record in keyed:
        if key in found:
            said = "/".join(key) if isinstance(key, tuple) else str(key)
            raise ProblemError(values.place(name, said), "", "stands twice in the problem")
        found[key] = record
    return found


def _known(known: Mapping[Any, Any], key: str | tuple[str, str], kind: str, id_: str, field_name: str) -> None:
    """`key` stands in the problem, or the record that names it is at fault."""
    if key not in known:
        said = "/".join(key) if isinstance(key, tuple) else key
        raise ProblemError(values.place(kind, id_), field_name, f"{values.short(said)} is unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Needs, carers, contracts and weights of one planning period of 4 weeks.

    `pairs`, where given (also empty), are the only candidates and replace geometry: rules 1-5, 9 and 10 do not apply,
    nor do `limits`, which bound what several lines or some needs of a line use together.
    A carer named in `excluded` or `current` need not be part of the problem: people leave, records stay.
    `organisation_share` (per cent; an extension, docs/decisions/0051) bounds what any one organisation gives of all
    demanded service minutes; carers with less than `newcomer_months` of experience are newcomers.
    Raises ProblemError naming the record and the field.
    """

    as_of: date
    detour: float
    weights: Weights
    organisations: tuple[Organisation, ...] = ()
    contract_lines: tuple[ContractLine, ...] = ()
    carers: tuple[Carer, ...] = ()
    needs: tuple[Need, ...] = ()
    pairs: tuple[Pair, ...] | None = None
    limits: tuple[SharedLimit, ...] = ()
    organisation_share: int | None = None
    newcomer_months: int = 6
    need_of: dict[str, Need] = field(init=False, repr=False, compare=False)
    carer_of: dict[str, Carer] = field(init=False, repr=False, compare=False)
    organisation_of: dict[str, Organisation] = field(init=False, repr=False, compare=False)
    line_of: dict[tuple[str, str], ContractLine] = field(init=False, repr=False, compare=False)
    pair_of: dict[tuple[str, str], Pair] = field(init=False, repr=False, compare=False)
    limit_of: dict[str, SharedLimit] = field(init=False, repr=False, compare=False)
    share_minutes: int | None = field(init=False, repr=False, compare=False)
    limits_on: dict[tuple[str, str], list[tuple[SharedLimit, frozenset[str] | None]]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "as_of", values.day("problem", "as_of", self.as_of))
        put(self, "detour", values.real("problem", "detour", self.detour, 0, 100))
        for name in ("organisations", "contract_lines", "carers", "needs", "limits"):
            put(self, name, tuple(getattr(self, name)))
        put(self, "pairs", None if self.pairs is None else tuple(self.pairs))
        if self.organisation_share is not None:
            values.whole("problem", "organisation_share", self.organisation_share, 100, 1)
        values.whole("problem", "newcomer_months", self.newcomer_months, MOST_MONTHS)
        put(self, "organisation_of", _index("organisation", ((o.id, o) for o in self.organisations)))
        put(self, "line_of", _index("contract line", (((x.organisation, x.service), x) for x in self.contract_lines)))
        put(self, "carer_of", _index("carer", ((c.id, c) for c in self.carers)))
        put(self, "need_of", _index("need", ((n.id, n) for n in self.needs)))
        put(self, "pair_of", _index("pair", (((p.need, p.carer), p) for p in self.pairs or ())))
        put(self, "limit_of", _index("limit", ((x.id, x) for x in self.limits)))
        put(self, "limits_on", self._limits_by_line())
        put(self, "share_minutes", self._share_minutes())
        self._check_references()

    def _limits_by_line(self) -> dict[tuple[str, str], list[tuple[SharedLimit, frozenset[str] | None]]]:
        """Which limits a line counts for, each with the needs that count, None for all."""
        found: dict[tuple[str, str], list[tuple[SharedLimit, frozenset[str] | None]]] = {}
        for limit in self.limits:
            needs = None if limit.needs is None else frozenset(limit.needs)
            for key in dict.fromkeys(limit.lines):
                found.setdefault(key, []).append((limit, needs))
        return found

    def _share_minutes(self) -> int | None:
        """Service minutes that one organisation's share of all that workers may give comes to; None: no such rule."""
        if self.organisation_share is None or self.given_pairs:
            return None
        demanded = sum(need.visits * need.minutes * need.carers for need in self.needs if "worker" in need.kinds)
        return demanded * self.organisation_share // 100

    def _check_references(self) -> None:
        for line in self.contract_lines:
            said = f"{line.organisation}/{line.service}"
            _known(self.organisation_of, line.organisation, "contract line", said, "organisation")
        for carer in self.carers:
            if carer.organisation is not None:
                _known(self.organisation_of, carer.organisation, "carer", carer.id, "organisation")
        for pair in self.pairs or ():
            if pair.need not in self.need_of or pair.carer not in self.carer_of:
                _known(self.need_of, pair.need, "pair", f"{pair.need}/{pair.carer}", "need")
                _known(self.carer_of, pair.carer, "pair", f"{pair.need}/{pair.carer}", "carer")
        for limit in self.limits:
            for key in limit.lines:
                _known(self.line_of, key, "limit", limit.id, "lines")
            for need in limit.needs or ():
                _known(self.need_of, need, "limit", limit.id, "needs")

    @property
    def version(self) -> int:
        """Of its document: 2 where it uses an extension, else 1."""
        return 1 if extensions.first(self) is None else 2

    @property
    def given_pairs(self) -> bool:
        """True where candidates are given from outside instead of computed."""
        return self.pairs is not None

    def line_for(self, need: Need, carer: Carer) -> ContractLine | None:
        """The contract line that pays for this carer at this need; None for who is not a worker or has no line."""
        if carer.kind != "worker" or carer.organisation is None:
            return None
        return self.line_of.get((carer.organisation, need.service))

    def limits_for(self, need: Need, carer: Carer) -> list[SharedLimit]:
        """The shared limits that a need with this carer counts for."""
        if not self.limits or self.given_pairs or carer.kind != "worker" or carer.organisation is None:
            return []
        on = self.limits_on.get((carer.organisation, need.service), [])
        return [limit for limit, needs in on if needs is None or need.id in needs]

    def newcomer(self, carer: Carer) -> bool:
        """True where the carer is known to have little experience."""
        return carer.experience_months is not None and carer.experience_months < self.newcomer_months

    def unserved_cost(self, need: Need) -> int:
        """What leaving the need unserved costs."""
        return self.weights.unserved[need.priority]

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Problem:
        """Read MATCHING.md's JSON object; unknown extra keys are ignored. Raises ProblemError."""
        with collector_paused():
            problem = cls(**documents.problem_fields(document))
        documents.refuse_extensions(document, problem)
        return problem

    def to_document(self) -> dict[str, Any]:
        """MATCHING.md's JSON object; reading it back gives an equal problem."""
        with collector_paused():
            return documents.problem_document(self)


def load_json(path: str | Path) -> Any:
    """The JSON value of a UTF-8 file. Raises ProblemError for what is not JSON, OSError for what cannot be read."""
    try:
        with collector_paused():
            return json.loads(Path(path).read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ProblemError(f"file {path}", "", f"is not a JSON document ({error})") from error


def read_problem(path: str | Path) -> Problem:
    """Read a problem document. Raises ProblemError (content) or OSError (file)."""
    return Problem.from_document(load_json(path))


def write_problem(problem: Problem, path: str | Path) -> None:
    """Write the problem's document as UTF-8 JSON."""
    Path(path).write_text(json.dumps(problem.to_document()), encoding="utf-8")
