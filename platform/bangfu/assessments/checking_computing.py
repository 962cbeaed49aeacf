"""The check of what a form computes: measures, total, code tables, bands without gap or overlap."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise, product
from typing import Any

from bangfu.assessments.checking_parts import Faults, check_words, decimal_of, unique_codes
from bangfu.assessments.checking_rules import Known, check_conditions
from bangfu.assessments.scoring import OPERATIONS, items_of, options_of, span_of_points
from bangfu.errors import N_

MOST_COMBINATIONS = 20_000


@dataclass
class _Computing:
    """What is known while the measures are walked through in their order."""

    document: Mapping[str, Any]
    faults: Faults
    items: dict[str, Mapping[str, Any]]
    measures: dict[str, Mapping[str, Any]] = field(default_factory=dict)


def check_computing(document: Mapping[str, Any], faults: Faults) -> None:
    """Measures, total, bands, adjustments and cross-checks of a form whose parts are sound."""
    items = {item["code"]: item for area in document["areas"] for item, _ in items_of(area)}
    state = _Computing(document, faults, items)
    measures = document.get("measures", [])
    if not isinstance(measures, list) or not all(isinstance(rule, Mapping) for rule in measures):
        faults.add("measures", N_("Not a list of objects."))
        return
    for rule in measures:
        _check_measure(rule, state)
    if faults.found:
        return
    unique_codes(measures, "measures", faults)
    _check_total(state)
    _check_level(state)
    marks = {
        mark for item in items.values() for option in options_of(document, item) for mark in option.get("marks", ())
    }
    chosen = {code: {one["code"] for one in options_of(document, item)} for code, item in items.items()}
    check_conditions(document, Known(chosen, set(state.measures), marks), faults)
    if document.get("figure") and str(document["figure"]) not in state.measures:
        faults.add("figure", N_("The form has no such measure."))


def _check_measure(rule: Mapping[str, Any], state: _Computing) -> None:
    where = f"measures.{rule.get('code', '')}"
    operation = rule.get("op")
    if operation == "lookup":
        _check_lookup(rule, where, state)
    elif operation == "marks":
        if not isinstance(rule.get("mark"), str):
            state.faults.add(where, N_("The measure counts a mark, and says which."))
    elif operation == "points":
        known = {area["code"] for area in state.document["areas"]}
        areas = rule.get("areas", [])
        if not isinstance(areas, list) or not all(isinstance(area, str) and area in known for area in areas):
            state.faults.add(where, N_("The form has no such area."))
    elif isinstance(operation, str) and operation in OPERATIONS:
        _check_terms(rule, where, state)
    else:
        allowed = ", ".join(("points", "marks", "lookup", *OPERATIONS))
        state.faults.add(f"{where}.op", N_("Not one of: {allowed}."), allowed=allowed)
    if rule.get("places", 2) not in range(7) or isinstance(rule.get("places", 2), (bool, float)):
        state.faults.add(f"{where}.places", N_("Decimal places from 0 to 6."))
    if "unit" in rule:
        check_words(rule, "unit", f"{where}.unit", state.faults)
    state.measures[str(rule.get("code", ""))] = rule


def _check_terms(rule: Mapping[str, Any], where: str, state: _Computing) -> None:
    terms = rule.get("of")
    if not isinstance(terms, list) or not terms:
        state.faults.add(where, N_("The measure names what it is computed of."))
        return
    for place, term in enumerate(terms):
        kind, _, code = term.partition(":") if isinstance(term, str) else ("", "", "")
        known: Mapping[str, Any] = {
            "item": state.items, "measure": state.measures, "constant": state.document.get("constants", {}),
        }.get(kind, {})  # fmt: skip
        if code not in known:
            state.faults.add(where, N_("“{term}” is no item, constant or earlier measure."), term=str(term))
        elif rule["op"] == "divide" and place and not _is_positive(kind, known[code]):
            state.faults.add(where, N_("“{term}” may be zero: it cannot be divided by."), term=str(term))


def _is_positive(kind: str, thing: Mapping[str, Any]) -> bool:
    """Whether a divisor is above zero whatever is answered: a constant, or a required number with a least above 0."""
    if kind == "constant":
        return (decimal_of(thing["value"]) or Decimal(0)) > 0
    return (
        kind == "item" and thing["kind"] == "number" and bool(thing.get("required", True))
        and (decimal_of(thing["least"]) or Decimal(0)) > 0 and decimal_of(thing.get("coefficient", 1)) == 1
    )  # fmt: skip


def _check_lookup(rule: Mapping[str, Any], where: str, state: _Computing) -> None:
    """Every combination of answers has its row."""
    name, by = rule.get("table"), rule.get("by")
    table = state.document.get("tables", {}).get(name) if isinstance(name, str) else None
    if table is None:
        state.faults.add(where, N_("The form has no such code table."))
        return
    if not isinstance(by, list) or not by or not all(
        isinstance(code, str) and state.items.get(code, {}).get("kind") == "choice"
        and state.items[code].get("required", True) for code in by
    ):  # fmt: skip
        state.faults.add(where, N_("A code table is looked up by required choices of the form."))
        return
    if any(len(row["keys"]) != len(by) for row in table["rows"]):
        state.faults.add(where, N_("Every row of the code table has as many keys as the measure names items."))
        return
    choices = [[one["code"] for one in options_of(state.document, state.items[code])] for code in by]
    if math.prod(map(len, choices)) > MOST_COMBINATIONS:
        state.faults.add(where, N_("The code table has too many combinations."))
        return
    for keys in product(*choices):
        if not any(all(wanted in ("*", key) for wanted, key in zip(row["keys"], keys, strict=True))
                   for row in table["rows"]):  # fmt: skip
            state.faults.add(where, N_("The code table has no row for: {keys}."), keys=", ".join(keys))
            return


def _check_total(state: _Computing) -> None:
    """The declared total is what the options can really sum up to."""
    total, document = state.document.get("total"), state.document
    if total is None:
        return
    if (
        not isinstance(total, Mapping)
        or not isinstance(total.get("measure"), str)
        or (state.measures.get(total["measure"], {}).get("op") != "points")
    ):
        state.faults.add("total", N_("The total names a measure that sums up points."))
        return
    least, most = span_of_points(document, state.measures[total["measure"]].get("areas"))
    declared = [decimal_of(total.get(name)) for name in ("least", "most", "step")]
    if None in declared or declared[:2] != [least, most]:
        state.faults.add(
            "total", N_("The options sum up to {least} to {most}, the form says {said_least} to {said_most}."),
            least=f"{least:f}", most=f"{most:f}", said_least=str(total.get("least")), said_most=str(total.get("most")),
        )  # fmt: skip
        return
    step = declared[2] or Decimal(0)
    if step <= 0 or any(point % step for point in _points(document)):
        state.faults.add("total", N_("Not all points are multiples of the step {step}."), step=f"{step:f}")


def _points(document: Mapping[str, Any]) -> Iterator[Decimal]:
    for area in document["areas"]:
        for item, _ in items_of(area):
            for option in options_of(document, item):
                yield Decimal(str(option.get("points", 0)))


def _check_level(state: _Computing) -> None:
    rule, faults = state.document.get("level"), state.faults
    if not isinstance(rule, Mapping):
        faults.add("level", N_("The form does not say how the level follows."))
        return
    codes = {one["code"] for one in state.document["levels"]}
    if "item" in rule:
        item = state.items.get(rule["item"]) if isinstance(rule["item"], str) else None
        options = {one["code"] for one in options_of(state.document, item)} if item else set()
        if not options or not options <= codes or not (item or {}).get("required", True):
            faults.add("level", N_("The level comes from a required choice whose options are levels of the form."))
        return
    measure = state.measures.get(rule["measure"]) if isinstance(rule.get("measure"), str) else None
    bands = rule.get("bands")
    if measure is None or not isinstance(bands, list) or not bands or not all(isinstance(b, Mapping) for b in bands):
        faults.add("level", N_("The level names a measure and its bands."))
        return
    for band in bands:
        if not isinstance(band.get("level"), str) or band["level"] not in codes:
            faults.add("level", N_("“{level}” is no level of the form."), level=str(band.get("level")))
        for name in ("from", "to"):
            if name not in band or (band[name] is not None and decimal_of(band[name]) is None):
                faults.add("level", N_("A band has a from and a to; null leaves an end open."))
    if not faults.found:
        _check_bands(bands, *_grid(measure, state), faults)


def _grid(measure: Mapping[str, Any], state: _Computing) -> tuple[Decimal | None, Decimal | None, Decimal]:
    """(least, most, step) of what a measure can be; None where no end is known."""
    total = state.document.get("total")
    if measure["op"] == "points":
        least, most = span_of_points(state.document, measure.get("areas"))
        declared = isinstance(total, Mapping) and total.get("measure") == measure["code"]
        if declared:
            return least, most, Decimal(str(total["step"]))  # type: ignore[index]
        exponents = [int(point.normalize().as_tuple().exponent) for point in _points(state.document)]
        return least, most, Decimal(1).scaleb(min(0, *exponents))
    if measure["op"] == "marks":
        return Decimal(0), Decimal(_most_marks(measure["mark"], state)), Decimal(1)
    places = int(measure.get("places", 2))
    if measure["op"] == "lookup":
        values = [Decimal(str(row["value"])) for row in state.document["tables"][measure["table"]]["rows"]]
        places = max(places, *(-int(value.normalize().as_tuple().exponent) for value in values))
        return min(values), max(values), Decimal(1).scaleb(-places)
    return None, None, Decimal(1).scaleb(-places)


def _most_marks(mark: str, state: _Computing) -> int:
    return sum(
        max((option.get("marks", []).count(mark) for option in options_of(state.document, item)), default=0)
        for item in state.items.values()
    )


def _check_bands(
    bands: list[Mapping[str, Any]], least: Decimal | None, most: Decimal | None, step: Decimal, faults: Faults
) -> None:
    """The bands follow one another without gap or overlap and hold everything that the measure can be."""
    lowest = Decimal(-10) ** 15
    spans = sorted(
        (
            lowest if band["from"] is None else Decimal(str(band["from"])),
            -lowest if band["to"] is None else Decimal(str(band["to"])),
        )
        for band in bands
    )
    for low, high in spans:
        if low > high:
            faults.add("level", N_("The band from {low} to {high} is empty."), low=_end(low), high=_end(high))
    for (_, high), (low, _next) in pairwise(spans):
        if low <= high:
            faults.add("level", N_("Two bands overlap at {low} to {high}."), low=_end(low), high=_end(high))
        elif low - high > step:
            faults.add("level", N_("No band holds what lies between {low} and {high}."), low=_end(high), high=_end(low))
    for far, end, beyond in ((spans[0][0], least, _above), (spans[-1][1], most, _below)):
        if (end is None and abs(far) != abs(lowest)) or (end is not None and beyond(far, end)):
            text = _end(end) if end is not None else "∞"
            faults.add("level", N_("The bands end at {far}; the measure can reach {end}."), far=_end(far), end=text)


def _above(far: Decimal, end: Decimal) -> bool:
    return far > end


def _below(far: Decimal, end: Decimal) -> bool:
    return far < end


def _end(value: Decimal) -> str:
    return "∞" if abs(value) >= Decimal(10) ** 15 else f"{value:f}"
