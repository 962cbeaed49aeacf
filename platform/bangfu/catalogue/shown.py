"""Versions in words: a field's value, and what changed since the version before."""

from dataclasses import dataclass
from typing import Any

from bangfu.catalogue.forms import LABELS, as_list
from bangfu.catalogue.norm_rules import Norm
from bangfu.catalogue.versions import Kind
from bangfu.shared.i18n import _, current, gettext_now, word

_GROUPS = {
    "service": "service", "area": "catalogue_area", "unit": "unit", "target": "norm_target", "period": "norm_period",
}  # fmt: skip
_LISTS = {"kinds": "carer_kind", "targets": "catalogue_audience"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs between two versions, both values in words."""

    label: str
    was: str
    now: str


def value(name: str, row: Any) -> str:
    """A field in the reader's language."""
    found = getattr(row, name)
    if name in _GROUPS:
        return word(_GROUPS[name], found)
    if name in _LISTS:
        return _(", ").join(word(_LISTS[name], code) for code in found)
    if name == "qualifications":
        either = _(" or ")
        return _("; ").join(either.join(word("qualification", code) for code in line) for line in as_list(found))
    if name == "on_request":
        return _("yes") if found else _("no")
    if name in {"minutes", "within_hours"} and not found:
        return "—"
    return str(found)


def label(name: str) -> str:
    """A field's label in the reader's language."""
    return gettext_now(LABELS[name])


def differences(kind: Kind, older: Any, newer: Any) -> list[Difference]:
    """What changed, in the order of the form."""
    pairs = ((name, value(name, older), value(name, newer)) for name in kind.content)
    return [Difference(label(name), was, now) for name, was, now in pairs if was != now]


def title(kind: Kind, row: Any) -> str:
    """What a version is about, in one line."""
    if kind.name == "items":
        return str(row.en if current() == "en" else row.zh)
    if kind.name == "norms":
        return f"{word('norm_target', row.target)} · {word('service', row.service)}"
    return word("service", row.code)


def frequency(norm: Norm | Any) -> str:
    """3 times a week, once a month."""
    return _("{times} × {period}", times=norm.times, period=word("norm_period", norm.period))


def basis(norm: Norm | Any) -> str:
    """What a norm rests on, in the reader's language."""
    return str(norm.basis_en if current() == "en" else norm.basis_zh)
