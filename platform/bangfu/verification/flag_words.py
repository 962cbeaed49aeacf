"""A flag in one sentence with its numbers, in the reader's language."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bangfu.shared.i18n import _, word

Numbers = Mapping[str, Any]


def _geo_far(d: Numbers) -> str:
    return _("{metres} m from the registered home; up to {most} m count as there.", **d)


def _short(d: Numbers) -> str:
    return _("{minutes} of {standard} minutes; at least {percent} % are expected.", **d)


def _early_late(d: Numbers) -> str:
    if d["side"] == "early":
        return _("Begun {minutes} minutes before the agreed time; {most} are tolerated.", **d)
    return _("Begun {minutes} minutes after the agreed time; {most} are tolerated.", **d)


def _overlap(d: Numbers) -> str:
    return _("The same carer was in another home at the same time for {minutes} minutes: visit {number}.", **d)


def _impossible_travel(d: Numbers) -> str:
    return _(
        "{metres} m from home to home in {minutes} minutes, faster than {most} km/h: visit {number}.", **d
    )  # fmt: skip


def _dup_photo(d: Numbers) -> str:
    if d.get("same"):
        return _("The very same photo belongs to visit {number}.", **d)
    return _("A photo is nearly the same as one of visit {number}: {bits} of 64 marks differ.", **d)


def _copy_text(d: Numbers) -> str:
    return _("The words of the findings are the same as in the last {records} records.", **d)


def _late_record(d: Numbers) -> str:
    return _("Sent {hours} hours after the end; {most} are allowed.", **d)


def _no_confirm(_d: Numbers) -> str:
    return _("Nobody of the household confirmed it, and no reason is given why nobody could.")


def _cred_gap(d: Numbers) -> str:
    parts = []
    if d.get("missing"):
        parts.append(_("No valid certificate on that day: {codes}.", codes=_(", ").join(d["missing"])))
    if d.get("barred"):
        parts.append(_("The carer was barred on that day: {why}.", why=word("barred_reason", d["barred"])))
    return " ".join([*parts, _("The visit may count as delivered, but is never paid.")])


def _after_event(d: Numbers) -> str:
    return _("The recipient {what} ({since}).", what=word("flag_event", d["event"]), since=d["since"])


def _burst(d: Numbers) -> str:
    return _("{visits} visits of this carer on that day; up to {most} are plausible.", **d)


def _incomplete(d: Numbers) -> str:
    parts = []
    if d.get("elements"):
        missing = _(", ").join(word("visit_element", each) for each in d["elements"])
        parts.append(_("Missing: {what}.", what=missing))
    if d.get("items"):
        parts.append(_("Mandatory items not done: {items}.", items=_(", ").join(d["items"])))
    return " ".join(parts)


def _by_hand(d: Numbers) -> str:
    if d.get("check"):
        return _("Spot check {check} failed: {why}.", check=d["check"], why=word("reject_reason", d["why"]))
    return _("A township officer flagged it; the reason stands with the decision.")


SENTENCES_OF: Final[Mapping[str, Callable[[Numbers], str]]] = {
    "geo_far": _geo_far, "short": _short, "early_late": _early_late, "overlap": _overlap,
    "impossible_travel": _impossible_travel, "dup_photo": _dup_photo, "copy_text": _copy_text,
    "late_record": _late_record, "no_confirm": _no_confirm, "cred_gap": _cred_gap, "after_event": _after_event,
    "burst": _burst, "incomplete": _incomplete, "by_hand": _by_hand,
}  # fmt: skip


def sentence_of(flag: str, detail: Numbers, lines: Mapping[str, str] | None = None) -> str:
    """What raised the flag, with its numbers; `lines` words the checklist's items."""
    told = dict(detail)
    if lines and told.get("items"):
        told["items"] = [lines.get(code, code) for code in told["items"]]
    return SENTENCES_OF[flag](told)
