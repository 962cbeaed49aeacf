"""Routes and objects of settlement."""

from dataclasses import replace
from uuid import UUID, uuid4

from bangfu.settlement import batch_rules, making
from bangfu.settlement.pay_tables import PayeeAccount, PaymentBatch
from bangfu.settlement.tables import Adjustment, Claim, Clause, Statement
from bangfu.shared.clock import now
from tests.authorisation.row import Row, Stage
from tests.settlement import settlement_steps as steps
from tests.support import FOREIGN_VILLAGE, VILLAGE, World

_ONE = "/settlements/{statement:uuid}"
_CLAIM = f"{_ONE}/claims/{{claim:uuid}}"
_ADJUSTMENT = f"{_ONE}/adjustments/{{adjustment:uuid}}"
_OWN = "/my-settlements/{statement:uuid}"
_CONTRACT = "/contracts/{contract:uuid}/settlement"
_BATCH = "/payments/batches/{batch:uuid}"
_SUBSIDY = "/subsidies/{statement:uuid}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/settlements"): Row("settlements.read"),
    ("GET", _ONE): Row("settlements.read", "settlement"),
    ("GET", f"{_ONE}/visits"): Row("settlements.read", "settlement"),
    ("POST", f"{_CLAIM}/review"): Row("settlements.review", "settlement+claim"),
    ("POST", f"{_CLAIM}/approve"): Row("settlements.approve", "settlement+claim"),
    ("POST", f"{_CLAIM}/return"): Row("settlements.review", "settlement+claim"),
    ("POST", f"{_CLAIM}/send-back"): Row("settlements.approve", "settlement+claim"),
    ("POST", f"{_CLAIM}/pay"): Row("settlements.pay", "settlement+claim"),
    ("POST", f"{_CLAIM}/reconcile"): Row("settlements.pay", "settlement+claim"),
    ("POST", f"{_ONE}/penalties"): Row("settlements.adjust", "settlement"),
    ("POST", f"{_ONE}/clawbacks"): Row("settlements.adjust", "settlement"),
    ("POST", f"{_ADJUSTMENT}/decide"): Row("settlements.approve", "settlement+adjustment"),
    ("POST", f"{_ADJUSTMENT}/repaid"): Row("settlements.pay", "settlement+adjustment"),
    ("GET", _CONTRACT): Row("settlements.read", "contract"),
    ("POST", f"{_CONTRACT}/clauses"): Row("settlements.adjust", "contract"),
    ("POST", f"{_CONTRACT}/clauses/{{clause:uuid}}/decide"): Row("settlements.approve", "contract+clause"),
    ("GET", "/my-settlements"): Row("settlements.own"),
    ("GET", _OWN): Row("settlements.own", "settlement"),
    ("GET", f"{_OWN}/visits"): Row("settlements.own", "settlement"),
    ("POST", f"{_OWN}/claims/{{claim:uuid}}/claim"): Row("settlements.own", "settlement+claim"),
    ("GET", "/subsidies"): Row("settlements.subsidy"),
    ("GET", _SUBSIDY): Row("settlements.subsidy", "subsidy"),
    ("POST", f"{_SUBSIDY}/review"): Row("settlements.subsidy", "subsidy"),
    ("GET", "/payments"): Row("settlements.read"),
    ("POST", "/payments/batches"): Row("settlements.pay"),
    ("GET", _BATCH): Row("settlements.read", "payment_batch"),
    ("GET", f"{_BATCH}/file"): Row("settlements.pay", "payment_batch"),
    ("POST", f"{_BATCH}/answer"): Row("settlements.pay", "payment_batch"),
    ("GET", "/payees"): Row("settlements.read"),
    ("GET", "/payees/{kind:str}/{payee:uuid}"): Row("payees.keep", "payee"),
    ("POST", "/payees/{kind:str}/{payee:uuid}"): Row("payees.keep", "payee"),
    ("POST", "/payees/accounts/{account:uuid}/decide"): Row("payees.keep", "payee_account"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A statement of each organisation and one of another county, with claim, deduction, batch and account."""
    making.register()
    home, away = stage.mine("contract", ""), stage.others("contract", "")
    own = await _statement(world, home, "990101000000", world.organization)
    rival = await _statement(world, home, "990101000000", world.other_organization)
    far = await _statement(world, away, "990102000000", world.organization)
    for place, kind in enumerate(("settlement", "settlement+claim", "settlement+adjustment")):
        one, other, elsewhere = ((each[0] if place == 0 else (each[0], each[place])) for each in (own, rival, far))
        stage.put(kind, one, elsewhere)
        stage.put(kind, one, other, "manager")
        stage.put(kind, other, one, "other_manager")
    stage.put("contract+clause", (home, await _clause(world, home)), (away, await _clause(world, away)))
    stage.put("subsidy", await _subsidy(world, VILLAGE), await _subsidy(world, FOREIGN_VILLAGE))
    stage.put("payment_batch", await _batch(world, "990101"), await _batch(world, "990102"))
    stage.put("payee", ("organization", world.organization), ("organization", uuid4()))
    stage.put("payee_account", await _account(world, "990101000000"), await _account(world, "990102000000"))


async def _statement(world: World, contract: object, division: str, organization: UUID) -> tuple[UUID, UUID, UUID]:
    statement, claim, adjustment = uuid4(), uuid4(), uuid4()
    score = uuid4()
    await steps.bare_score(score, UUID(str(contract)), organization, division)
    await Statement(
        id=statement, number=f"JS-{statement.hex[:8]}", score=score, kind="contract", subject=contract,
        organization=organization, division=division, year=2026, quarter=1, stage="final",
    ).save()  # fmt: skip
    await Claim(
        id=claim, number=f"QK-{claim.hex[:8]}", statement=statement, contract=contract, organization=organization,
        division=division, amount=0, lines="[]",
    ).save()  # fmt: skip
    await Adjustment(
        id=adjustment, kind="penalty", contract=contract, statement=statement, amount=-1, reason="breach",
        proposed_by=world["bureau"].me,
    ).save()  # fmt: skip
    return statement, claim, adjustment


async def _clause(world: World, contract: object) -> UUID:
    key = uuid4()
    await Clause(
        id=key, contract=contract, code="missed_visit", basis="per_unit", value=5, noted_by=world["bureau"].me
    ).save()
    return key


async def _subsidy(world: World, division: str) -> UUID:
    facts = await steps.facts_of(world, [], lines=(), terms={"monthly_rate": "120.00", "months": "3"})
    facts = replace(facts, kind="agreement", subject=str(uuid4()), organization="", division=division)
    score = await steps.score_of(world, facts, "poor")
    return (await steps.happened("published_prelim", score.id)).id


async def _batch(world: World, division: str) -> UUID:
    key = uuid4()
    number = f"ZF-{key.hex[:8]}"
    await PaymentBatch(
        id=key, number=number, division=division, items=1, total=1, made_by=world["finance"].me, made_at=now(),
        file_hash=batch_rules.hash_of(batch_rules.file_of(number, False, [])),
    ).save()  # fmt: skip
    return key


async def _account(world: World, division: str) -> UUID:
    key = uuid4()
    await PayeeAccount(
        id=key, kind="organization", payee=uuid4(), division=division, tail="1234", entered_by=world["admin"].me
    ).save()
    return key
