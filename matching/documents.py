"""Between JSON objects and records: which keys a document must have and what is wrong where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from matching import columns, extensions, values
from matching.columns import optional
from matching.records import Carer, ContractLine, Need, Organisation, Pair, SharedLimit, Weights
from matching.values import ProblemError

if TYPE_CHECKING:
    from matching.problem import Problem

Made = TypeVar("Made")

# What version 1 means stands in MATCHING.md, what 2 adds in docs/decisions/0051; any other is refused.
VERSIONS = (1, 2)

KEYS: dict[type[Any], tuple[str, ...]] = {}
SCALARS = frozenset((str, int, float, bool, type(None)))
LISTS: dict[str, type[Any]] = {
    "organisations": Organisation,
    "contract_lines": ContractLine,
    "carers": Carer,
    "needs": Need,
}


def named(kind: type[Any]) -> tuple[str, ...]:
    """The keys of a record that stand in its document."""
    if kind not in KEYS:
        KEYS[kind] = tuple(f.name for f in fields(kind) if f.init)
    return KEYS[kind]


def read_record(kind: type[Made], place: str, entry: Any) -> Made:
    """One record from its JSON object; every key must be there but the kind's OPTIONAL ones, others are ignored."""
    if not isinstance(entry, Mapping):
        raise ProblemError(place, "", f"must be an object with named values, is {values.shown(entry)}")
    given = {}
    for name in named(kind):
        if name in entry:
            given[name] = entry[name]
        elif name not in optional(kind):
            record = f"{place} ({values.short(entry['id'])})" if isinstance(entry.get("id"), str) else place
            raise ProblemError(record, name, "is missing")
    return kind(**given)


def read_records(kind: type[Made], document: Mapping[str, Any], name: str) -> tuple[Made, ...]:
    """A list of records, judged by whole columns; what that refuses is read one by one, so that a fault has a place."""
    if name not in document:
        raise ProblemError("problem", name, "is missing")
    entries = document[name]
    if not isinstance(entries, list | tuple):
        raise ProblemError("problem", name, f"must be a list, is {values.shown(entries)}")
    made = columns.read(kind, entries)
    return made if made is not None else tuple(read_record(kind, f"{name}[{at}]", e) for at, e in enumerate(entries))


def check_version(document: Any, what: str) -> None:
    """Refuses versions that this reader does not know: a later one may mean something it would miss."""
    if not isinstance(document, Mapping):
        raise ProblemError(what, "", f"must be a JSON object, is {values.shown(document)}")
    version = document.get("version")
    if isinstance(version, bool | float) or version not in VERSIONS:
        known = " or ".join(map(str, VERSIONS))
        raise ProblemError(what, "version", f"must be {known}, is {values.shown(version)}")


def problem_fields(document: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a Problem from its document."""
    check_version(document, "problem")
    for name in ("as_of", "detour", "weights"):
        if name not in document:
            raise ProblemError("problem", name, "is missing")
    given: dict[str, Any] = {name: read_records(kind, document, name) for name, kind in LISTS.items()}
    if document.get("pairs") is not None:
        given["pairs"] = read_records(Pair, document, "pairs")
    if document.get("limits") is not None:
        given["limits"] = read_records(SharedLimit, document, "limits")
    given |= {name: document[name] for name in extensions.TOP if document.get(name) is not None}
    weights = read_record(Weights, "weights", document["weights"])
    return {"as_of": document["as_of"], "detour": document["detour"], "weights": weights, **given}


def refuse_extensions(document: Mapping[str, Any], problem: Problem) -> None:
    """A document of version 1 must not use what only version 2 knows: other readers of 1 would pass over it."""
    found = extensions.first(problem) if document["version"] == 1 else None
    if found is not None:
        raise ProblemError(*found, "belongs to version 2, but the document says version 1")


def _plain(value: Any) -> Any:
    if type(value) in SCALARS:
        return value
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else value


def write_record(record: Any) -> dict[str, Any]:
    """The JSON object of one record, without OPTIONAL keys that say nothing."""
    silent, document = optional(type(record)), {}
    for name in named(type(record)):
        value = getattr(record, name)
        if name not in silent or value != silent[name]:
            document[name] = _plain(value)
    return document


def problem_document(problem: Problem) -> dict[str, Any]:
    """The JSON object of a problem; `pairs`, `limits` and extensions only where the problem has them."""
    document: dict[str, Any] = {
        "version": problem.version,
        "as_of": problem.as_of.isoformat(),
        "detour": problem.detour,
        "weights": write_record(problem.weights),
    }
    for name in LISTS:
        document[name] = [write_record(record) for record in getattr(problem, name)]
    if problem.pairs is not None:
        document["pairs"] = [write_record(pair) for pair in problem.pairs]
    if problem.limits:
        document["limits"] = [write_record(limit) for limit in problem.limits]
    document |= dict(extensions.said_on_top(problem))
    return document
