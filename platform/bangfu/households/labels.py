"""The labels of form fields, put before their faults in the summary: "please fill this in" has to say what."""

from collections.abc import Mapping

from bangfu.errors import N_
from bangfu.shared.i18n import gettext_now

HOUSEHOLD: Mapping[str, str] = {
    "name": N_("Name"),
    "relation": N_("Relation to the head"),
    "id_type": N_("Document"),
    "id_number": N_("Number of the document"),
    "birth_date": N_("Born on"),
    "sex": N_("Sex"),
    "no_document_reason": N_("Why there is no document"),
    "phone": N_("Phone"),
    "bank": N_("Bank account"),
    "tags": N_("Situation"),
    "health": N_("Health, as far as care needs it"),
    "division": N_("Village or community"),
    "address": N_("Address"),
    "lat": N_("Latitude"),
    "lon": N_("Longitude"),
    "datum": N_("Map they come from"),
    "category": N_("Category"),
    "category_since": N_("In this category since"),
    "note": N_("Remark for those who visit"),
    "ground": N_("Ground for using the data"),
    "giver": N_("Who consented"),
    "giver_relation": N_("Relation to the person"),
    "method": N_("How"),
    "given_on": N_("On which day"),
    "purposes": N_("For what"),
    "person": N_("About whom"),
    "text_version": N_("Text that was signed or read out"),
    "valid_until": N_("Valid until"),
    "scan": N_("Where the paper or recording is kept"),
    "withdrawn_by": N_("Who withdraws"),
    "said_on": N_("Day of the withdrawal"),
    "extent": N_("What is withdrawn"),
    "withdrawn": N_("Withdrawn purposes"),
    "statute": N_("Statute"),
    "group": N_("What you need to see"),
    "starts_on": N_("From which day on"),
    "exit_on": N_("Day of the exit"),
    "left_on": N_("Since which day"),
    "new_head": N_("Head of the household from now on"),
    "outcome": N_("What was found"),
    "reviewed_on": N_("Reviewed on"),
    "disability_certificate": N_("Number of the disability certificate"),
    "disability_types": N_("Type of the disability"),
    "disability_level": N_("Level of the disability"),
    "kind": N_("Who is it?"),
    "who": N_("Who is related"),
    "why": N_("Reason"),
    "reason": N_("Reason"),
    "reason_text": N_("Remark"),
}


def summary(errors: Mapping[str, str], labels: Mapping[str, str] = HOUSEHOLD) -> list[tuple[str, str]]:
    """(field, "label: fault") for components/error_summary.html, in the order of the form."""
    order = [*labels, *errors]
    named = [(field, gettext_now(labels[field]) + gettext_now(": ") if field in labels else "") for field in errors]
    named.sort(key=lambda pair: order.index(pair[0]))
    return [(field, label + errors[field]) for field, label in named]
