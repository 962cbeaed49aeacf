"""The sentences of the inbox; they carry numbers and links, no personal data."""

from bangfu.errors import N_

SENTENCES = {
    "offer": N_("New task {number}: {service}. Please answer by {deadline}."),
    "accepted": N_("Task {number} was accepted."),
    "declined": N_("Task {number} was declined; the next alternative is ready for your decision."),
    "expired": N_("Task {number} was not answered in time; the next alternative is ready for your decision."),
    "expired_server": N_("The time to answer task {number} is over; the offer has ended."),
    "cancelled": N_("Task {number} was cancelled by the station."),
    "withdrawn": N_("Task {number} was withdrawn and needs somebody else."),
    "need_confirmed": N_("Need {number} was confirmed."),
    "need_rejected": N_("Need {number} was rejected; the reason stands on its page."),
    "run_done": N_("Match run {number} is ready: {served} of {needs} needs have a proposal."),
    "run_failed": N_("Match run {number} failed; its page says why."),
}
