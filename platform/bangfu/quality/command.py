"""`bangfu score FILE.json`: quarters given as counts, scored by QS-1 (DOMAIN.md 6). No database.

The file holds a JSON list of objects; the answer is a JSON list in the same order, see `DESCRIPTION`.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from bangfu.errors import Told
from bangfu.quality import score_rules
from bangfu.quality.score_rules import Counts, Scored
from bangfu.quality.standard_rules import RULES

NAMES: Final = {"excellent": "优", "good": "良", "fair": "中", "poor": "差", "": None}
WHOLE: Final = (
    "due", "submitted", "verified", "on_time", "duration_ok", "record_ok", "checks_done", "checks_passed",
    "ratings_count", "callbacks_reached", "callbacks_confirmed", "goals_due", "goals_met", "complaints_minor",
    "complaints_major",
)  # fmt: skip
PARTS: Final = (
    ("on_time", "verified"), ("duration_ok", "verified"), ("record_ok", "submitted"),
    ("checks_passed", "checks_done"), ("callbacks_confirmed", "callbacks_reached"), ("goals_met", "goals_due"),
    ("credentials_ok", "verified"),
)  # fmt: skip
"""A part and its whole: a larger part counts as complete (DOMAIN.md 6.1: all ratios capped at 1) and is said."""
MOST: Final = 10**9
DESCRIPTION: Final = """\
Score quarters given as counts by the standard QS-1 and print the results as a JSON list, in the order of the file.

FILE holds a JSON list of objects with these fields:
  whole numbers  due, submitted, verified, on_time, duration_ok, record_ok, checks_done, checks_passed, ratings_count,
                 callbacks_reached, callbacks_confirmed, goals_due, goals_met, complaints_minor, complaints_major,
                 payable_units
  ratings_sum    the sum of the recipients' mean stars: a number, or text with decimals or a fraction ("188", "12.5",
                 "37/3")
  credentials_ok verified visits by fully qualified staff, or true/false for all of them
  unit_price     CNY with at most two decimals, as text or number
  optional       veto (true/false; false), perf_share (0 to 1; 0.30), pay_rule (steps or linear; steps)
Other fields are ignored.

Each result: points {"Q1": number, ..., "Q10": number} (half-up to three decimals; null where the indicator is not
applicable), score (text, one decimal), band and final_band (优 良 中 差), base, perf and pay (text, two decimals).
With due = 0 the quarter is not scored: points, score and bands are null, and nothing is taken off the pay.
A ratio above 1 counts as 1; a part above its whole is said on the error output all the same, but for verified above
due: visits beyond what was due are no mistake. A negative number, an impossible sum of stars or a missing field is an
error that names the item (counted from 1) and the field; nothing is printed then and the exit code is 2."""


class CaseFaultError(Told):
    """A field of a case is wrong; the message counts the items of the file from 1, `index` counts from 0."""

    def __init__(self, index: int, field: str, why: str) -> None:
        super().__init__(f"item {index + 1}, field {field}: {why}".replace("{", "{{").replace("}", "}}"))


def run_score(path: str) -> str:
    """The results of a file as JSON text.

    Raises:
        Told: for a file that cannot be read or is no JSON list of objects.
        CaseFaultError: for the first case that is wrong.
    """
    cases = _cases(path)
    text = json.dumps([result(index, case) for index, case in enumerate(cases)], ensure_ascii=False, indent=2)
    for sentence in doubts(cases):
        sys.stderr.write(f"bangfu: {sentence}\n")
    return text


def result(index: int, case: Mapping[str, Any]) -> dict[str, Any]:
    """One quarter's result; see DESCRIPTION."""
    counts = counts_of(index, case)
    price, share, rule = _price(index, case), _share(index, case), _optional(case, "pay_rule", RULES[0])
    if rule not in RULES:
        raise CaseFaultError(index, "pay_rule", "must be steps or linear")
    units = _whole(index, case, "payable_units")
    scored = score_rules.score(counts)
    factor = score_rules.factor_of(scored.final_band, scored.score, rule, veto=counts.veto)
    paid = score_rules.pay(units, price, share, factor)
    return {
        "points": points_of(scored),
        "score": None if scored.score is None else f"{scored.score:.1f}",
        "band": NAMES[scored.band], "final_band": NAMES[scored.final_band],
        "base": f"{paid.base:.2f}", "perf": f"{paid.perf:.2f}", "pay": f"{paid.total:.2f}",
    }  # fmt: skip


def points_of(scored: Scored) -> dict[str, float | None]:
    """Indicator -> points half-up to three decimals, None where it is not applicable."""
    return {
        each.code: None if each.points is None else float(score_rules.half_up(each.points, 3))
        for each in scored.indicators
    }


def counts_of(index: int, case: Mapping[str, Any]) -> Counts:
    """The counts of a case.

    Raises:
        CaseFaultError: for the first field that is wrong.
    """
    whole = {name: _whole(index, case, name) for name in WHOLE}
    qualified = case.get("credentials_ok")
    if isinstance(qualified, bool):
        qualified = whole["verified"] if qualified else 0
    else:
        qualified = _whole(index, case, "credentials_ok")
    veto = _optional(case, "veto", False)
    if veto not in (True, False):
        raise CaseFaultError(index, "veto", "must be true or false")
    stars, people = _stars(index, case), whole["ratings_count"]
    if not people <= stars <= 5 * people:
        raise CaseFaultError(index, "ratings_sum", f"{people} ratings of 1 to 5 stars cannot sum up to {stars}")
    # no verified visit, but "false": the field says so, and then the indicator is not applicable anyway
    return Counts(**whole, ratings_sum=stars, credentials_ok=qualified, veto=bool(veto))


def _cases(path: str) -> list[dict[str, Any]]:
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Told("{path} cannot be read: {why}", path=path, why=error) from None
    try:
        found = json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Told("{path} is no JSON: {why}", path=path, why=error) from None
    if not isinstance(found, list):
        raise Told("{path} must hold a JSON list of quarters.", path=path)
    for index, case in enumerate(found):
        if not isinstance(case, dict):
            raise CaseFaultError(index, "-", "must be an object")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def doubts(cases: Sequence[Mapping[str, Any]]) -> list[str]:
    """Of cases that were scored, every part that is larger than its whole, in one sentence each."""
    return [
        f"item {index + 1}, field {part}: {case[part]} is more than {of} ({case[of]}); a ratio counts as 1 at most"
        for index, case in enumerate(cases)
        for part, of in PARTS
        if not isinstance(case[part], bool) and case[part] > case[of]
    ]


def _optional(case: Mapping[str, Any], field: str, default: Any) -> Any:
    """What a field says; the default where it is missing or null."""
    value = case.get(field)
    return default if value is None else value


def _given(index: int, case: Mapping[str, Any], field: str) -> Any:
    if field not in case or case[field] is None:
        raise CaseFaultError(index, field, "is missing")
    return case[field]


def _whole(index: int, case: Mapping[str, Any], field: str) -> int:
    value = _given(index, case, field)
    if isinstance(value, Decimal) and value == value.to_integral_value() and abs(value) <= MOST:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise CaseFaultError(index, field, "must be a whole number")
    if not 0 <= value <= MOST:
        raise CaseFaultError(index, field, f"must not be negative or above {MOST}")
    return value


def _stars(index: int, case: Mapping[str, Any]) -> Fraction:
    value = _given(index, case, "ratings_sum")
    try:
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal) or len(str(value)) > 30:
            raise ValueError
        return Fraction(value)
    except (ValueError, ZeroDivisionError):
        raise CaseFaultError(index, "ratings_sum", "must be a number") from None


def _decimal(index: int, case: Mapping[str, Any], field: str, value: Any) -> Decimal:
    try:
        found = Decimal(value) if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite() or len(str(value)) > 30:
        raise CaseFaultError(index, field, "must be a number")
    return found


def _price(index: int, case: Mapping[str, Any]) -> Decimal:
    found = _decimal(index, case, "unit_price", _given(index, case, "unit_price"))
    if not 0 <= found <= MOST:
        raise CaseFaultError(index, "unit_price", f"must not be negative or above {MOST}")
    if found != round(found, 2):
        raise CaseFaultError(index, "unit_price", "has more than two decimals")
    return found


def _share(index: int, case: Mapping[str, Any]) -> Decimal:
    found = _decimal(index, case, "perf_share", _optional(case, "perf_share", "0.30"))
    if not 0 <= found <= 1:
        raise CaseFaultError(index, "perf_share", "must be from 0 to 1")
    return found
