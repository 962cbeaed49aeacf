"""The forms of needs: what was typed becomes facts, or faults beside the fields."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bangfu.errors import N_
from bangfu.needs.facts import DAY_PARTS, Window, Wish
from bangfu.needs.words import WORDS
from bangfu.shared.civil_time import merge_windows, parse_date, parse_weekly
from bangfu.shared.faults import Fault
from bangfu.shared.web.forms import Form
from bangfu.shared.words import WORDS as SHARED_WORDS


def read_wish(form: Form, services: Mapping[str, int], people: Collection[UUID], *, complete: bool) -> Wish:
    """A need; `services` maps code to default minutes, a draft may leave the reason out.

    An urgent need says why, also as a draft.
    """
    emergency = form.yes("emergency")
    urgent = form.yes("urgent") or emergency
    service = form.choice("service", services)
    minutes = form.whole("minutes", least=5, most=720, required=False)
    person = form.uuid("person", required=False)
    if person is not None and person not in people:
        form.fault("person", N_("Please choose one of the list."))
    kind, _, sex = form.choice("sex_rule", WORDS["sex_rule"], required=False).partition(":")
    return Wish(
        service=service,
        person=person,
        visits=form.whole("visits", least=1, most=112, required=False),
        minutes=minutes,
        windows=_windows(form, minutes or services.get(service, 0)),
        gender_required=sex if kind == "required" else "",
        gender_wish=sex if kind == "wish" else "",
        language_wish=form.choice("language_wish", SHARED_WORDS["language"], required=False),
        reason=form.text("reason", required=complete or urgent, most=500),
        urgent=urgent,
        item=form.text("item", required=False, most=16),
        emergency=emergency,
    )


def _windows(form: Form, minutes: int) -> tuple[Window, ...]:
    """The ticked parts of days and the hours in words, together; none means any time."""
    windows: list[Window] = []
    for ticked in form.many("windows"):
        day, _, part = ticked.partition("-")
        if part not in DAY_PARTS or day not in SHARED_WORDS["weekday"]:
            form.fault("windows", N_("Please choose one of the list."))
            return ()
        windows.append((int(day), *DAY_PARTS[part]))
    try:
        windows += parse_weekly(form.text("hours", required=False, most=200))
    except Fault as fault:
        form.fault("hours", fault.message, **fault.params)
    merged = tuple(merge_windows(windows))
    if merged and max(end - start for _, start, end in merged) < minutes:
        form.fault("hours", N_("None of these times is long enough for a visit of {minutes} minutes."), minutes=minutes)
    return merged


def ticked_of(windows: Collection[Window]) -> tuple[list[str], list[Window]]:
    """Windows as ticked parts of days, and those that are none."""
    ticked: list[str] = []
    rest: list[Window] = []
    for day, start, end in windows:
        inside = [name for name, (first, last) in DAY_PARTS.items() if start <= first and last <= end]
        covered = {(first, last) for name, (first, last) in DAY_PARTS.items() if name in inside}
        whole = inside and min(first for first, _ in covered) == start and max(last for _, last in covered) == end
        if whole:
            ticked += [f"{day}-{name}" for name in inside]
        else:
            rest.append((day, start, end))
    return ticked, rest


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a need ends or pauses: a code, a remark ("other" needs one), and until when it pauses."""

    code: str
    text: str
    until: date | None = None

    @property
    def stored(self) -> str:
        """Code and remark as one text; `needs.queries` takes them apart."""
        return f"{self.code} {self.text}".strip()


def read_ending(form: Form, group: str) -> Ending:
    """The reason of cancelling (`cancel_reason`) or the outcome of closing (`close_outcome`)."""
    code = form.choice("code", WORDS[group])
    ending = Ending(code, form.text("remark", required=code == "other", most=300))
    form.check()
    return ending


def read_suspension(form: Form, today: date) -> Ending:
    """Why a service pauses and until when it is expected to."""
    code = form.choice("code", WORDS["suspend_reason"])
    until = form.day("until", parse_date)
    if until is not None and until <= today:
        form.fault("until", N_("The expected end lies after today."))
    ending = Ending(code, form.text("remark", required=code == "other", most=300), until)
    form.check()
    return ending


def read_reason(form: Form) -> str:
    """A reason in words, told to those concerned."""
    reason = form.text("remark", most=300)
    form.check()
    return reason
