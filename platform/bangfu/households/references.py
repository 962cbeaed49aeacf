"""Every column that names a household or a person, and what a merge does with it; a test compares it with all tables.

`moves`: the row follows to the household (or the member) that is kept. `stays`: the row is history of the duplicate's
own file and is read there: an append-only table, or spans that would overlap the kept household's own.
Where a unique index leaves room for one row only, the kept household's row counts and the duplicate's stays behind.
"""

from typing import Final, Literal

Rule = Literal["moves", "stays"]

HOUSEHOLD_COLUMNS: Final[dict[tuple[str, str], Rule]] = {
    ("person", "household"): "stays",  # members are moved one by one: some are the same person (merging.py)
    ("consent", "household"): "moves",
    ("consent_withdrawal", "household"): "moves",
    ("read_log", "household"): "stays",
    ("household_category", "household"): "stays",
    ("household_review", "household"): "stays",
    ("person_leaving", "household"): "moves",
    ("contact", "household"): "moves",
    ("kinship", "household"): "moves",
    ("household", "merged_into"): "stays",
    ("household_merge", "kept"): "stays",
    ("household_merge", "merged"): "stays",
    ("not_duplicate", "first"): "stays",
    ("not_duplicate", "second"): "stays",
    ("need", "household"): "moves",
    ("norm_proposal", "household"): "moves",
    ("assignment", "household"): "moves",
    ("proposal", "household"): "moves",
    ("assessment", "household"): "moves",
    ("incident", "household"): "moves",
    ("report", "household"): "moves",
    ("supervision_task", "household"): "moves",
    ("child_file", "household"): "moves",
    ("outreach_row", "household"): "moves",
    ("outreach_contact", "household"): "moves",
    ("quarter_line", "household"): "moves",
    ("privacy_request", "household"): "moves",
    ("location_miss", "household"): "stays",
    ("care_agreement", "household"): "moves",
    ("visit", "household"): "moves",
    ("visit_excuse", "household"): "moves",
    ("open_task", "household"): "moves",
    ("visit_plan_row", "household"): "moves",
    ("home_code", "household"): "moves",
    ("spot_check", "household"): "moves",
    ("callback", "household"): "moves",
    ("need_goal", "household"): "moves",
    ("rating_code", "household"): "moves",
    ("rating", "household"): "moves",
    ("family_card", "household"): "moves",
    ("family_answer", "household"): "moves",
    ("family_wish", "household"): "moves",
    ("process_observation", "household"): "moves",
    ("complaint", "household"): "moves",
}
PERSON_COLUMNS: Final[dict[tuple[str, str], Rule]] = {
    ("consent", "person"): "moves",
    ("read_log", "person"): "stays",
    ("person_leaving", "person"): "moves",
    ("person_leaving", "head_after"): "moves",
    ("contact", "person"): "moves",
    ("kinship", "person"): "moves",
    ("need", "person"): "moves",
    ("norm_proposal", "person"): "moves",
    ("assessment", "person"): "moves",
    ("child_file", "person"): "moves",
    ("outreach_row", "person"): "moves",
    ("outreach_contact", "person"): "moves",
    ("privacy_request", "person"): "moves",
    ("care_agreement", "person"): "moves",
}
LIVING: Final = frozenset({"supervision_task"})
"""Tables that a clock writes to by itself: an undo asks only that what the merge changed is still so."""
DERIVED: Final = frozenset({"search_version", "search_terms", "name_grams", "address_grams", "review_watched"})
"""Columns that are made of others: not compared when a merge is undone."""


def moving(columns: dict[tuple[str, str], Rule]) -> list[tuple[str, str]]:
    """The (table, column) pairs whose rows follow, in one order."""
    return sorted(place for place, rule in columns.items() if rule == "moves")


def tables() -> list[str]:
    """Every table that a merge may change, the household and its people first."""
    named = {table for table, _ in (*moving(HOUSEHOLD_COLUMNS), *moving(PERSON_COLUMNS))}
    return ["household", "person", *sorted(named - {"household", "person"})]
