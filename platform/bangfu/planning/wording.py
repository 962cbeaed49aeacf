"""Reasons, checks and differences in words: the data that the solver left, put into the reader's language."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from bangfu.errors import N_
from bangfu.planning.faults import hours, yuan
from bangfu.shared.i18n import Say, word
from bangfu.shared.masking_filters import shown_date

Names = Mapping[str, str]
"""Id of a carer or an organisation -> name as pages show it."""
Data = Mapping[str, Any]


def easing(data: Data, names: Names) -> str:
    """The single change with which somebody could serve a need ("within 8 km instead of 5, ... could take it")."""
    name = names.get(data["carer"], "—")
    organisation = names.get(str(data["organisation"]), "")
    has, needs, code, detail = data["has"], data["needs"], data["code"], data["detail"]
    missing = (needs or 0) - (has or 0)
    if code == "distance":
        shown = {"needs": f"{math.ceil(needs * 10) / 10:g}", "has": f"{has:g}"}
        return str(Say(N_("Within {needs} km instead of {has}, {name} could take it."), name=name, **shown))
    if code == "time":
        text = N_("With {needs} common weekdays instead of {has}, {name} could take it.")
        return str(Say(text, name=name, needs=f"{needs:g}", has=f"{has:g}"))
    if code == "capacity":
        return str(Say(N_("With {n} more hours in 4 weeks, {name} could take it."), n=_up(missing), name=name))
    if code == "households":
        return str(Say(N_("With one more household, {name} could take it."), name=name))
    if code == "organisation":
        text = N_("With {n} more hours in 4 weeks for {organisation}, {name} could take it.")
        return str(Say(text, n=_up(missing), organisation=organisation, name=name))
    if code in {"line_visits", "line_fen", "limit_visits", "limit_fen"}:
        return _money(data, name, organisation, names)
    return _unmeasured(code, detail, name, names)


def _money(data: Data, name: str, organisation: str, names: Names) -> str:
    """Which line, quota or cap is used up, and how much is missing."""
    missing, code = (data["needs"] or 0) - (data["has"] or 0), data["code"]
    contract = names.get(f"{data['organisation']}/{data['service']}", "")
    n = yuan(missing) if code.endswith("fen") else f"{missing:.0f}"
    text = {
        "line_visits": N_("With {n} more contract visits in 4 weeks for {organisation}, {name} could take it."),
        "line_fen": N_("With {n} yuan more in 4 weeks on the contract of {organisation}, {name} could take it."),
        "limit_visits": N_("With {n} more visits in 4 weeks in the township's quota, {name} could take it."),
        "limit_fen": N_("With {n} yuan more in 4 weeks under the cap of the special fund, {name} could take it."),
    }[code]
    if contract and code.startswith("line"):
        service = word("service", data["service"])
        text = {
            "line_visits": N_(
                "Contract {contract}, {service}, of {organisation} is short of {n} visits in 4 weeks; with them {name}"
                " could take it."
            ),
            "line_fen": N_(
                "Contract {contract}, {service}, of {organisation} is short of {n} yuan in 4 weeks; with them {name}"
                " could take it."
            ),
        }[code]
        return str(Say(text, contract=contract, service=service, n=n, organisation=organisation, name=name))
    return str(Say(text, n=n, organisation=organisation, name=name))


def _unmeasured(code: str, detail: Data, name: str, names: Names) -> str:
    if code == "qualification":
        if detail["expired"]:
            codes = _codes(detail["expired"])
            return str(Say(N_("With a renewed {codes}, {name} could take it."), codes=codes, name=name))
        codes = _codes(group[0] for group in detail["missing"])
        return str(Say(N_("With the qualification {codes}, {name} could take it."), codes=codes, name=name))
    if code == "kind":
        organisation = names.get(str(detail.get("organisation")), "")
        text = N_("With a contract line of {organisation} for this service, {name} could take it.")
        return str(Say(text, organisation=organisation, name=name))
    return str(Say(N_("If the household accepts the other sex, {name} could take it."), name=name))


def _up(minutes: float) -> str:
    return f"{math.ceil(minutes / 6) / 10:.1f}"


def _codes(codes: Any) -> str:
    return str(Say(N_(", "))).join(word("qualification", code) for code in codes)


def nearest_easing(detail: Data, names: Names) -> str:
    """The easiest single change, or that there is none."""
    listed = detail.get("relaxations") or []
    return easing(listed[0], names) if listed else str(Say(N_("No single change would help.")))


def check_text(row: Data) -> str:
    """One check that a pair passed, with the values that decided."""
    detail, rule = row["detail"], row["rule"]
    if rule == "kind":
        kind = word("carer_kind", detail["kind"])
        return str(Say(N_("{kind}, with a contract line"), kind=kind)) if detail.get("line") else kind
    if rule == "qualification":
        groups = detail.get("groups") or []
        return str(Say(N_("; "))).join(_held(group) for group in groups) or str(Say(N_("none asked for")))
    if rule == "exclusion":
        return str(Say(N_("not excluded by the household, the area or a bar")))
    if rule == "distance":
        return str(Say(N_("{km} km straight, at most {most}"), km=f"{detail['km']:.1f}", most=f"{detail['max_km']:g}"))
    if rule == "time":
        days = str(Say(N_(", "))).join(word("weekday", day) for day in detail["days"])
        return str(Say(N_("{days} in common; {needed} weekdays needed"), days=days, needed=detail["needed_days"]))
    return _use_text(rule, detail)


def _held(group: Data) -> str:
    if not group["held"]:
        return "—"
    until = shown_date(date.fromisoformat(group["until"]))
    return str(Say(N_("{code}, valid until {day}"), code=word("qualification", group["held"]), day=until))


def _use_text(rule: str, detail: Data) -> str:
    used, limit = detail["used"], detail["limit"]
    if rule == "organisation":
        return str(Say(N_("{used} of {limit} hours in 4 weeks"), used=hours(used), limit=hours(limit)))
    if rule in {"line_visits", "limit_visits"}:
        return str(Say(N_("{used} of {limit} visits in 4 weeks"), used=used, limit=limit))
    if rule in {"line_fen", "limit_fen"}:
        return str(Say(N_("{used} of {limit} yuan in 4 weeks"), used=yuan(used), limit=yuan(limit)))
    return str(Say(N_("{used} of {limit} free places for households"), used=used, limit=limit))


def difference(other: Data, km: float | None, parts: Data) -> list[str]:
    """How another carer differs from the chosen one, in short phrases; an unblocked equal one has none but the cost."""
    phrases = []
    if other["km"] is not None and km is not None and abs(other["km"] - km) >= 0.05:
        further = other["km"] > km
        text = N_("{km} km further") if further else N_("{km} km nearer")
        phrases.append(str(Say(text, km=f"{abs(other['km'] - km):.1f}")))
    for part, worse, better in (
        ("gender_wish", N_("sex wish not met"), N_("sex wish met")),
        ("language_wish", N_("language wish not met"), N_("language wish met")),
        ("change_of_carer", N_("not the familiar carer"), N_("the familiar carer")),
    ):
        theirs = bool(other["parts"].get(part))
        if theirs != bool(parts.get(part)):
            phrases.append(str(Say(worse if theirs else better)))
    money = other["parts"].get("money", 0) - parts.get("money", 0)
    if money:
        text = N_("{n} yuan dearer in 4 weeks") if money > 0 else N_("{n} yuan cheaper in 4 weeks")
        phrases.append(str(Say(text, n=abs(money))))
    return phrases


def binding_text(binds: Data, names: Names) -> str:
    """Which limit kept the need from a cheaper carer."""
    code, name = binds.get("code", ""), names.get(str(binds.get("carer")), "—")
    if code == "only":
        return str(Say(N_("Nobody else keeps all the rules for this need.")))
    if code == "cheapest":
        return str(Say(N_("Nobody who may serve this need costs less; no limit binds.")))
    if code == "balance":
        return str(Say(N_("{name} would cost less here, but serves others better in the whole plan."), name=name))
    if code:
        why = word("blocked_by", code)
        return str(Say(N_("{name} would cost less, but {why}: this limit binds."), name=name, why=why))
    return ""
