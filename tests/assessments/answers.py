"""Answer sets for the shipped forms."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from bangfu.assessments.loading import shipped_forms
from bangfu.assessments.scoring import items_of, options_of

FORMS: dict[str, dict[str, Any]] = {document["code"]: document for document in shipped_forms()}


def items(code: str) -> Iterator[dict[str, Any]]:
    for area in FORMS[code]["areas"]:
        for item, _ in items_of(area):
            yield dict(item)


def best(code: str) -> dict[str, str]:
    """The first option of every choice, 0 for every number."""
    return {
        item["code"]: str(options_of(FORMS[code], item)[0]["code"]) if item["kind"] == "choice" else str(item["least"])
        for item in items(code)
    }


def six(unable: int) -> dict[str, str]:
    """The six indicators with so many not able."""
    return {item["code"]: "unable" if place < unable else "able" for place, item in enumerate(items("six_indicators"))}


def of_total(code: str, total: int, **more: str) -> dict[str, str]:
    """Answers whose scored items sum up to `total`, found from the best ones downwards; `more` overrides."""
    answers, surplus = best(code), 0
    scored = [item for item in items(code) if item["kind"] == "choice" and item.get("scored", True)]
    points = {item["code"]: [int(o["points"]) for o in options_of(FORMS[code], item)] for item in scored}
    surplus = sum(map(max, points.values())) - total
    for item in scored:
        fitting = [p for p in points[item["code"]] if max(points[item["code"]]) - p <= surplus]
        lowest = min(fitting)
        surplus -= max(points[item["code"]]) - lowest
        option = next(o for o in options_of(FORMS[code], item) if int(o["points"]) == lowest)
        answers[item["code"]] = option["code"]
    assert surplus == 0, Decimal(surplus)
    return {**answers, **more}
