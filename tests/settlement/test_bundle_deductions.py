"""Bundles of statements with advances, penalties, clawbacks, payments, late interest: equal, each amount counts."""

import csv
import io
import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID, uuid4

import pytest

from bangfu.settlement import adjusting, bundle_files, ledger, paying, verify
from bangfu.settlement.bundle_files import pretty
from bangfu.settlement.bundle_reading import bundle_in, statement_for
from bangfu.shared.audit import canonical
from bangfu.shared.civil_time import civil_date
from tests.quality.life_steps import AT
from tests.settlement import settlement_steps as steps
from tests.settlement.bundle_steps import statement_from
from tests.settlement.facts import window
from tests.settlement.test_bundle_checker import cell
from tests.settlement.test_taking_off import clause, with_advance
from tests.support import World


async def quarter(world: World, count: int = 4, **more: object) -> tuple[UUID, list[UUID]]:
    """A statement of real visits whose windows were all filled, scored by the product."""
    visits = await steps.visits_of(world, count)
    facts = await steps.facts_of(world, visits, **more)  # type: ignore[arg-type]
    return await statement_from(world, facts), visits


async def equal(world: World, key: UUID) -> dict[str, bytes]:
    """The bundle as it stands; the checker finds it equal."""
    files = bundle_files.files_of(await bundle_in(await statement_for(world["bureau"], key)))
    verify.verify(files)
    return files


async def test_an_advance_and_the_quarter_that_takes_it_off_are_equal(world: World) -> None:
    advance = await with_advance(world, date(2027, 5, 31))
    await equal(world, advance.id)
    key, _ = await quarter(world)
    files = await equal(world, key)
    assert b"advance" in files["statement.csv"]
    last = files["statement.csv"].decode().count("\n")
    with pytest.raises(verify.Difference) as caught:
        verify.verify(cell(files, "statement.csv", last, "amount", "-1.00"))
    assert caught.value.said[:3] == ("statement.csv", last, "amount")


async def test_a_penalty_is_equal_and_cannot_be_raised(world: World) -> None:
    term = await clause(world)
    windows = tuple(window(n, "missed" if n < 2 else "excused") for n in range(4))
    key, _ = await quarter(world, windows=windows)
    penalty = uuid4()
    await adjusting.propose_penalty(world["bureau"], penalty, key, term, "两次漏服务", AT)
    await adjusting.decide(world["lead"], penalty, True, AT)
    files = await equal(world, key)
    assert b"per_unit" in files["adjustments.csv"]
    with pytest.raises(verify.Difference):
        verify.verify(cell(files, "adjustments.csv", 2, "amount", "-99.00"))


async def proposed(world: World, key: UUID, code: str, basis: str, value: str, at: datetime) -> None:
    """A penalty of the statement by a confirmed term, decided by the lead a minute later."""
    penalty, term = uuid4(), await clause(world, code, basis, value)
    await adjusting.propose_penalty(world["bureau"], penalty, key, term, "按合同约定", at)
    await adjusting.decide(world["lead"], penalty, True, at + timedelta(minutes=1))


async def test_penalties_by_share_and_by_unit_are_recomputed_up_to_their_cap(world: World) -> None:
    windows = tuple(window(n, "missed" if n < 2 else "excused") for n in range(4))
    key, _ = await quarter(world, windows=windows)
    for hour, term in enumerate(
        [("reporting", "percent", "0.1"), ("missed_visit", "per_unit", "2.50"), ("other", "percent", "0.25")]
    ):
        await proposed(world, key, *term, AT + timedelta(hours=hour))
    files = await equal(world, key)
    rows = list(csv.DictReader(io.StringIO(files["adjustments.csv"].decode(), newline="")))
    assert [row["units"] for row in rows] == ["0", "2", "0"]
    earned = -Decimal(rows[0]["amount"]) * 10
    assert -sum(Decimal(row["amount"]) for row in rows) == (earned * 3 / 10).quantize(Decimal("0.01"))
    wrong = [
        (2, "units", "1"), (3, "units", "1"), (2, "value", "0.200000"), (3, "value", "5"), (4, "amount", "-5.01"),
        (2, "basis", "per_unit"), (3, "code", "late_record"),
    ]  # fmt: skip
    for row, column, value in wrong:
        with pytest.raises(verify.Difference) as caught:
            verify.verify(cell(files, "adjustments.csv", row, column, value))
        assert caught.value.said[0] in {"adjustments.csv", "statement.csv"}


async def test_a_penalty_raised_together_with_line_claim_and_total_is_named(world: World) -> None:
    """Whoever knows how the files hang together still cannot take more than clause and facts give."""
    key, _ = await quarter(world)
    await proposed(world, key, "reporting", "percent", "0.1", AT)
    files = await equal(world, key)
    (own,) = csv.DictReader(io.StringIO(files["adjustments.csv"].decode(), newline=""))
    last = files["statement.csv"].decode().count("\n")
    changed = cell(files, "adjustments.csv", 2, "amount", "-30.00")
    changed = cell(changed, "statement.csv", last, "amount", "-30.00")
    more = Decimal("30.00") + Decimal(own["amount"])
    claim = next(csv.DictReader(io.StringIO(files["claims.csv"].decode(), newline="")))
    changed = cell(changed, "claims.csv", 2, "amount", str(Decimal(claim["amount"]) - more))
    told = json.loads(files["statement.json"])
    told["total"] = str(Decimal(told["total"]) - more)
    changed["statement.json"] = pretty(told)
    with pytest.raises(verify.Difference) as caught:
        verify.verify(changed)
    assert caught.value.said == ("adjustments.csv", 2, "amount", own["amount"], "-30.00")


async def test_what_an_advance_takes_off_is_recomputed_from_what_the_quarter_earned(world: World) -> None:
    await with_advance(world, date(2027, 5, 31))
    key, _ = await quarter(world)
    files = await equal(world, key)
    last = files["statement.csv"].decode().count("\n")
    rows = list(csv.DictReader(io.StringIO(files["statement.csv"].decode(), newline="")))
    detail = {**json.loads(rows[-1]["detail"]), "earned": "50.00"}
    changed = cell(files, "statement.csv", last, "detail", canonical(detail))
    with pytest.raises(verify.Difference) as caught:
        verify.verify(cell(changed, "statement.csv", last, "amount", "-15.00"))
    assert caught.value.said[:3] == ("statement.csv", last, "detail.earned")
    assert any("left of an advance" in each for each in verify.verify(files)["given"])


async def test_the_rest_of_an_advance_that_a_quarter_cannot_bear_is_recomputed(world: World) -> None:
    await with_advance(world, date(2026, 12, 31))
    key, _ = await quarter(world, quarter=4)
    files = await equal(world, key)
    assert b"true_up" in files["adjustments.csv"]
    with pytest.raises(verify.Difference) as caught:
        verify.verify(cell(files, "adjustments.csv", 2, "amount", "-9.00"))
    assert caught.value.said[:3] == ("adjustments.csv", 2, "amount")


async def test_a_clawback_is_equal_in_the_statement_it_is_about_and_in_the_one_that_takes_it(world: World) -> None:
    key, visits = await quarter(world)
    await steps.paid(world, key, at=AT)
    back = uuid4()
    await adjusting.propose_clawback(world["bureau"], back, key, visits[:1], "forged", "照片系伪造", AT)
    await adjusting.decide(world["lead"], back, True, AT)
    assert b"clawback" in (await equal(world, key))["adjustments.csv"]
    more = await steps.visits_of(world, 2)
    following = await statement_from(world, await steps.facts_of(world, more, quarter=4))
    files = await equal(world, following)
    assert b"clawback" in files["statement.csv"]
    assert b"clawback" in files["adjustments.csv"]


async def test_a_claim_paid_late_with_its_interest_is_equal(world: World) -> None:
    key, _ = await quarter(world, 6)
    late = AT + timedelta(days=90)
    claim = await steps.approved(world, key)
    await paying.pay(world["finance"], claim.id, civil_date(late), late)
    await ledger.catch_up(late)
    files = await equal(world, key)
    assert b"interest" in files["statement.csv"]
    assert Decimal(verify.verify(files)["total"]) > claim.amount
    line = next(n for n, row in enumerate(rows_of(files, "statement.csv"), 2) if row["kind"] == "interest")
    detail = json.loads(rows_of(files, "statement.csv")[line - 2]["detail"])
    for name, wrong in (("days", 3), ("amount", "1.00"), ("daily", "1/1000"), ("agreed", "0.001")):
        with pytest.raises(verify.Difference) as caught:
            verify.verify(cell(files, "statement.csv", line, "detail", canonical({**detail, name: wrong})))
        assert caught.value.said[:2] == ("statement.csv", line)
    for column in ("paid_on", "due_on", "claimed_on"):
        with pytest.raises(verify.Difference) as caught:
            verify.verify(cell(files, "claims.csv", 2, column, "2027-03-01"))
        assert caught.value.said[2].startswith(("detail.", "paid_on"))


async def test_an_agreed_rate_of_late_interest_is_recomputed_not_below_the_prime_rate(world: World) -> None:
    for value, daily in (("0.0008", "1/1250"), ("0.00001", "3/36500")):
        await clause(world, "late_interest", "daily", value)
        key, _ = await quarter(world, 6, year=2025 if value == "0.0008" else 2026)
        late = AT + timedelta(days=90)
        claim = await steps.approved(world, key)
        await paying.pay(world["finance"], claim.id, civil_date(late), late)
        files = await equal(world, key)
        details = [json.loads(row["detail"]) for row in rows_of(files, "statement.csv") if row["kind"] == "interest"]
        assert [each["daily"] for each in details] == [str(Fraction(daily))]


async def test_interest_left_out_is_named(world: World) -> None:
    key, _ = await quarter(world, 6)
    late = AT + timedelta(days=90)
    claim = await steps.approved(world, key)
    await paying.pay(world["finance"], claim.id, civil_date(late), late)
    files = await equal(world, key)
    kept = [line for line in files["statement.csv"].splitlines(keepends=True) if b",interest," not in line]
    claims = files["claims.csv"].splitlines(keepends=True)[:2]
    told = {**json.loads(files["statement.json"]), "total": str(claim.amount)}
    changed = {**files, "statement.csv": b"".join(kept), "claims.csv": b"".join(claims), "statement.json": pretty(told)}
    with pytest.raises(verify.Difference) as caught:
        verify.verify(changed)
    assert caught.value.said[::2] == ("claims.csv", "paid_on", "0 lines")


def rows_of(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[name].decode(), newline="")))
