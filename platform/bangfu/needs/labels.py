"""The labels of the fields of need forms, for the summary of faults."""

from collections.abc import Mapping

from bangfu.errors import N_

NEED: Mapping[str, str] = {
    "service": N_("Service"),
    "item": N_("Item of the catalogue"),
    "person": N_("For whom"),
    "visits": N_("Visits in four weeks"),
    "minutes": N_("Minutes per visit"),
    "reason": N_("Why it is needed"),
    "windows": N_("When it suits"),
    "hours": N_("Or hours in words"),
    "sex_rule": N_("Sex of the carer"),
    "language_wish": N_("Language of the carer, if it matters"),
    "code": N_("Reason"),
    "remark": N_("Remark"),
    "until": N_("Expected until"),
    "consent": N_("Ground for using the data"),
    "why": N_("Why help cannot wait"),
    "kind": N_("Paper"),
    "reference": N_("Where it is kept"),
}

_REMARK: Mapping[str, str] = {"reject": N_("Reason"), "reopen": N_("Why it is needed again")}


def labels_for(action: str) -> dict[str, str]:
    """The labels of an action's form: what is a remark elsewhere is the reason of a rejection."""
    return {**NEED, "remark": _REMARK.get(action, NEED["remark"])}
