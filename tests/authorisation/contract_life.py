"""Routes and objects of contracts after their signature."""

import json
from decimal import Decimal
from uuid import UUID, uuid4

from bangfu.contracts.life_tables import Acceptance, Amendment, AmendmentLine, Milestone, Subcontract
from bangfu.shared.clock import now, today
from bangfu.shared.files import keep
from tests.authorisation.row import Row, Stage
from tests.contracts.living import PAPER, living
from tests.support import World

_ONE, _OWN = "/contracts/{contract:uuid}", "/my-contracts/{contract:uuid}"
_AMENDMENT = "/amendments/{amendment:uuid}"
_MILESTONE = "/milestones/{milestone:uuid}"
_PART = "/parts/{part:uuid}"
_LEDGER = "/lines/{line:uuid}/ledger"
_ACCEPTANCE = "/acceptance/{acceptance:uuid}"
_FILE = "/files/{file:uuid}"
_LIVE, _AMENDED, _REACHED, _GIVEN, _ACCEPTED = (
    "living", "living+amendment", "living+milestone", "living+part", "living+acceptance",
)  # fmt: skip
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/contracts/risks"): Row("contracts.read"),
    ("GET", f"{_ONE}/burn"): Row("contracts.read", _LIVE),
    ("GET", f"{_ONE}{_LEDGER}"): Row("contracts.read", "living+line"),
    ("GET", f"{_ONE}{_LEDGER}/export"): Row("contracts.read", "living+line"),
    ("GET", f"{_ONE}/amendments"): Row("contracts.read", _LIVE),
    ("GET", f"{_ONE}/amendments/new"): Row("contracts.draft", _LIVE),
    ("POST", f"{_ONE}/amendments/new"): Row("contracts.draft", _LIVE),
    ("GET", f"{_ONE}{_AMENDMENT}"): Row("contracts.read", _AMENDED),
    ("POST", f"{_ONE}{_AMENDMENT}/agree"): Row("contracts.draft", _AMENDED),
    ("POST", f"{_ONE}{_AMENDMENT}/check"): Row("contracts.check", _AMENDED),
    ("POST", f"{_ONE}{_AMENDMENT}/approve"): Row("contracts.approve", _AMENDED),
    ("POST", f"{_ONE}{_AMENDMENT}/refuse"): Row("contracts.approve", _AMENDED),
    ("POST", f"{_ONE}{_AMENDMENT}/sign"): Row("contracts.approve", _AMENDED),
    ("POST", f"{_ONE}{_AMENDMENT}/publish"): Row("contracts.draft", _AMENDED),
    ("POST", f"{_ONE}{_AMENDMENT}/withdraw"): Row("contracts.draft", _AMENDED),
    ("GET", f"{_ONE}{_AMENDMENT}{_FILE}"): Row("contracts.read", "living+amendment+file"),
    ("GET", f"{_ONE}/milestones"): Row("contracts.read", _LIVE),
    ("POST", f"{_ONE}/milestones"): Row("contracts.draft", _LIVE),
    ("POST", f"{_ONE}{_MILESTONE}/report"): Row("contracts.draft", _REACHED),
    ("POST", f"{_ONE}{_MILESTONE}/confirm"): Row("contracts.steer", _REACHED),
    ("POST", f"{_ONE}{_MILESTONE}/return"): Row("contracts.steer", _REACHED),
    ("POST", f"{_ONE}{_MILESTONE}/drop"): Row("contracts.draft", _REACHED),
    ("GET", f"{_ONE}{_MILESTONE}{_FILE}"): Row("contracts.read", "living+milestone+file"),
    ("POST", f"{_ONE}/parts"): Row("contracts.draft", _LIVE),
    ("POST", f"{_ONE}{_PART}/consent"): Row("contracts.approve", _GIVEN),
    ("POST", f"{_ONE}{_PART}/refuse"): Row("contracts.approve", _GIVEN),
    ("POST", f"{_ONE}{_PART}/end"): Row("contracts.steer", _GIVEN),
    ("GET", f"{_ONE}{_PART}{_FILE}"): Row("contracts.read", "living+part+file"),
    ("GET", f"{_ONE}/acceptance"): Row("contracts.read", _LIVE),
    ("POST", f"{_ONE}/acceptance"): Row("contracts.draft", _LIVE),
    ("GET", f"{_ONE}{_ACCEPTANCE}"): Row("contracts.read", _ACCEPTED),
    ("POST", f"{_ONE}{_ACCEPTANCE}/write"): Row("contracts.draft", _ACCEPTED),
    ("POST", f"{_ONE}{_ACCEPTANCE}/reopen"): Row("contracts.draft", _ACCEPTED),
    ("POST", f"{_ONE}{_ACCEPTANCE}/publish"): Row("contracts.draft", _ACCEPTED),
    ("GET", f"{_ONE}{_ACCEPTANCE}{_FILE}"): Row("contracts.read", "living+acceptance+file"),
    ("GET", f"{_ONE}/life"): Row("contracts.read", _LIVE),
    ("POST", f"{_ONE}/life/suspend"): Row("contracts.approve", _LIVE),
    ("POST", f"{_ONE}/life/resume"): Row("contracts.approve", _LIVE),
    ("POST", f"{_ONE}/life/terminate"): Row("contracts.approve", _LIVE),
    ("POST", f"{_ONE}/life/close"): Row("contracts.close", _LIVE),
    ("GET", f"{_OWN}/money"): Row("contracts.own", "own_living"),
    ("GET", f"{_OWN}{_LEDGER}"): Row("contracts.own", "own_living+line"),
    ("GET", f"{_OWN}{_LEDGER}/export"): Row("contracts.own", "own_living+line"),
    ("GET", f"{_OWN}/amendments/new"): Row("contracts.own", "own_living"),
    ("POST", f"{_OWN}/amendments/new"): Row("contracts.own", "own_living"),
    ("GET", f"{_OWN}{_AMENDMENT}"): Row("contracts.own", "own_living+amendment"),
    ("POST", f"{_OWN}{_AMENDMENT}/agree"): Row("contracts.own", "own_living+amendment"),
    ("POST", f"{_OWN}{_AMENDMENT}/sign"): Row("contracts.own", "own_living+amendment"),
    ("POST", f"{_OWN}{_AMENDMENT}/withdraw"): Row("contracts.own", "own_living+amendment"),
    ("GET", f"{_OWN}{_AMENDMENT}{_FILE}"): Row("contracts.own", "own_living+amendment+file"),
    ("POST", f"{_OWN}{_MILESTONE}/report"): Row("contracts.own", "own_living+milestone"),
    ("GET", f"{_OWN}{_MILESTONE}{_FILE}"): Row("contracts.own", "own_living+milestone+file"),
    ("POST", f"{_OWN}/parts"): Row("contracts.own", "own_living"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A contract in force with everything that may hang on it, here, in another county, and of either supplier."""
    own, far = await _life(world, "990101000000"), await _life(world, "990102000000")
    for kind, found in own.items():
        stage.put(f"living{kind}", found, far[kind])
    rival = await _life(world, "990101000000", world.other_organization)
    for kind in ("", "+line", "+amendment", "+amendment+file", "+milestone", "+milestone+file"):
        for name, mine, other in (("", own, rival), ("manager", own, rival), ("other_manager", rival, own)):
            stage.put(f"own_living{kind}", mine[kind], other[kind], name)


async def _life(world: World, division: str, supplier: UUID | None = None) -> dict[str, object]:
    made = await living(world, division=division, supplier=supplier, terms=json.dumps({"quality": "良好"}))
    contract, at = made.contract, now()
    amendment, milestone, part, acceptance = uuid4(), uuid4(), uuid4(), uuid4()
    await Amendment(
        id=amendment, contract=contract, number=1, kind="quantity", amount=Decimal(50), added=Decimal(50),
        proposed_side="buyer", proposed_by=world["bureau"].me,
    ).save()  # fmt: skip
    await AmendmentLine(id=uuid4(), amendment=amendment, line=made.care, units=1, amount=Decimal(50)).save()
    await Milestone(id=milestone, contract=contract, title="季度报告", due_on=today(), set_by=world["bureau"].me).save()
    other = world.organization if supplier == world.other_organization else world.other_organization
    await Subcontract(
        id=part, contract=contract, organization=other, part="助浴", share=Decimal("0.1"), asked_by=world["manager"].me
    ).save()
    await Acceptance(id=acceptance, contract=contract, kind="final", made_by=world["bureau"].me).save()
    found: dict[str, object] = {"": contract, "+line": (contract, made.care)}
    kinds = {"amendment": amendment, "milestone": milestone, "part": part, "acceptance": acceptance}
    tables = {"part": "contract_subcontract"}
    for kind, row in kinds.items():
        table = tables.get(kind, f"contract_{kind}")
        found[f"+{kind}"] = (contract, row)
        found[f"+{kind}+file"] = (contract, row, await keep(world["bureau"], table, row, "paper", PAPER, at))
    return found
