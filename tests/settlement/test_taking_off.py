"""Advances, penalties, clawbacks, subsidies, and what several people do at the same moment (DOMAIN.md 4.4, 6.3)."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from bangfu.contracts.tables import Contract
from bangfu.errors import FormError, NotAllowed, Refused
from bangfu.quality.snapshot import read
from bangfu.quality.tables import QuarterScore, ScoreRevision
from bangfu.settlement import adjusting, advances, claiming, clauses, clock, making, paying, reviewing
from bangfu.settlement.tables import Adjustment, Clause, SettledVisit, Statement, StatementLine
from bangfu.shared.civil_time import civil_date
from bangfu.supervision.tables import SupervisionTask
from tests.settlement import settlement_steps as steps
from tests.settlement.facts import window
from tests.settlement.settlement_steps import AT
from tests.support import VILLAGE, World

pytestmark = pytest.mark.database
D = Decimal


async def clause(world: World, code: str = "missed_visit", basis: str = "per_unit", value: str = "5") -> UUID:
    """A term that was noted by one officer and confirmed by the lead."""
    contract, key = await steps.contract_of(world.organization), uuid4()
    await clauses.note_clause(world["bureau"], key, contract.id, code, basis, D(value), AT)
    await clauses.decide_clause(world["lead"], key, True, AT)
    return key


async def with_advance(world: World, ends_on: date) -> Statement:
    """A contract of 1,000 yuan with an advance of 30 %, claimed and paid."""
    contract = await steps.contract_of(world.organization)
    await Contract.update(
        {
            Contract.total: D("1000.00"), Contract.advance_share: D("0.30"), Contract.imported: False,
            Contract.signed_on: date(2026, 6, 1), Contract.starts_on: date(2026, 6, 1), Contract.ends_on: ends_on,
            Contract.drafted_by: world["second_bureau"].user,
            Contract.checked_by: world["auditor"].user, Contract.approved_by: world["lead"].user,
        }
    ).where(Contract.id == contract.id)  # fmt: skip
    assert await advances.look_after(AT) == 1
    assert await advances.look_after(AT) == 0
    found = await Statement.objects().get(Statement.kind == "advance")
    assert found is not None
    await steps.paid(world, found.id)
    return found


async def test_an_advance_is_a_claim_of_its_own_and_comes_off_by_its_share(world: World) -> None:
    advance = await with_advance(world, date(2027, 5, 31))
    assert advance.total == D("300.00")
    statement, _ = await steps.made(world, 4, "good")
    assert (await steps.lines_of(statement.id))[-1] == ("advance", "undisputed", D("-29.10"), "advance")
    assert statement.total == D("67.90")
    assert await advances.left_of(statement.subject) == D("270.90")


async def test_the_years_last_quarter_settles_the_whole_advance_and_the_rest_is_owed(world: World) -> None:
    await with_advance(world, date(2026, 12, 31))
    statement, _ = await steps.made(world, 4, "good", quarter=4)
    assert (await steps.lines_of(statement.id))[-1] == ("true_up", "undisputed", D("-97.00"), "advance")
    assert statement.total == D("0.00")
    (owed,) = await steps.adjustments()
    assert (owed.kind, owed.amount, owed.status) == ("true_up", D("-203.00"), "approved")
    with pytest.raises(FormError):
        await adjusting.repaid(world["finance"], owed.id, civil_date(AT), " ", AT)
    await adjusting.repaid(world["finance"], owed.id, civil_date(AT), "BANK-9", AT)
    assert await advances.left_of(statement.subject) == D("0.00")


async def test_a_penalty_is_computed_from_a_confirmed_term_and_decided_by_another_person(world: World) -> None:
    term = await clause(world)
    windows = (window(1, "missed"), window(2, "missed"))
    statement, _ = await steps.made(world, 4, "good", windows=windows)
    key = uuid4()
    with pytest.raises(NotAllowed):
        await adjusting.propose_penalty(world["lead"], key, statement.id, term, "两次漏服务", AT)
    await adjusting.propose_penalty(world["bureau"], key, statement.id, term, "两次漏服务", AT)
    await adjusting.propose_penalty(world["bureau"], key, statement.id, term, "两次漏服务", AT)
    (proposed,) = await steps.adjustments()
    assert (proposed.units, proposed.amount, proposed.status) == (2, D("-10.00"), "proposed")
    with pytest.raises(NotAllowed):
        await adjusting.decide(world["bureau"], key, True, AT)
    await adjusting.decide(world["lead"], key, True, AT)
    assert (await steps.lines_of(statement.id))[-1] == ("penalty", "undisputed", D("-10.00"), "breach")
    assert [claim.amount for claim in await steps.claims_of(statement.id)] == [D("87.00")]


async def test_an_unconfirmed_term_allows_no_penalty_and_nobody_confirms_their_own(world: World) -> None:
    contract, key = await steps.contract_of(world.organization), uuid4()
    await clauses.note_clause(world["bureau"], key, contract.id, "missed_visit", "per_unit", D(5), AT)
    with pytest.raises(Refused):
        await clauses.decide_clause(world["bureau"], key, True, AT)
    statement, _ = await steps.made(world, 1, windows=(window(1, "missed"),))
    with pytest.raises(Refused):
        await adjusting.propose_penalty(world["bureau"], uuid4(), statement.id, key, "漏服务", AT)
    with pytest.raises(FormError):
        await clauses.note_clause(world["bureau"], uuid4(), contract.id, "missed_visit", "daily", D(5), AT)
    assert await Clause.count() == 1


async def test_visits_found_forged_after_they_were_settled_are_clawed_back_from_the_next_payment(world: World) -> None:
    statement, visits = await steps.made(world, 4, "good")
    await steps.happened("final", statement.score)
    await steps.paid(world, statement.id)
    key = uuid4()
    await adjusting.propose_clawback(world["bureau"], key, statement.id, visits[:1], "forged", "照片系伪造", AT)
    await adjusting.decide(world["lead"], key, True, AT)
    assert (await steps.adjustments())[0].amount == D("-24.25")
    row = await SettledVisit.objects().get(SettledVisit.visit == visits[0])
    assert row is not None
    assert row.verdict == "clawed_back"
    with pytest.raises(Refused):
        await adjusting.propose_clawback(world["bureau"], uuid4(), statement.id, visits[:1], "forged", "再次", AT)
    assert (await steps.statement_of(statement.score)).total == D("97.00")
    more = await steps.visits_of(world, 2)
    score = await steps.score_of(world, await steps.facts_of(world, more, quarter=4), "excellent")
    following = await steps.happened("published_prelim", score.id)
    assert following.total == D("25.75")
    await steps.paid(world, following.id)
    assert (await steps.burn(world.lines["visit_check"]))["settled"] == (5, D("122.75"))


async def test_no_later_step_of_the_score_pays_again_what_was_clawed_back(world: World) -> None:
    statement, visits = await steps.made(world, 4, "good")
    first, second = uuid4(), uuid4()
    for key in (first, second):
        await adjusting.propose_clawback(world["bureau"], key, statement.id, visits[:1], "uncleared", "未经审查", AT)
    await adjusting.decide(world["lead"], first, True, AT)
    with pytest.raises(Refused):
        await adjusting.decide(world["lead"], second, True, AT)
    await steps.happened("final", statement.score)
    lines = await steps.lines_of(statement.id)
    assert [line for line in lines if line[0] == "correction"] == []
    assert lines[-1] == ("clawback", "undisputed", D("-24.25"), "uncleared")
    assert [claim.amount for claim in await steps.claims_of(statement.id)] == [D("72.75")]


async def test_a_caregivers_poor_quarter_is_paid_nothing_only_after_the_township_looked(world: World) -> None:
    statement = await subsidy(world, "poor")
    assert (statement.total, statement.held, statement.review) == (D("0.00"), D("216.00"), "waiting")
    assert await SupervisionTask.exists().where(SupervisionTask.kind == "settlement.review")
    with pytest.raises(NotAllowed):
        await reviewing.decide(world["bureau"], statement.id, "applied", "已核", AT)
    await reviewing.decide(world["officer"], statement.id, "applied", "入户核实，属实", AT)
    statement = await steps.statement_of(statement.score)
    assert (statement.total, statement.held, statement.review) == (D("0.00"), D("0.00"), "applied")
    assert await steps.claims_of(statement.id) == []


async def test_a_zero_that_is_not_applied_is_paid_as_fair_by_three_people(world: World) -> None:
    statement = await subsidy(world, "poor")
    await reviewing.decide(world["officer"], statement.id, "spared", "照料人住院期间", AT)
    (claim,) = await steps.claims_of(statement.id)
    assert (claim.amount, claim.status, claim.claimed_by) == (D("216.00"), "claimed", None)
    assert (await steps.paid(world, statement.id)).status == "paid"


async def test_a_subsidy_of_a_quarter_without_a_score_is_paid_only_once_the_township_says_so(world: World) -> None:
    agreement = await steps.agreement_of(world)
    (visited,) = await steps.visits_of(world, 1)
    facts = await steps.facts_of(world, [visited], lines=(), terms={"monthly_rate": "120.00", "months": "3"})
    facts = replace(facts, kind="agreement", subject=str(agreement), organization="", division=VILLAGE)
    score = await steps.score_of(world, facts, "")
    statement = await steps.happened("published_prelim", score.id)
    assert (statement.total, statement.held, statement.review) == (D("0.00"), D("360.00"), "waiting")
    assert await steps.claims_of(statement.id) == []
    await reviewing.decide(world["officer"], statement.id, "spared", "照料人一直在岗，老人住院", AT)
    (claim,) = await steps.claims_of(statement.id)
    assert (claim.amount, claim.status) == (D("360.00"), "claimed")


async def test_a_review_falls_away_with_the_poor_band(world: World) -> None:
    statement = await subsidy(world, "poor")
    first = await ScoreRevision.objects().get(ScoreRevision.score == statement.score)
    assert first is not None
    await steps.revision_of(statement.score, 2, read(first.facts), "good")
    statement = await steps.happened("revised", statement.score)
    assert (statement.total, statement.held, statement.review) == (D("324.00"), D("0.00"), "")
    assert await SupervisionTask.exists().where(
        (SupervisionTask.kind == "settlement.review") & (SupervisionTask.status == "dropped")
    )


async def test_a_good_quarter_of_a_caregiver_goes_on_its_way_by_itself(world: World) -> None:
    statement = await subsidy(world, "good")
    assert statement.total == D("324.00")
    assert [claim.status for claim in await steps.claims_of(statement.id)] == ["claimed"]


async def subsidy(world: World, band: str) -> Statement:
    """The statement of a caregiver at 120.00 a month."""
    agreement = await steps.agreement_of(world)
    facts = await steps.facts_of(world, [], lines=(), terms={"monthly_rate": "120.00", "months": "3"})
    facts = replace(facts, kind="agreement", subject=str(agreement), organization="", division=VILLAGE)
    score = await steps.score_of(world, facts, band)
    return await steps.happened("published_prelim", score.id)


async def test_two_at_once_make_one_statement(world: World) -> None:
    visits = await steps.visits_of(world, 3)
    score = await steps.score_of(world, await steps.facts_of(world, visits), "good")
    await asyncio.gather(*(making.keep_up(world["bureau"], score, AT, "preliminary") for _ in range(4)))
    assert await Statement.count() == 1
    assert await StatementLine.count() == 2
    assert len(await steps.claims_of((await steps.statement_of(score.id)).id)) == 1


async def test_claiming_and_paying_at_once_happens_once(world: World) -> None:
    statement, _ = await steps.made(world, 2)
    (claim,) = await steps.claims_of(statement.id)
    tries: Any = [claiming.claim(world["manager"], claim.id, f"FP-{n}", True, AT) for n in range(3)]
    await asyncio.gather(*tries, return_exceptions=True)
    claim = await steps.claim_row(claim.id)
    assert (claim.status, claim.version) == ("claimed", 2)
    await claiming.review(world["bureau"], claim.id, AT)
    await claiming.approve(world["lead"], claim.id, AT)
    day = civil_date(AT)
    await asyncio.gather(*(paying.pay(world["finance"], claim.id, day, AT) for _ in range(3)), return_exceptions=True)
    assert (await steps.burn(world.lines["visit_check"]))["settled"] == (2, D("48.50"))


async def test_the_clock_settles_visits_and_keeps_the_ledger(world: World) -> None:
    statement, _ = await steps.made(world, 3, states={2: "disputed"})
    await clock.look_after(AT + timedelta(minutes=1))
    assert (await steps.burn(world.lines["visit_check"]))["held"] == (1, D("24.25"))
    assert await Adjustment.count() == 0
    assert await QuarterScore.count() == 1
    assert statement.held == D("24.25")
