"""The forms of outreach and of the quarterly lists."""

from collections.abc import Mapping
from datetime import date

from bangfu.errors import N_
from bangfu.outreach import rules
from bangfu.outreach.facts import Contact, Verified
from bangfu.outreach.words import WORDS
from bangfu.shared.civil_time import parse_date
from bangfu.shared.web.forms import Form


def read_contact(form: Form, today: date) -> Contact:
    """Who was asked how; a refusal says why and when to ask again."""
    key = form.uuid("key")
    channel = form.choice("channel", WORDS["outreach_channel"])
    result = form.choice("result", WORDS["outreach_result"])
    words = form.text("words", required=result in {"refused", "other"}, most=300)
    revisit = form.day("revisit_on", parse_date, required=result == "refused")
    if revisit is not None and revisit <= today:
        form.fault("revisit_on", N_("Please choose a day after today."))
    form.check()
    assert key is not None  # noqa: S101 (check() would have raised)
    return Contact(key, channel, result, words, revisit)


def read_verified(form: Form) -> Verified:
    """What was found, how, and the evidence."""
    found = Verified(
        form.choice("finding", rules.FINDINGS), form.choice("how", WORDS["quarter_how"]), form.text("words", most=300)
    )
    form.check()
    return found


LABELS: Mapping[str, str] = {
    "channel": N_("How you spoke with them"),
    "result": N_("Result"),
    "words": N_("What was said or seen"),
    "revisit_on": N_("Ask again on"),
    "finding": N_("What you found"),
    "how": N_("How it was verified"),
}
"""The labels of the fields, for the summary of faults."""
