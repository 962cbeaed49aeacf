"""Changing as little as possible: a plan after events, along the curve changes / unserved / kilometres."""

from matching.replan.applying import apply
from matching.replan.curve import CarerNews, Change, Orphan, Point, Replan
from matching.replan.door import replan
from matching.replan.events import (
    CarerIll,
    CarerLeaves,
    CarerShrinks,
    Event,
    LimitShrinks,
    LineShrinks,
    NeedAppears,
    NeedCloses,
    NeedMoves,
    OfferDeclined,
    OrganisationShrinks,
)
from matching.replan.reading import events_document, events_of, read_events

__all__ = [
    "CarerIll",
    "CarerLeaves",
    "CarerNews",
    "CarerShrinks",
    "Change",
    "Event",
    "LimitShrinks",
    "LineShrinks",
    "NeedAppears",
    "NeedCloses",
    "NeedMoves",
    "OfferDeclined",
    "OrganisationShrinks",
    "Orphan",
    "Point",
    "Replan",
    "apply",
    "events_document",
    "events_of",
    "read_events",
    "replan",
]
