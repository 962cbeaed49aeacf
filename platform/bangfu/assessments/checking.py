"""The check of a form before it may be used: every fault with its place, in words that the bureau can act on."""

import re
from collections.abc import Mapping
from typing import Any

from bangfu.assessments.checking_computing import check_computing
from bangfu.assessments.checking_parts import CODE, Faults, Problem, check_words, decimal_of, rows_of, unique_codes
from bangfu.assessments.checking_rules import check_levels_fit
from bangfu.errors import N_

VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,15}")
KEYS = {
    "code", "version", "title", "source", "sets", "restricted", "import_only", "figure", "levels", "scales", "areas",
    "tables", "constants", "measures", "total", "level", "adjust", "adjustments", "checks", "compare", "follow_up",
}  # fmt: skip
MOST_ITEMS, MOST_OPTIONS = 200, 30


def check(document: object) -> list[Problem]:
    """What is wrong with a form; nothing means that every complete set of answers gives exactly one level."""
    faults = Faults()
    if not isinstance(document, Mapping):
        faults.add("", N_("The form is not a JSON object."))
        return faults.found
    _check_head(document, faults)
    _check_parts(document, faults)
    if not faults.found:
        check_computing(document, faults)
    return faults.found


def _check_head(document: Mapping[str, Any], faults: Faults) -> None:
    for name in sorted(set(map(str, document)) - KEYS):
        faults.add(name, N_("Unknown entry; is it a typing error?"))
    if not CODE.fullmatch(str(document.get("code", ""))):
        faults.add("code", N_("Lower-case letters, digits and _ only, beginning with a letter."))
    if not isinstance(document.get("version"), str) or not VERSION.fullmatch(document["version"]):
        faults.add("version", N_("A text of at most 16 letters, digits, points and dashes."))
    check_words(document, "title", "title", faults)
    check_words(document, "source", "source", faults)
    for name, allowed in (("restricted", ("", "child")), ("adjust", ("first", "all"))):
        if document.get(name, allowed[0]) not in allowed:
            faults.add(name, N_("Not one of: {allowed}."), allowed=", ".join(filter(None, allowed)))
    if not isinstance(document.get("import_only", False), bool):
        faults.add("import_only", N_("Not one of: {allowed}."), allowed="true, false")


def _check_parts(document: Mapping[str, Any], faults: Faults) -> None:
    """Levels, scales, areas with their items, tables and constants, one by one."""
    levels = rows_of(document, "levels", "levels", faults)
    unique_codes(levels, "levels", faults)
    check_levels_fit(document, levels, faults)
    scales = document.get("scales", {})
    if not isinstance(scales, Mapping):
        faults.add("scales", N_("Not an object of named lists."))
        scales = {}
    for name in scales:
        _check_options(scales, name, f"scales.{name}", faults)
    _check_areas(document, scales, faults)
    _check_constants(document, faults)


def _check_areas(document: Mapping[str, Any], scales: Mapping[str, Any], faults: Faults) -> None:
    areas = rows_of(document, "areas", "areas", faults)
    unique_codes(areas, "areas", faults)
    items: list[Mapping[str, Any]] = []
    for place, area in enumerate(areas):
        where = f"areas.{area.get('code', place)}"
        if "hint" in area:
            check_words(area, "hint", f"{where}.hint", faults)
        for item in rows_of(area, "items", f"{where}.items", faults):
            if "parts" in item:
                unique_codes([item], where, faults)
                parts = rows_of(item, "parts", f"{where}.{item.get('code', '')}.parts", faults)
                items += parts
            else:
                items.append(item)
    unique_codes(items, "areas", faults)
    if len(items) > MOST_ITEMS:
        faults.add("areas", N_("At most {most} items."), most=MOST_ITEMS)
    for item in items:
        _check_item(item, scales, faults)


def _check_item(item: Mapping[str, Any], scales: Mapping[str, Any], faults: Faults) -> None:
    where = str(item.get("code", ""))
    if "hint" in item:
        check_words(item, "hint", f"{where}.hint", faults)
    for name in ("required", "scored"):
        if not isinstance(item.get(name, True), bool):
            faults.add(f"{where}.{name}", N_("Not one of: {allowed}."), allowed="true, false")
    if item.get("kind") == "choice":
        if "scale" in item:
            if not isinstance(item["scale"], str) or item["scale"] not in scales:
                faults.add(f"{where}.scale", N_("The form has no such scale."))
        else:
            _check_options(item, "options", f"{where}.options", faults)
    elif item.get("kind") == "number":
        _check_number(item, where, faults)
    else:
        faults.add(f"{where}.kind", N_("Not one of: {allowed}."), allowed="choice, number")


def _check_options(holder: Mapping[str, Any], name: str, where: str, faults: Faults) -> None:
    options = rows_of(holder, name, where, faults)
    unique_codes(options, where, faults)
    if len(options) < 2 or len(options) > MOST_OPTIONS:
        faults.add(where, N_("A choice has from 2 to {most} options."), most=MOST_OPTIONS)
    for option in options:
        if decimal_of(option.get("points", 0)) is None:
            faults.add(f"{where}.{option.get('code', '')}.points", N_("Not a number."))
        marks = option.get("marks", [])
        if not isinstance(marks, list) or not all(isinstance(mark, str) and mark for mark in marks):
            faults.add(f"{where}.{option.get('code', '')}.marks", N_("Not a list of words."))


def _check_number(item: Mapping[str, Any], where: str, faults: Faults) -> None:
    least, most = decimal_of(item.get("least")), decimal_of(item.get("most"))
    if least is None or most is None or least > most:
        faults.add(where, N_("A number item says its least and its most; the least is not above the most."))
    if item.get("places", 0) not in range(7) or isinstance(item.get("places", 0), (bool, float)):
        faults.add(f"{where}.places", N_("Decimal places from 0 to 6."))
    if decimal_of(item.get("coefficient", 1)) is None:
        faults.add(f"{where}.coefficient", N_("Not a number."))
    if "unit" in item:
        check_words(item, "unit", f"{where}.unit", faults)


def _check_constants(document: Mapping[str, Any], faults: Faults) -> None:
    for name in ("constants", "tables"):
        if not isinstance(document.get(name, {}), Mapping):
            faults.add(name, N_("Not an object of named entries."))
            return
    for code, constant in document.get("constants", {}).items():
        if not isinstance(constant, Mapping) or decimal_of(constant.get("value")) is None:
            faults.add(f"constants.{code}", N_("Not a number."))
        else:
            check_words(constant, "title", f"constants.{code}.title", faults)
    for code, table in document.get("tables", {}).items():
        where = f"tables.{code}"
        if not isinstance(table, Mapping) or not isinstance(table.get("version"), str) or not table["version"]:
            faults.add(where, N_("A code table has a version and rows."))
            continue
        check_words(table, "title", f"{where}.title", faults)
        for row in rows_of(table, "rows", f"{where}.rows", faults):
            keys = row.get("keys")
            if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
                faults.add(where, N_("A row has a list of keys and a value."))
            elif decimal_of(row.get("value")) is None:
                faults.add(f"{where}.{' '.join(keys)}", N_("Not a number."))
