"""Numbers that people read out: a prefix and a running number, never one that an imported list already uses."""

from typing import Final

from piccolo.table import Table

PREFIXES: Final = {
    "household": "HH",
    "need": "ND",
    "carer": "FW",
    "assignment": "A",
    "match_run": "M",
    "supervision_task": "DB",
    "assessment": "PG",
    "report": "XS",
    "incident": "QB",
    "privacy_request": "SQ",
    "contract": "HT",
    "care_agreement": "XY",
    "purchase_plan": "CG",
    "visit": "TF",
    "visit_plan": "RC",
    "volunteer_certificate": "ZM",
    "open_task": "RL",
    "complaint": "TS",
    "spot_check": "CC",
    "settlement_statement": "JS",
    "settlement_claim": "QK",
    "payment_batch": "ZF",
    "score_appeal": "YY",
    "score_veto": "FJ",
    "score_follow": "ZG",
}
"""Table -> prefix; the sequence is named after the table (`need_number`)."""


async def fresh_numbers(table: type[Table], count: int = 1) -> list[str]:
    """So many unused numbers such as ND-000123, in order.

    Raises:
        KeyError: for a table without a prefix.
    """
    name = table._meta.tablename
    prefix = PREFIXES[name]
    found: list[str] = []
    while len(found) < count:
        drawn = await table.raw(
            f"SELECT nextval('{name}_number') AS n FROM generate_series(1, {{}})",  # noqa: S608 (a constant name)
            count - len(found),
        )
        numbers = [f"{prefix}-{row['n']:06d}" for row in drawn]
        used = await table.raw(f"SELECT number FROM {name} WHERE number = ANY({{}})", numbers)  # noqa: S608
        taken = {row["number"] for row in used}
        found += [number for number in numbers if number not in taken]
    return found


async def fresh_number(table: type[Table]) -> str:
    """One unused number."""
    return (await fresh_numbers(table))[0]
