"""The forms of discovery: what was typed becomes facts, or faults beside the fields."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bangfu.discovery import rules
from bangfu.discovery.facts import MeasureFacts, ReportFacts, ReviewFacts, TellingFacts, VisitFacts
from bangfu.discovery.words import WORDS
from bangfu.errors import N_
from bangfu.households.forms import parsed
from bangfu.shared.civil_time import parse_date
from bangfu.shared.identifiers import parse_phone, parse_resident_id
from bangfu.shared.permissions import FIELD
from bangfu.shared.web.forms import Form

LONG = 1000
"""Characters of what was seen, found or concluded."""


def sources_for(roles: Collection[str]) -> tuple[str, ...]:
    """The sources that a person may name, the own one first."""
    own = {"grid_worker": "grid_worker", "volunteer": "volunteer"}
    mine = next((own[role] for role in own if role in roles), "aide")
    if set(roles) <= FIELD:
        return mine, "neighbour", "self"
    rest = [code for code in rules.SOURCES if code not in {mine, "data_comparison"}]
    return mine, *rest


def read_report(form: Form, roles: Collection[str], today: date) -> ReportFacts:
    """A new report; what belongs together is checked by `actions.collect`."""
    source = form.choice("source", sources_for(roles))
    kind = form.choice("hotline_kind", rules.HOTLINE_KINDS) if source == "hotline" else ""
    number = parsed(form, "id_number", lambda text: parse_resident_id(text, today))
    return ReportFacts(
        source=source,
        division=form.text("division", most=12).partition(" ")[0],
        need_kinds=_kinds(form),
        urgent=form.yes("urgent"),
        seen=form.text("seen", most=LONG),
        name=form.text("name", required=False, most=64),
        phone=parsed(form, "phone", parse_phone) or "",
        id_number=number.number if number else "",
        address=form.text("address", required=False),
        hotline_kind=kind,
        reporter_name=form.text("reporter_name", required=False, most=64),
        reporter_phone=parsed(form, "reporter_phone", parse_phone) or "",
    )


def _kinds(form: Form) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(form.many("need_kinds")))
    if not set(chosen) <= set(WORDS["report_need"]):
        form.fault("need_kinds", N_("Please choose one of the list."))
    return chosen


@dataclass(frozen=True, slots=True)
class Match:
    """What the comparison found: a household, or a new one; and who is asked to visit."""

    household: UUID | None
    owner: UUID | None


def read_match(form: Form, candidates: Collection[UUID]) -> Match:
    """One of the compared households, or "new"."""
    chosen = form.text("household")
    household = None
    if chosen and chosen != "new":
        household = form.uuid("household")
        if household is not None and household not in candidates:
            form.fault("household", N_("Please choose one of the list."))
    found = Match(household, form.uuid("owner", required=False))
    form.check()
    return found


def read_visit(form: Form) -> VisitFacts:
    """A home visit."""
    day = form.day("visited_on", parse_date)
    found = VisitFacts(
        visited_on=day or date.min,
        companion=form.uuid("companion", required=False),
        met=form.choice("met", WORDS["person_met"]),
        findings=form.text("findings", most=LONG),
        need_kinds=_kinds(form),
        confirmed=form.choice("result", WORDS["visit_result"]) == "confirmed",
    )
    form.check()
    return found


def read_review(form: Form) -> ReviewFacts:
    """A joint review."""
    day = form.day("held_on", parse_date)
    found = ReviewFacts(
        held_on=day or date.min,
        form=form.choice("form", WORDS["review_form"]),
        departments=_uuids(form, "departments"),
        participants=form.text("participants", most=300),
        conclusion=form.text("conclusion", most=LONG),
    )
    form.check()
    return found


def _uuids(form: Form, name: str) -> tuple[UUID, ...]:
    found: list[UUID] = []
    for text in form.many(name):
        try:
            found.append(UUID(text))
        except ValueError:
            form.fault(name, N_("Please choose one of the list."))
    return tuple(dict.fromkeys(found))


def read_measure(form: Form) -> MeasureFacts:
    """One line of a prescription."""
    day, responsible = form.day("due_on", parse_date), form.uuid("responsible")
    kind, text = form.choice("kind", WORDS["measure_kind"]), form.text("text", most=LONG)
    form.check()
    assert day is not None and responsible is not None  # noqa: S101, PT018 (check() raised otherwise)
    return MeasureFacts(kind, text, responsible, day)


def read_telling(form: Form) -> TellingFacts:
    """How, when and by whom the news was received."""
    day = form.day("told_on", parse_date)
    receipt = form.choice("receipt", WORDS["receipt"])
    found = TellingFacts(
        told_on=day or date.min,
        way=form.choice("way", WORDS["telling_way"]),
        received_by=form.choice("received_by", WORDS["person_met"], required=receipt != "not_reached"),
        receipt=receipt,
        text=form.text("text", most=LONG),
    )
    form.check()
    return found


def read_excluded(form: Form) -> tuple[UUID, ...]:
    """The people whom a complaint concerns, or the tick that it concerns nobody of the list."""
    found = _uuids(form, "excluded")
    if not found and not form.yes("nobody"):
        form.fault("excluded", N_("Name the people whom it concerns, or say that it concerns none of them."))
    form.check()
    return found


@dataclass(frozen=True, slots=True)
class Rejection:
    """A reason as a code and in words."""

    code: str
    text: str


def read_rejection(form: Form) -> Rejection:
    """Why a report is not followed."""
    found = Rejection(form.choice("code", WORDS["rejection_reason"]), form.text("reason", most=500))
    form.check()
    return found


def read_reason(form: Form) -> str:
    """A reason in words."""
    reason = form.text("reason", most=500)
    form.check()
    return reason


def read_evidence(form: Form) -> str:
    """What was done, and how that can be seen."""
    evidence = form.text("evidence", most=LONG)
    form.check()
    return evidence


def read_extension(form: Form) -> tuple[date, str]:
    """A later day and why."""
    day, reason = form.day("due_on", parse_date), form.text("reason", most=500)
    form.check()
    assert day is not None  # noqa: S101 (check() raised otherwise)
    return day, reason
