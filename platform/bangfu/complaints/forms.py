"""What is typed into the forms of complaints."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from bangfu.complaints import choices, rules
from bangfu.complaints.intake import Told
from bangfu.complaints.routing import About
from bangfu.errors import N_
from bangfu.shared.actor import Actor
from bangfu.shared.faults import Fault
from bangfu.shared.phones import parse_phone
from bangfu.shared.web.forms import Form

MOST_WORDS: Final = 3000
LEAST_WORDS: Final = 6
LABELS: Final[Mapping[str, str]] = {
    "intake": N_("What is it?"), "channel": N_("Channel"), "facts": N_("What happened?"),
    "division": N_("Where did it happen?"), "kind": N_("What is it about?"), "about": N_("Whom is it about?"),
    "name": N_("Name"), "phone": N_("Phone"), "severity": N_("Severity"), "visit_number": N_("Number of the visit"),
    "carer_number": N_("Number of the carer"), "contract_number": N_("Number of the contract"),
    "household_number": N_("Number of the household"), "organization": N_("Organisation"), "staff": N_("Officer"),
    "target": N_("Whom is it about?"), "about_words": N_("Whom is it about, in their words"),
    "code": N_("Code"), "number": N_("Number"), "words": N_("What you want to add"),
    "reopen_text": N_("Why"), "satisfied": N_("Satisfied"), "result": N_("Result"), "reasons": N_("Reasons"),
    "reply": N_("Reply"), "reply_way": N_("How it is told"), "read_to": N_("Read to whom"), "route": N_("Right route"),
    "route_text": N_("What is told"), "question": N_("What the organisation is asked"), "text": N_("Your answer"),
    "complainant_way": N_("How the complainant was heard"), "complainant_text": N_("What the complainant says"),
    "target_way": N_("How the other side was heard"), "target_text": N_("What the other side says"),
    "evidence_kind": N_("Kind of evidence"), "evidence_text": N_("What it shows"), "file": N_("File"),
    "contact_text": N_("What was said or planned"), "extend_text": N_("Why"), "user": N_("To whom"),
    "days": N_("Working days to answer"), "reason": N_("Reason"), "complaints": N_("Complaints"),
}  # fmt: skip


def read_public(form: Form, places: set[str]) -> Told:
    """What somebody without an account tells; the caller runs `check`."""
    intake = form.choice("intake", rules.INTAKES)
    tried = intake in rules.INTAKES and rules.INTAKES[intake].tried
    about = form.choice("about", rules.PUBLIC_TARGETS, required=tried)
    about = about if about in rules.PUBLIC_TARGETS else "unknown"
    name, phone = ("", "") if form.yes("anonymous") else _reachable(form)
    return Told(
        facts=_facts(form), division=form.choice("division", places), intake=intake,
        kind=form.choice("kind", rules.KINDS, required=tried), name=name, phone=phone,
        confidential=form.yes("confidential"), about=About(target=about),
        about_words=form.text("about_words", required=False),
    )  # fmt: skip


def _facts(form: Form) -> str:
    text = form.text("facts", most=MOST_WORDS)
    if 0 < len(text) < LEAST_WORDS:
        form.fault("facts", N_("Please tell a little more, so that it can be checked."))
    return text


def _reachable(form: Form) -> tuple[str, str]:
    """Name and phone of who wants to be known; the phone is needed to tell the reply."""
    return form.text("name", most=64), _phone(form, required=True)


def _phone(form: Form, *, required: bool) -> str:
    typed = form.text("phone", required=required, most=32)
    if not typed:
        return ""
    try:
        return parse_phone(typed)
    except Fault as fault:
        form.fault("phone", fault.message)
        return ""


async def read_entered(form: Form, actor: Actor, places: set[str]) -> Told:
    """What the desk writes down for somebody; the caller runs `check`."""
    intake = form.choice("intake", rules.INTAKES)
    tried = intake in rules.INTAKES and rules.INTAKES[intake].tried
    channels = [channel for channel in rules.CHANNELS if channel != "portal"]
    return Told(
        facts=_facts(form), division=form.choice("division", places), intake=intake,
        channel=form.choice("channel", channels), channel_number=form.text("channel_number", required=False, most=48),
        kind=form.choice("kind", rules.KINDS, required=tried),
        severity=form.choice("severity", rules.SEVERITIES, required=False),
        name=form.text("name", required=False, most=64), phone=_phone(form, required=False),
        confidential=form.yes("confidential"), about=await read_about(form, actor),
        about_words=form.text("about_words", required=False),
    )  # fmt: skip


async def read_about(form: Form, actor: Actor) -> About:
    """Whom and what it is about, from what the person may see; what does not fit is a fault of its field."""
    target = form.choice("target", rules.TARGETS, required=False) or "unknown"
    ids: dict[str, UUID | None] = {}
    for what in ("visit", "carer", "contract", "household"):
        typed = form.text(f"{what}_number", required=what == target, most=64)
        ids[what] = await choices.numbered(actor, what, typed)
        if typed and ids[what] is None:
            form.fault(f"{what}_number", N_("Nothing in your area has this number."))
    for what, offered in (("organization", choices.organizations), ("staff", choices.staff)):
        chosen = form.uuid(what, required=what == target)
        if chosen is not None and str(chosen) not in {code for code, _ in await offered(actor)}:
            form.fault(what, N_("Please choose one of the list."))
            chosen = None
        ids[what] = chosen
    if target != "staff":
        ids["staff"] = None
    return About(target=target, **ids)


async def read_self_report(form: Form, actor: Actor, division: str) -> Told:
    """What somebody says about an error of their own side; the caller runs `check`."""
    number = form.text("visit_number", required=False, most=64)
    found = await choices.own_numbered(actor, number) if number else None
    visit, division = found or (None, division)
    if number and visit is None:
        form.fault("visit_number", N_("None of your visits has this number."))
    office = actor.organization is None and actor.carer is None
    about = About(
        target="staff" if office else "visit" if visit else "carer" if actor.carer else "organization", visit=visit,
        organization=None if office else actor.organization, carer=actor.carer, staff=actor.user if office else None,
    )  # fmt: skip
    return Told(
        facts=_facts(form), division=division, intake="complaint", channel="portal",
        kind=form.choice("kind", rules.KINDS), about=about, self_reported=True,
    )  # fmt: skip


def answer_days(form: Form) -> int:
    """Working days that an organisation gets to answer."""
    found = form.whole("days", least=1, most=rules.MOST_ANSWER_DAYS, required=False)
    return found or rules.ANSWER_WORKING_DAYS
