"""The interpreter of assessment forms: answers in, arithmetic and level out (DOMAIN.md 3). It knows no form.

A form is a document (checking.py says what may stand in it, docs/decisions/0014 why). Answers map item codes to option
codes or to numbers as typed. Amounts are Decimal, rounded half up at every line that the form rounds.
"""

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from bangfu.assessments.conditions import Facts, holds
from bangfu.assessments.results import AreaSum, Line, Measure, Result, Step, Warned, Words
from bangfu.errors import N_

Document = Mapping[str, Any]
Answers = Mapping[str, str]

OPERATIONS = {"sum": "+", "subtract": "−", "product": "×", "divide": "÷", "max": "max", "min": "min"}
"""Operation of a measure -> the sign between its terms on paper."""


def score(document: Document, answers: Answers, others: Mapping[str, tuple[Document, Answers]] | None = None) -> Result:
    """Score the answers by the form. `others`: form code -> (document, answers) of the person's other assessments, for
    the form's cross-checks; those that are not there are not compared."""
    facts, lines, missing, faults = _read(document, answers)
    done = not missing and not faults
    measures = _measures(document, facts) if done else ()
    band, preliminary = _preliminary(document, facts) if done else (("", ""), "")
    steps, level = _adjusted(document, facts, preliminary) if preliminary else ((), "")
    return Result(
        lines=lines, areas=_area_sums(document, lines), measures=measures, missing=missing, faults=faults,
        ruled_by=document["level"].get("measure") or document["level"].get("item", ""), band=band,
        preliminary=preliminary, adjustments=steps, level=level,
        warnings=_warnings(document, facts, others or {}) if done else (),
    )  # fmt: skip


def items_of(area: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """(item, the item it is a part of or {}) for everything of an area that is answered."""
    for item in area["items"]:
        if "parts" in item:
            for part in item["parts"]:
                yield part, item
        else:
            yield item, {}


def options_of(document: Document, item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The options of a choice, its own or those of a scale of the form; none for a number."""
    if "scale" in item:
        return list(document["scales"][item["scale"]])
    return list(item.get("options", ()))


def number(text: str) -> Decimal | None:
    """A number as people type it (1,234.50; full-width digits); None where it is none."""
    plain = text.strip().replace(",", "").replace("，", "")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < Decimal(10) ** 12 else None


def half_up(value: Decimal, places: int) -> Decimal:
    """Rounded half up, as money is (DOMAIN.md, conventions)."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    """A number as it stands on paper."""
    return f"{value:f}"


Read = tuple[Facts, tuple[Line, ...], tuple[str, ...], dict[str, tuple[str, Mapping[str, object]]]]


def _read(document: Document, answers: Answers) -> Read:
    facts, lines, missing, faults = Facts(), [], [], {}
    for area in document["areas"]:
        for item, whole in items_of(area):
            typed = answers.get(item["code"], "").strip()
            if not typed:
                if item.get("required", True):
                    missing.append(item["code"])
                continue
            fault = _take(document, item, typed, facts)
            if fault:
                faults[item["code"]] = fault
            else:
                lines.append(_line(document, area, item, whole, facts))
    known = {item["code"] for area in document["areas"] for item, _ in items_of(area)}
    for code in answers:
        if code not in known:
            faults[code] = (N_("The form has no such item."), {})
    return facts, tuple(lines), tuple(missing), faults


def _take(
    document: Document, item: Mapping[str, Any], typed: str, facts: Facts
) -> tuple[str, Mapping[str, object]] | None:
    """Note one answer, or say what is wrong with it."""
    code = item["code"]
    if item["kind"] == "choice":
        option = next((one for one in options_of(document, item) if one["code"] == typed), None)
        if option is None:
            return N_("Please choose one of the list."), {}
        facts.chosen[code] = typed
        facts.values[code] = Decimal(str(option.get("points", 0)))
        facts.marks.update(option.get("marks", ()))
        return None
    return _take_number(item, typed, facts)


def _take_number(item: Mapping[str, Any], typed: str, facts: Facts) -> tuple[str, Mapping[str, object]] | None:
    given, places = number(typed), int(item.get("places", 0))
    if given is None:
        return N_("Please enter a number."), {}
    if given != half_up(given, places):
        return N_("At most {places} decimal places."), {"places": places}
    least, most = Decimal(str(item["least"])), Decimal(str(item["most"]))
    if not least <= given <= most:
        return N_("Please enter a number from {least} to {most}."), {"least": plain(least), "most": plain(most)}
    facts.chosen[item["code"]] = plain(half_up(given, places))
    coefficient = Decimal(str(item.get("coefficient", 1)))
    facts.values[item["code"]] = half_up(given * coefficient, 2 if "coefficient" in item else places)
    return None


def _line(
    document: Document, area: Mapping[str, Any], item: Mapping[str, Any], whole: Mapping[str, Any], facts: Facts
) -> Line:
    code = item["code"]
    chosen = facts.chosen[code]
    option = next((one for one in options_of(document, item) if one["code"] == chosen), {})
    return Line(
        area=area["code"], item=code, title=item["title"], part_of=whole.get("title", {}), option=chosen,
        answer=option.get("title", {}), given="" if option else chosen, coefficient=str(item.get("coefficient", "")),
        points=plain(facts.values[code]), scored=_is_scored(item), unit=item.get("unit", {}),
    )  # fmt: skip


def _is_scored(item: Mapping[str, Any]) -> bool:
    """Whether the item's points count into the total: choices, unless the form says that one does not."""
    return bool(item["kind"] == "choice" and item.get("scored", True))


def _area_sums(document: Document, lines: tuple[Line, ...]) -> tuple[AreaSum, ...]:
    sums = []
    for area in document["areas"]:
        most = span_of_points(document, [area["code"]])[1]
        scored = [Decimal(line.points) for line in lines if line.area == area["code"] and line.scored]
        sums.append(AreaSum(area["code"], area["title"], plain(sum(scored, Decimal(0))), plain(most)))
    return tuple(sums)


def span_of_points(document: Document, areas: list[str] | None = None) -> tuple[Decimal, Decimal]:
    """The least and the most points that the scored items of the areas (all by default) can have together."""
    least = most = Decimal(0)
    for area in document["areas"]:
        for item, _ in items_of(area):
            if _is_scored(item) and (areas is None or area["code"] in areas):
                points = [Decimal(str(option.get("points", 0))) for option in options_of(document, item)]
                least += min(points) if item.get("required", True) else min(*points, Decimal(0))
                most += max(points) if item.get("required", True) else max(*points, Decimal(0))
    return least, most


def _measures(document: Document, facts: Facts) -> tuple[Measure, ...]:
    found = []
    for rule in document["measures"]:
        terms, value, table = _computed(document, rule, facts)
        facts.measures[rule["code"]] = value
        found.append(
            Measure(
                rule["code"], rule["title"], OPERATIONS.get(rule["op"], ""),
                tuple((title, plain(term)) for title, term in terms), plain(value), rule.get("unit", {}), table,
            )
        )  # fmt: skip
    return tuple(found)


Terms = list[tuple[Words, Decimal]]


def _computed(document: Document, rule: Mapping[str, Any], facts: Facts) -> tuple[Terms, Decimal, str]:
    """A measure's terms, its value and the name and version of the code table it was looked up in."""
    if rule["op"] == "points":
        return [], _points(document, rule.get("areas"), facts), ""
    if rule["op"] == "marks":
        return [], Decimal(facts.marks[rule["mark"]]), ""
    if rule["op"] == "lookup":
        table = document["tables"][rule["table"]]
        keys = [facts.chosen.get(item, "") for item in rule["by"]]
        return [], lookup(table, keys), f"{rule['table']} {table['version']}"
    terms = [_term(document, reference, facts) for reference in rule["of"]]
    return terms, half_up(_fold(rule["op"], [value for _, value in terms]), int(rule.get("places", 2))), ""


def _points(document: Document, areas: list[str] | None, facts: Facts) -> Decimal:
    return sum(
        (
            facts.values.get(item["code"], Decimal(0))
            for area in document["areas"]
            if areas is None or area["code"] in areas
            for item, _ in items_of(area)
            if _is_scored(item)
        ),
        Decimal(0),
    )


def lookup(table: Mapping[str, Any], keys: list[str]) -> Decimal:
    """The value of the first row whose keys fit; "*" fits everything.

    Raises:
        LookupError: where none fits (the check of the form finds such gaps).
    """
    for row in table["rows"]:
        if all(wanted in ("*", key) for wanted, key in zip(row["keys"], keys, strict=True)):
            return Decimal(str(row["value"]))
    raise LookupError(keys)


def _term(document: Document, reference: str, facts: Facts) -> tuple[Words, Decimal]:
    """The title and the value behind "item:…", "measure:…" or "constant:…"; an item left empty counts as 0."""
    kind, _, code = reference.partition(":")
    if kind == "constant":
        constant = document["constants"][code]
        return constant["title"], Decimal(str(constant["value"]))
    if kind == "measure":
        return next(rule["title"] for rule in document["measures"] if rule["code"] == code), facts.measures[code]
    item = next(item for area in document["areas"] for item, _ in items_of(area) if item["code"] == code)
    return item["title"], facts.values.get(code, Decimal(0))


def _fold(operation: str, values: list[Decimal]) -> Decimal:
    if operation == "sum":
        return sum(values, Decimal(0))
    if operation in ("max", "min"):
        return max(values) if operation == "max" else min(values)
    result = values[0]
    for value in values[1:]:
        result = (
            result - value if operation == "subtract" else result * value if operation == "product" else result / value
        )
    return result


def _preliminary(document: Document, facts: Facts) -> tuple[tuple[str, str], str]:
    rule = document["level"]
    if "item" in rule:
        return ("", ""), facts.chosen[rule["item"]]
    band = band_of(document, facts.measures[rule["measure"]])
    return (_limit(band["from"]), _limit(band["to"])), band["level"]


def _limit(value: object) -> str:
    return "" if value is None else str(value)


class NoBand(ValueError):
    """A figure that the form's bands do not know: it is no valid result of this form."""


def band_of(document: Document, value: Decimal) -> Mapping[str, Any]:
    """The one band of the form that holds a figure.

    Raises:
        NoBand: for a figure that the form cannot have, such as 95 of 90 or 7 where only steps of 5 exist.
    """
    total = document.get("total")
    if total and document["level"]["measure"] == total.get("measure"):
        least, most, step = (Decimal(str(total[name])) for name in ("least", "most", "step"))
        if not least <= value <= most or (value - least) % step:
            raise NoBand(f"{value} is no total of this form")
    for band in document["level"]["bands"]:
        low, high = band["from"], band["to"]
        if (low is None or value >= Decimal(str(low))) and (high is None or value <= Decimal(str(high))):
            return band  # type: ignore[no-any-return]
    raise NoBand(f"{value} lies in no band of this form")


def _adjusted(document: Document, facts: Facts, level: str) -> tuple[tuple[Step, ...], str]:
    """The adjustments in their order; the first that applies is the only one, unless the form lets all apply."""
    steps: list[Step] = []
    order = [one["code"] for one in document["levels"]]
    for rule in document.get("adjustments", ()):
        if not holds(rule["when"], facts):
            continue
        before = level
        at = order.index(level) + int(rule.get("shift", 0))
        level = rule.get("set") or order[max(0, min(at, len(order) - 1))]
        steps.append(Step(rule["code"], rule["title"], before, level))
        if document.get("adjust", "first") == "first":
            break
    return tuple(steps), level


def _warnings(document: Document, facts: Facts, others: Mapping[str, tuple[Document, Answers]]) -> tuple[Warned, ...]:
    """Contradictions inside the form, and with the person's other assessments."""
    found = [Warned(rule["code"], rule["message"]) for rule in document.get("checks", ()) if holds(rule["when"], facts)]
    for rule in document.get("compare", ()):
        if rule["form"] not in others:
            continue
        theirs, _, missing, faults = _read(*others[rule["form"]])
        if not missing and not faults:
            found += [
                Warned(f"{rule['form']}:{place}", pair["message"])
                for place, pair in enumerate(rule["pairs"])
                if holds(pair["ours"], facts) != holds(pair["theirs"], theirs)
            ]
    return tuple(found)


def level_title(document: Document, level: str) -> Words:
    """The words of a level; the bare code where the form does not know it."""
    return next((one["title"] for one in document["levels"] if one["code"] == level), {"zh": level, "en": level})
