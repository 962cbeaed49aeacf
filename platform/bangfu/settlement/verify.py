"""Check a settlement bundle of Bangfu without Bangfu: every count, point, line and claim is computed anew.

    python3 -I verify.py BUNDLE.zip     or, inside the unpacked folder:     python3 -I verify.py

Python 3.9 or newer, its standard library only; nothing is sent or written. Says `equal` (exit 0), or names the first
difference: file, row, column, expected, found (exit 1). docs/bundle.md describes every file. This script shares no code
with the portal: it was written from the published rules (QS-1), so that a fault of one is not a fault of both.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import sys
import zipfile
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Dict, List, NoReturn, Optional, Tuple  # noqa: UP035 (Python 3.9)

Row = Dict[str, Any]  # noqa: UP006
LISTS = {
    "lines": "id service fund_source unit_price units_left:int amount_left",
    "windows": "id line service recipient start end state visit excuse",
    "visits": "id line service recipient server division window_start window_end started_at ended_at"
    " standard_minutes:int submitted_at status evidence record_complete:bool missing:list qualified:bool payable:bool"
    " unpayable_reason forged:bool unit_price",
    "checks": "id visit origin result reason",
    "ratings": "recipient stars_sum:int stars_count:int",
    "callbacks": "id recipient reached:bool confirmed:bool",
    "goals": "id recipient met:bool",
    "complaints": "id severity result self_reported:bool",
    "vetoes": "id ground",
}
HEAD = "schema kind subject number organization division year quarter checks_required".split()


class Difference(Exception):  # noqa: N818
    """The first thing that is not as it must be."""

    def __init__(self, file: str, row: object, column: str, expected: object, found: object) -> None:
        super().__init__(file)
        self.said = (file, row, column, expected, found)


def differ(file: str, row: object, column: str, expected: object, found: object) -> NoReturn:
    raise Difference(file, row, column, expected, found)


# --- reading


def load(place: str) -> Dict[str, bytes]:  # noqa: UP006
    """Name -> content of a zip or of an unpacked folder."""
    if os.path.isdir(place):
        found = {}
        for folder, _, names in os.walk(place):
            for name in names:
                path = os.path.join(folder, name)
                if not name.startswith(".") and "__pycache__" not in path:
                    with open(path, "rb") as file:
                        found[os.path.relpath(path, place).replace(os.sep, "/")] = file.read()
        return found
    with zipfile.ZipFile(place) as packed:
        names = packed.namelist()
        if len(names) != len(set(names)):
            differ(place, "", "name", "every file once", "a file twice")
        return {name: packed.read(name) for name in names}


def table(files: Dict[str, bytes], name: str) -> List[Dict[str, str]]:  # noqa: UP006
    """The rows of a CSV; row numbers as a spreadsheet shows them begin with 2."""
    return list(csv.DictReader(io.StringIO(files[name].decode("utf-8"), newline=""), strict=True))


def typed(name: str, number: int, row: Dict[str, str], spec: str) -> Row:  # noqa: UP006
    made: Row = {}
    for column, _, kind in (each.partition(":") for each in spec.split()):
        text = row.get(column)
        if text is None:
            differ(name, number, column, "a value", "nothing")
        if kind == "bool":
            if text not in ("true", "false"):
                differ(name, number, column, "true or false", text)
            made[column] = text == "true"
        elif kind == "int":
            made[column] = int(text)
        else:
            made[column] = (text.split("|") if text else []) if kind == "list" else text
    return made


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def moment(text: str) -> Optional[datetime]:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ") if text else None  # noqa: DTZ007 (all are UTC)


def half_up(value: Fraction, places: int) -> str:
    """A fraction as decimal text, halves away from zero."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    text = str(whole).rjust(places + 1, "0")
    sign = "-" if value < 0 and whole else ""
    return sign + (text[:-places] + "." + text[-places:] if places else text)


# --- the facts: the tables must say what was frozen


def facts_of(files: Dict[str, bytes], folder: str) -> Row:  # noqa: UP006
    """The frozen facts, put together from rules.json and the tables, compared value by value with facts.json."""
    frozen = json.loads(files[folder + "facts.json"].decode("utf-8"))
    rules = json.loads(files[folder + "rules.json"].decode("utf-8"))
    made = {name: rules.get(name) for name in [*HEAD, "standard", "terms"]}
    for name in made:
        compare(folder + "rules.json", name, frozen.get(name), made[name])
    for name, spec in LISTS.items():
        file = f"{folder}{name}.csv"
        made[name] = [typed(file, number, row, spec) for number, row in enumerate(table(files, file), 2)]
        for number, (was, now) in enumerate(zip(frozen[name], made[name]), 2):  # noqa: B905 (Python 3.9)
            for column in {**was, **now}:
                if was.get(column) != now.get(column):
                    differ(file, number, column, shown(was.get(column)), shown(now.get(column)))
        if len(frozen[name]) != len(made[name]):
            differ(file, "", "number of rows", len(frozen[name]), len(made[name]))
    score = json.loads(files[folder + "score.json"].decode("utf-8"))
    if files[folder + "facts.json"] != canonical(made).encode("utf-8"):
        differ(folder + "facts.json", "", "canonical text", "sorted keys, no spaces, nothing more", "another text")
    if sha(files[folder + "facts.json"]) != score["facts_hash"]:
        differ(folder + "score.json", "", "facts_hash", sha(files[folder + "facts.json"]), score["facts_hash"])
    return made


def compare(file: str, place: str, expected: Any, found: Any) -> None:
    """Two pieces of JSON, down to the first value that differs."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted({*expected, *found}):
            compare(file, f"{place}.{key}", expected.get(key), found.get(key))
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for number, (one, other) in enumerate(zip(expected, found)):  # noqa: B905
            compare(file, f"{place}[{number}]", one, other)
    elif expected != found or isinstance(expected, bool) != isinstance(found, bool):
        differ(file, "", place, shown(expected), shown(found))


def shown(value: object) -> str:
    return value if isinstance(value, str) else canonical(value)


# --- the score (QS-1: ten indicators, exact fractions, one rounding)

BANDS = ["excellent", "good", "fair", "poor"]
QS = [f"Q{number}" for number in range(1, 11)]


def scored(counts: Dict[str, Tuple[Fraction, Fraction]], majors: int, vetoed: bool, rules: Row) -> Row:  # noqa: UP006
    """Points, S, band, caps and final band from (numerator, denominator) of each indicator."""
    points: Dict[str, Optional[Fraction]] = {}  # noqa: UP006
    due = counts["Q1"][1]
    for code in QS:
        top, bottom = counts[code]
        if not due or not bottom or (code == "Q6" and bottom < rules["ratings_least"]):
            points[code] = None
            continue
        share = top / bottom
        if code == "Q6":
            share = (share - 1) / 4
        elif code == "Q10":
            share = Fraction(int(top >= bottom))
        points[code] = Fraction(rules["weights"][code]) * min(Fraction(1), max(Fraction(0), share))
    if not due:
        return {"points": points, "score": None, "band": "", "final_band": "", "caps": []}
    weight = sum(Fraction(rules["weights"][code]) for code in QS if points[code] is not None)
    score = half_up(100 * sum(each for each in points.values() if each is not None) / weight, 1)
    band = next((name for name in BANDS[:3] if Fraction(score) >= Fraction(rules["bands"][name])), "poor")
    done = min(Fraction(1), counts["Q1"][0] / due)
    limits = [("completion", name) for below, name in rules["completion_caps"] if done < Fraction(below)][:1]
    limits += [("major_complaint", rules["major_cap"])] if majors else []
    limits += [("veto", "poor")] if vetoed else []
    final = max([band] + [name for _, name in limits], key=BANDS.index)
    caps = [why for why, name in limits if name == final != band]
    return {"points": points, "score": score, "band": band, "final_band": final, "caps": caps}
