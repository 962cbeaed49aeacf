"""The labels of form fields, put before their faults in the summary."""

from collections.abc import Mapping

from bangfu.assessments.reading import FIELD
from bangfu.assessments.scoring import Document, items_of
from bangfu.errors import N_
from bangfu.shared import i18n

ASSESSMENT: Mapping[str, str] = {
    "person": N_("Who is assessed"),
    "form": N_("Form"),
    "reason": N_("Reason"),
    "assessed_on": N_("Day of the assessment"),
    "place": N_("Place"),
    "informant": N_("Who told"),
    "informant_relation": N_("Relation to the person"),
    "second": N_("Second assessor"),
    "contradiction": N_("Why the answers stand"),
    "document": N_("The form as JSON"),
}


def said(words: Mapping[str, str]) -> str:
    """Words of a form in the reader's language."""
    return str(words.get("en" if i18n.current() == "en" else "zh", ""))


def items_named(document: Document) -> dict[str, str]:
    """Field of every item -> its title, with that of the item it is a part of."""
    return {
        FIELD + item["code"]: " · ".join(filter(None, (said(whole.get("title", {})), said(item["title"]))))
        for area in document["areas"]
        for item, whole in items_of(area)
    }


def summary(errors: Mapping[str, str], labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """(field, "label: fault") for the error summary; the labels are in the reader's language."""
    return [(field, f"{labels[field]}{i18n._(': ')}{text}" if field in labels else text)
            for field, text in errors.items()]  # fmt: skip


def translated() -> dict[str, str]:
    """ASSESSMENT in the reader's language."""
    return {field: i18n.gettext_now(label) for field, label in ASSESSMENT.items()}
