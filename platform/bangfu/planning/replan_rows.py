"""Several events of one re-plan: those entered so far travel in the address and the form, and each is read again, so
that nothing kept there is trusted."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

from bangfu.errors import N_
from bangfu.planning import replan_events
from bangfu.shared.actor import Actor
from bangfu.shared.web.forms import Form

MOST_EVENTS: Final = 20
_FIELDS: Final = ("event", "of", "task", "visits")
_LONGEST: Final = 300
Row = tuple[str, dict[str, Any]]


def written(form: Mapping[str, str]) -> str:
    """The event that a form names as one value of `earlier`."""
    return urlencode([(name, form[name].strip()) for name in _FIELDS if form.get(name, "").strip()])


def blank(form: Mapping[str, str]) -> bool:
    """Whether nothing of a further event was filled in."""
    return not any(form.get(name, "").strip() for name in _FIELDS if name != "event")


async def read(actor: Actor, earlier: Sequence[str]) -> list[Row]:
    """The events entered so far with their values, in order, each once; one no longer possible is dropped."""
    found: dict[str, dict[str, Any]] = {}
    for value in [each for each in earlier if len(each) <= _LONGEST][:MOST_EVENTS]:
        form = Form(parse_qs(value))
        kind = form.choice("event", replan_events.KINDS)
        if form.faults:
            continue
        event = await replan_events.read(actor, form, kind)
        if not form.faults:
            found.setdefault(value, event)
    return list(found.items())


def with_one_more(form: Form, rows: Sequence[Row], event: Mapping[str, Any]) -> list[Row]:
    """The events with the form's own; the same one twice is one event, and too many are a fault of the form."""
    more = [*rows] if any(event == known for _value, known in rows) else [*rows, (written(form), dict(event))]
    if len(more) > MOST_EVENTS:
        asked_first = "task" if event["code"] in replan_events.OF_TASK else "of"  # "event" is hidden
        form.fault(asked_first, N_("At most {most} events in one re-plan."), most=MOST_EVENTS)
    return more


def address(kind: str, rows: Sequence[str], settings: Mapping[str, str]) -> str:
    """The form's address with these events kept and the settings as they were chosen."""
    values = [("event", kind), *(("earlier", value) for value in rows), *settings.items()]
    return "/match/replans/new?" + urlencode(values)
