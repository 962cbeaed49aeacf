"""The check of a form's conditions, and of the levels that it writes to a person or household."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bangfu.assessments.checking_parts import CODE, Faults, check_words, decimal_of, rows_of, unique_codes
from bangfu.errors import N_

TARGETS: Mapping[str, frozenset[str] | None] = {
    "none": None,
    "selfcare_level": frozenset({"full_self", "semi", "full_care"}),
    "ability_level": frozenset({"0", "1", "2", "3", "4"}),
    "risk_color": frozenset({"red", "yellow", "blue", "green"}),
}
"""What a form may set -> the levels that it may give."""
MOST_DEEP = 8


@dataclass(frozen=True, slots=True)
class Known:
    """What conditions of the form may speak of: options by item, measures, marks."""

    options: Mapping[str, set[str]]
    measures: set[str]
    marks: set[str]


def check_levels_fit(document: Mapping[str, Any], levels: list[Mapping[str, Any]], faults: Faults) -> None:
    """The form sets something that exists, and gives levels that it may hold."""
    sets = document.get("sets")
    if not isinstance(sets, str) or sets not in TARGETS:
        faults.add("sets", N_("Not one of: {allowed}."), allowed=", ".join(TARGETS))
        return
    allowed = TARGETS[sets]
    for level in levels:
        if allowed is not None and str(level.get("code")) not in allowed:
            faults.add(
                f"levels.{level.get('code', '')}", N_("Not one of: {allowed}."), allowed=", ".join(sorted(allowed))
            )


def check_condition(condition: object, where: str, known: Known | None, faults: Faults, depth: int = 0) -> None:
    """A condition that conditions.py can read; `known` is None for one about another form."""
    if not isinstance(condition, Mapping) or depth > MOST_DEEP:
        faults.add(where, N_("A condition is missing or cannot be read."))
        return
    for name in ("all", "any"):
        if name in condition:
            parts = condition[name]
            if not isinstance(parts, list) or not parts or len(condition) > 1:
                faults.add(where, N_("A condition is missing or cannot be read."))
                return
            for part in parts:
                check_condition(part, where, known, faults, depth + 1)
            return
    if "not" in condition:
        check_condition(condition["not"], where, known, faults, depth + 1)
        return
    _check_simple(condition, where, known, faults)


def _check_simple(condition: Mapping[str, Any], where: str, known: Known | None, faults: Faults) -> None:
    subject = [name for name in ("item", "measure", "mark") if name in condition]
    if len(subject) != 1 or not isinstance(condition[subject[0]], str):
        faults.add(where, N_("A condition is missing or cannot be read."))
        return
    kind, code = subject[0], condition[subject[0]]
    if known is not None:
        there = {"item": known.options, "measure": known.measures, "mark": known.marks}[kind]
        if code not in there:
            faults.add(where, N_("The condition speaks of “{code}”, which the form does not have."), code=code)
            return
    if "is" in condition:
        _check_options(condition, kind, where, known, faults)
    else:
        limits = [condition[name] for name in ("at_least", "at_most") if name in condition]
        if not limits or any(decimal_of(limit) is None for limit in limits):
            faults.add(where, N_("A condition is missing or cannot be read."))


def _check_options(condition: Mapping[str, Any], kind: str, where: str, known: Known | None, faults: Faults) -> None:
    wanted = condition["is"]
    if kind != "item" or not isinstance(wanted, list) or not all(isinstance(one, str) for one in wanted):
        faults.add(where, N_("A condition is missing or cannot be read."))
        return
    for one in wanted:
        if known is not None and one not in known.options[condition["item"]]:
            faults.add(where, N_("The condition speaks of “{code}”, which the form does not have."), code=one)


def check_conditions(document: Mapping[str, Any], known: Known, faults: Faults) -> None:
    """Adjustments, checks inside the form, comparisons with other forms, and what follows from a level."""
    levels = {one["code"] for one in document["levels"]}
    for name, words in (("adjustments", "title"), ("checks", "message")):
        rules = rows_of(document, name, name, faults, needed=False)
        unique_codes(rules, name, faults, worded=False)
        for rule in rules:
            where = f"{name}.{rule.get('code', '')}"
            check_words(rule, words, where, faults)
            check_condition(rule.get("when"), where, known, faults)
            if name == "adjustments":
                _check_adjustment(rule, where, levels, faults)
    for rule in rows_of(document, "compare", "compare", faults, needed=False):
        where = f"compare.{rule.get('form', '')}"
        if not CODE.fullmatch(rule["form"] if isinstance(rule.get("form"), str) else ""):
            faults.add(where, N_("A comparison names the other form."))
        for pair in rows_of(rule, "pairs", where, faults):
            check_words(pair, "message", where, faults)
            check_condition(pair.get("ours"), where, known, faults)
            check_condition(pair.get("theirs"), where, None, faults)
    _check_follow_ups(document, levels, faults)


def _check_adjustment(rule: Mapping[str, Any], where: str, levels: set[str], faults: Faults) -> None:
    shift = rule.get("shift")
    if ("set" in rule) == ("shift" in rule):
        faults.add(where, N_("An adjustment either sets a level or shifts it."))
    elif "set" in rule and not (isinstance(rule["set"], str) and rule["set"] in levels):
        faults.add(where, N_("“{level}” is no level of the form."), level=str(rule["set"]))
    elif "shift" in rule and (not isinstance(shift, int) or isinstance(shift, bool) or not 1 <= abs(shift) <= 9):
        faults.add(where, N_("A shift is a whole number of levels."))


def _check_follow_ups(document: Mapping[str, Any], levels: set[str], faults: Faults) -> None:
    for rule in rows_of(document, "follow_up", "follow_up", faults, needed=False):
        named, hours = rule.get("levels"), rule.get("hours")
        if not isinstance(named, list) or not named or not all(isinstance(one, str) and one in levels for one in named):
            faults.add("follow_up", N_("What follows names levels of the form."))
        if not isinstance(hours, int) or isinstance(hours, bool) or not 1 <= hours <= 24 * 365:
            faults.add("follow_up", N_("What follows is due within whole hours."))
        if str(rule.get("kind")) not in FOLLOW_UPS:
            faults.add("follow_up", N_("Not one of: {allowed}."), allowed=", ".join(sorted(FOLLOW_UPS)))


FOLLOW_UPS = frozenset({"child.red_contact"})
"""What a form may ask the supervision engine to watch; each has its words in words.py."""
