"""What is never changed row by row is not emptied as a whole either: TRUNCATE fires no row trigger."""

import asyncpg
import pytest

from bangfu.shared.tables import AuditEvent

pytestmark = pytest.mark.usefixtures("database")
KEPT = (
    "callback", "callback_attempt", "callback_round", "check_attempt", "check_inspector", "complaint",
    "complaint_entry", "complaint_handover", "draw_list", "draw_pick", "draw_pool", "draw_round", "draw_secret",
    "full_check", "process_observation", "quarter_score", "rating", "rating_code", "score_appeal", "score_correction",
    "score_revision", "score_veto", "scoring_standard", "settlement_paper", "spot_check",
)  # fmt: skip


async def test_no_table_of_the_record_can_be_emptied() -> None:
    for table in KEPT:
        with pytest.raises(asyncpg.RaiseError):
            await AuditEvent.raw(f"TRUNCATE {table} CASCADE")


async def test_every_table_whose_rows_are_kept_by_a_trigger_refuses_to_be_emptied() -> None:
    rows = await AuditEvent.raw(
        "SELECT c.relname AS name, bool_or(t.tgtype & 32 > 0) AS whole FROM pg_trigger t"
        " JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND c.relname = ANY({}::text[])"
        " GROUP BY c.relname", list(KEPT),
    )  # fmt: skip
    assert {row["name"]: row["whole"] for row in rows} == dict.fromkeys(KEPT, True)
