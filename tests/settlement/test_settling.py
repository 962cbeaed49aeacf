"""From a published score to the money: claims by four people, disputes, revisions, late payment (DOMAIN.md 8.9)."""

from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest

from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.settlement import claiming, paying
from bangfu.settlement.tables import Claim, SettledVisit, StatementLine
from bangfu.shared.civil_time import civil_date
from bangfu.visits.tables import Visit
from tests.settlement import settlement_steps as steps
from tests.settlement.settlement_steps import AT
from tests.support import World

pytestmark = pytest.mark.database
D = Decimal


async def test_a_quarter_goes_from_the_published_score_to_the_bank_by_four_people(world: World) -> None:
    statement, visits = await steps.made(world, 4, "good")
    assert await steps.lines_of(statement.id) == [
        ("base", "undisputed", D("70.00"), ""), ("perf", "undisputed", D("27.00"), "")
    ]  # fmt: skip
    assert (statement.total, statement.held, statement.stage) == (D("97.00"), D("0.00"), "preliminary")
    (claim,) = await steps.claims_of(statement.id)
    assert (claim.amount, claim.status, claim.due_on.isoformat()) == (D("97.00"), "open", "2026-11-29")
    paid = await steps.paid(world, statement.id)
    assert (paid.status, paid.amount) == ("paid", D("97.00"))
    assert {row.status for row in await Visit.objects().where(Visit.id.is_in(visits))} == {"settled"}
    assert (await steps.burn(world.lines["visit_check"]))["settled"] == (4, D("97.00"))
    await paying.reconcile(world["finance"], claim.id, "BANK-1", AT)
    assert (await steps.claim_row(claim.id)).status == "reconciled"


async def test_what_is_disputed_is_held_and_comes_free_with_the_decision_as_a_second_claim(world: World) -> None:
    statement, visits = await steps.made(world, 4, "good", states={3: "disputed"})
    assert (statement.total, statement.held) == (D("72.75"), D("24.25"))
    assert (await steps.burn(world.lines["visit_check"]))["held"] == (1, D("24.25"))
    await steps.paid(world, statement.id)
    await steps.revision_of(statement.score, 2, await steps.facts_of(world, visits), "good")
    statement = await steps.happened("final", statement.score, AT + timedelta(days=20))
    assert (statement.total, statement.held, statement.stage) == (D("97.00"), D("0.00"), "final")
    first, second = await steps.claims_of(statement.id)
    assert (first.amount, second.amount, second.kind) == (D("72.75"), D("24.25"), "freed")
    assert second.accepted_on == civil_date(AT + timedelta(days=20))
    assert (await steps.burn(world.lines["visit_check"]))["freed"] == (-1, D("-24.25"))
    await steps.paid(world, statement.id, 2, AT + timedelta(days=21))
    assert (await steps.burn(world.lines["visit_check"]))["settled"] == (4, D("97.00"))


async def test_an_appeal_holds_the_difference_and_a_better_band_frees_it(world: World) -> None:
    statement, visits = await steps.made(world, 4, "fair")
    statement = await steps.happened("appealed", statement.score)
    assert (statement.total, statement.held) == (D("88.00"), D("12.00"))
    assert await steps.happened("appealed", statement.score) is not None
    assert len(await steps.lines_of(statement.id)) == 3
    await steps.revision_of(statement.score, 2, await steps.facts_of(world, visits), "good")
    statement = await steps.happened("final", statement.score)
    assert (statement.total, statement.held) == (D("97.00"), D("0.00"))
    assert [claim.amount for claim in await steps.claims_of(statement.id)] == [D("97.00")]


async def test_repeating_every_event_changes_nothing(world: World) -> None:
    statement, _ = await steps.made(world, 2)
    for event in ("published_prelim", "final", "final", "revised"):
        await steps.happened(event, statement.score)
    assert len(await steps.lines_of(statement.id)) == 2
    assert len(await steps.claims_of(statement.id)) == 1


async def test_a_veto_after_payment_is_taken_off_the_next_quarter_and_never_edited(world: World) -> None:
    statement, visits = await steps.made(world, 4, "good")
    await steps.happened("final", statement.score)
    await steps.paid(world, statement.id)
    before = await steps.lines_of(statement.id)
    facts = await steps.facts_of(world, visits, forged=(0, 1))
    await steps.revision_of(statement.score, 2, facts, "poor")
    statement = await steps.happened("revised", statement.score)
    assert await steps.lines_of(statement.id) == before
    (owed,) = await steps.adjustments()
    assert (owed.kind, owed.status, owed.amount) == ("revision", "approved", D("-62.00"))  # 97.00 - 2 x 25 x 0.7
    more = await steps.visits_of(world, 4)
    score = await steps.score_of(world, await steps.facts_of(world, more, quarter=4), "excellent")
    following = await steps.happened("published_prelim", score.id)
    assert ("clawback", "undisputed", D("-62.00"), "revision") in await steps.lines_of(following.id)
    assert following.total == D("38.00")
    assert (await steps.adjustments())[0].status == "taken"
    assert (await steps.paid(world, following.id)).amount == D("38.00")


async def test_a_claim_that_is_still_open_follows_a_lower_revision_at_once(world: World) -> None:
    statement, visits = await steps.made(world, 4, "good")
    facts = await steps.facts_of(world, visits, states={0: "rejected"})
    await steps.revision_of(statement.score, 2, facts, "fair")
    statement = await steps.happened("revised", statement.score)
    assert statement.total == D("66.00")
    (claim,) = await steps.claims_of(statement.id)
    assert claim.amount == D("66.00")


async def test_money_paid_late_bears_interest_as_a_line_and_a_claim_of_its_own(world: World) -> None:
    statement, _ = await steps.made(world, 4, "excellent")
    claim = await steps.approved(world, statement.id)
    late = AT + timedelta(days=(claim.due_on - civil_date(AT)).days + 400)
    await paying.pay(world["finance"], claim.id, civil_date(late), late)
    kind, _status, amount, reason = (await steps.lines_of(statement.id))[-1]
    assert (kind, amount, reason) == ("interest", D("20.00"), "paid_late")
    assert [(each.kind, each.status) for each in await steps.claims_of(statement.id)] == [
        ("quarter", "paid"), ("interest", "open")
    ]  # fmt: skip


async def test_a_returned_claim_comes_back_with_another_invoice(world: World) -> None:
    statement, _ = await steps.made(world, 1)
    (claim,) = await steps.claims_of(statement.id)
    with pytest.raises(FormError):
        await claiming.claim(world["manager"], claim.id, "FP-1", False, AT)
    await claiming.claim(world["manager"], claim.id, "FP-1", True, AT)
    await claiming.claim(world["manager"], claim.id, "FP-1", True, AT)
    with pytest.raises(FormError):
        await claiming.give_back(world["bureau"], claim.id, "invoice_wrong", " ", AT)
    await claiming.give_back(world["bureau"], claim.id, "invoice_wrong", "金额不符", AT)
    assert (await steps.claim_row(claim.id)).status == "returned"
    await claiming.claim(world["manager"], claim.id, "FP-2", True, AT)
    assert (await steps.claim_row(claim.id)).returned_reason == ""
    with pytest.raises(Refused):
        await claiming.approve(world["lead"], claim.id, AT)


async def test_each_step_is_one_persons_and_nobody_elses(world: World) -> None:
    statement, _ = await steps.made(world, 1)
    (claim,) = await steps.claims_of(statement.id)
    with pytest.raises(NotYours):
        await claiming.claim(world["other_manager"], claim.id, "FP-1", True, AT)
    await claiming.claim(world["manager"], claim.id, "FP-1", True, AT)
    with pytest.raises(NotAllowed):
        await claiming.review(world["lead"], claim.id, AT)
    await claiming.review(world["bureau"], claim.id, AT)
    await claiming.approve(world["lead"], claim.id, AT)
    with pytest.raises(NotAllowed):
        await paying.pay(world["lead"], claim.id, civil_date(AT), AT)


async def test_who_scored_the_quarter_neither_reviews_nor_can_be_written_down_as_reviewer(world: World) -> None:
    visits = await steps.visits_of(world, 1)
    score = await steps.score_of(world, await steps.facts_of(world, visits), by="bureau")
    statement = await steps.happened("published_prelim", score.id)
    (claim,) = await steps.claims_of(statement.id)
    await claiming.claim(world["manager"], claim.id, "FP-1", True, AT)
    with pytest.raises(Refused, match="scored"):
        await claiming.review(world["bureau"], claim.id, AT)
    with pytest.raises(asyncpg.RaiseError, match="scored"):
        await Claim.raw(
            "UPDATE settlement_claim SET status = 'bureau_reviewed', reviewed_by = {} WHERE id = {}",
            world["bureau"].user, claim.id,
        )  # fmt: skip
    await claiming.review(world["second_bureau"], claim.id, AT)


@pytest.mark.parametrize("column", ["reviewed_by", "approved_by", "paid_by"])
async def test_the_database_itself_refuses_two_duties_on_one_claim(world: World, column: str) -> None:
    statement, _ = await steps.made(world, 1)
    (claim,) = await steps.claims_of(statement.id)
    await claiming.claim(world["manager"], claim.id, "FP-1", True, AT)
    with pytest.raises(asyncpg.CheckViolationError):
        await Claim.raw(f"UPDATE settlement_claim SET {column} = claimed_by WHERE id = {{}}", claim.id)


async def test_the_database_keeps_lines_totals_amounts_and_visits_as_they_are(world: World) -> None:
    statement, visits = await steps.made(world, 1)
    (claim,) = await steps.claims_of(statement.id)
    for sql, error in (
        ("UPDATE settlement_line SET amount = 1 WHERE statement = {}", "append-only"),
        ("DELETE FROM settlement_line WHERE statement = {}", "append-only"),
        ("UPDATE settlement_statement SET total = 1 WHERE id = {}", "sum of its lines"),
        ("UPDATE settlement_claim SET amount = 1 WHERE statement = {}", "sum of its lines"),
        ("DELETE FROM settlement_visit WHERE statement = {}", "stays in its statement"),
    ):
        with pytest.raises(asyncpg.RaiseError, match=error):
            await StatementLine.raw(sql, statement.id)
    with pytest.raises(asyncpg.UniqueViolationError):
        await SettledVisit.raw(
            "INSERT INTO settlement_visit (id, visit, statement, verdict) VALUES (gen_random_uuid(), {}, {}, 'paid')",
            visits[0], statement.id,
        )  # fmt: skip
    await claiming.claim(world["manager"], claim.id, "FP-1", True, AT)
    with pytest.raises(asyncpg.RaiseError, match="cannot be changed"):
        await Claim.raw("UPDATE settlement_claim SET amount = 0, lines = '[]' WHERE id = {}", claim.id)


async def test_a_visit_is_paid_in_one_statement_only(world: World) -> None:
    statement, visits = await steps.made(world, 2)
    score = await steps.score_of(world, await steps.facts_of(world, visits, quarter=4), "good")
    again = await steps.happened("published_prelim", score.id)
    assert (statement.total, again.total) == (D("48.50"), D("0.00"))
