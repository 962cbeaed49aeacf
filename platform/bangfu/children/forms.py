"""What is typed into a child file."""

from datetime import UTC, datetime, time
from uuid import UUID

from bangfu.children import rules
from bangfu.children.actions import Guardian, Judgement, Measure
from bangfu.errors import N_
from bangfu.households.words import WORDS
from bangfu.shared.civil_time import SHANGHAI, parse_date
from bangfu.shared.faults import Fault
from bangfu.shared.identifiers import parse_phone
from bangfu.shared.web.forms import Form

MOST_WORDS = 2000


def key_of(form: Form) -> UUID:
    """The form's own id: a repeat of the form is the same thing.

    Raises:
        FormError: where it is missing.
    """
    key = form.uuid("key")
    form.check()
    assert key is not None  # noqa: S101 (checked with the form)
    return key


def read_judgement(form: Form) -> Judgement:
    """The colour, the areas it comes from, and the basis in words."""
    areas = form.many("areas")
    if not areas or not set(areas) <= set(rules.AREAS):
        form.fault("areas", N_("Tick what you looked at."))
    return Judgement(form.choice("color", rules.COLORS), areas, form.text("basis", most=MOST_WORDS))


def read_measures(form: Form) -> list[Measure]:
    """The lines of a plan that were filled in; a line without words but with a name or a date is a fault."""
    found = []
    for place in range(1, rules.MOST_MEASURES + 1):
        what = form.text(f"what{place}", required=False, most=300)
        who = form.text(f"who{place}", required=False, most=60)
        due = form.day(f"due{place}", parse_date, required=False)
        if what:
            found.append(Measure(what, who, due))
        elif who or due:
            form.fault(f"what{place}", N_("Please fill this in."))
    if not found and not form.faults:
        form.fault("what1", N_("A plan has at least one measure."))
    return found


def read_guardian(form: Form) -> Guardian:
    """Who has the child in care."""
    phone = form.text("phone", required=False, most=32)
    try:
        phone = parse_phone(phone) if phone else ""
    except Fault as fault:
        form.fault("phone", fault.message, **fault.params)
    return Guardian(
        form.text("guardian", most=60), form.choice("relation", WORDS["relation"]), phone,
        form.choice("capacity", rules.CAPACITIES), form.yes("lives_with"),
    )  # fmt: skip


def read_meeting(form: Form) -> datetime | None:
    """Day and time of a contact, as clocks in China show it."""
    day = form.day("met_on", parse_date)
    clock = form.text("met_time", required=False, most=5) or "12:00"
    try:
        at = time.fromisoformat(clock)
    except ValueError:
        form.fault("met_time", N_("Please enter a time such as 14:30."))
        return None
    return datetime.combine(day, at, SHANGHAI).astimezone(UTC) if day else None
