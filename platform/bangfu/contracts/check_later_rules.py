"""Checks of a contract about people and times (DOMAIN.md 4.3, 8.11, 9.1): see check_rules for the list. Pure."""

from datetime import date, timedelta

from bangfu.contracts.check_facts_rules import SIGN_DAYS, Facts, Fault
from bangfu.errors import N_


def two_people(facts: Facts) -> list[Fault]:
    """Who drafts does not check, approve or pay; who checks or submits does not approve; who approves does not pay."""
    found: list[Fault] = []
    writers = set(facts.writers)
    if facts.checked_by in writers:
        found.append((N_("Who drafted the contract cannot check its budget."), {}))
    if facts.approved_by is not None and facts.approved_by in {*writers, facts.submitted_by}:
        found.append((N_("Who drafted or submitted the contract cannot approve it."), {}))
    if facts.approved_by is not None and facts.approved_by == facts.checked_by:
        found.append((N_("Who checked the budget of the contract cannot approve it."), {}))
    if not writers.isdisjoint(facts.paid_by) or facts.approved_by in facts.paid_by:
        found.append((N_("Who drafted or approved the contract cannot pay it."), {}))
    return found


def award(facts: Facts) -> list[Fault]:
    """Signed at most 30 days after the award notice; the notice is there unless the purchase is below the threshold."""
    if facts.award_on is None:
        if facts.method == "below_threshold":
            return []
        return [(N_("Enter the day of the award notice: the contract is signed within 30 days of it."), {})]
    signed = facts.signed_on or facts.today
    if signed < facts.award_on:
        return [(N_("The award notice is later than the signature."), {})]
    if (signed - facts.award_on).days > SIGN_DAYS:
        return [(N_("The award notice is of {award}; the 30 days for signing ended on {until}."),
                 {"award": facts.award_on.isoformat(),
                  "until": (facts.award_on + timedelta(days=SIGN_DAYS)).isoformat()})]  # fmt: skip
    return []


def published(facts: Facts) -> list[Fault]:
    """Published within 2 working days of the signature."""
    return _in_time(facts, facts.published_on, facts.publish_until,
                    N_("Not published yet; the 2 working days end on {until}."),
                    N_("Published on {day}; the 2 working days ended on {until}."))  # fmt: skip


def filed(facts: Facts) -> list[Fault]:
    """A copy is filed within 7 working days of the signature."""
    return _in_time(facts, facts.filed_on, facts.file_until,
                    N_("No copy is filed yet; the 7 working days end on {until}."),
                    N_("Filed on {day}; the 7 working days ended on {until}."))  # fmt: skip


def _in_time(facts: Facts, done: date | None, until: date | None, missing: str, late: str) -> list[Fault]:
    if facts.signed_on is None:
        return [(N_("Not signed yet."), {})]
    shown = until.isoformat() if until else ""
    if done is None:
        return [(missing, {"until": shown})]
    return [(late, {"day": done.isoformat(), "until": shown})] if until and done > until else []


def data_annex(facts: Facts) -> list[Fault]:
    """The annex on personal data is there before the contract comes into force (DOMAIN.md 9.1, 9.2)."""
    if facts.data_annex or "data_annex" in facts.files:
        return []
    return [(N_("The data-processing annex (purpose, term, kinds, protection, return or deletion) is missing."), {})]
