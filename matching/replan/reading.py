"""Events as a JSON document: {"version": 1, "events": [{"code": "carer_ill", "carer": "c7"}, ...]}."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from matching import documents, values
from matching.problem import load_json
from matching.records import Need, Pair
from matching.replan.events import KINDS, Event, NeedAppears
from matching.values import ProblemError

KIND_OF = {kind.code: kind for kind in KINDS}


def event_of(entry: Any, place: str) -> Event:
    """One event of its JSON object; keys that may be left out count as null. Raises ProblemError naming the place."""
    if not isinstance(entry, Mapping):
        raise ProblemError(place, "", f"must be an object with named values, is {values.shown(entry)}")
    code = values.one_of(place, "code", entry.get("code"), KIND_OF)
    kind, given = KIND_OF[code], dict(entry)
    if kind is NeedAppears:
        given["need"] = documents.read_record(Need, f"{place} need", entry.get("need"))
        given["pairs"] = documents.read_records(Pair, entry, "pairs") if entry.get("pairs") else ()
    for part in fields(kind):
        if part.name not in given and part.default is MISSING:
            raise ProblemError(f"{place} ({code})", part.name, "is missing")
    try:
        return kind(**{part.name: given[part.name] for part in fields(kind) if part.name in given})
    except ProblemError as error:
        raise ProblemError(f"{place} ({code})", error.field, error.message) from error


def events_of(document: Any) -> tuple[Event, ...]:
    """The events of a document. Raises ProblemError."""
    documents.check_version(document, "events")
    entries = document.get("events")
    if not isinstance(entries, list | tuple):
        raise ProblemError("events", "events", f"must be a list, is {values.shown(entries)}")
    return tuple(event_of(entry, f"events[{at}]") for at, entry in enumerate(entries))


def event_document(event: Event) -> dict[str, Any]:
    """The JSON object of one event; reading it back gives an equal event."""
    document = {"code": event.code, **documents.write_record(event)}
    if isinstance(event, NeedAppears):
        document["need"] = documents.write_record(event.need)
        document["pairs"] = [documents.write_record(pair) for pair in event.pairs]
    return document


def events_document(events: Iterable[Event]) -> dict[str, Any]:
    """The JSON document of some events."""
    return {"version": 1, "events": [event_document(event) for event in events]}


def read_events(path: str | Path) -> tuple[Event, ...]:
    """Read an events document. Raises ProblemError (content) or OSError (file)."""
    return events_of(load_json(path))
