"""Routes and objects of contracts."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from bangfu.contracts.tables import Contract, ContractLine, ContractParty
from bangfu.shared.clock import now, today
from bangfu.shared.files import Looked, keep
from tests.authorisation.row import Row, Stage
from tests.support import World

_ONE = "/contracts/{contract:uuid}"
_LINE = _ONE + "/lines/{line:uuid}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/contracts"): Row("contracts.read"),
    ("GET", "/contracts/new"): Row("contracts.draft"),
    ("POST", "/contracts/new"): Row("contracts.draft"),
    ("GET", _ONE): Row("contracts.read", "contract"),
    ("GET", f"{_ONE}/history"): Row("contracts.read", "contract"),
    ("GET", f"{_ONE}/edit"): Row("contracts.draft", "contract"),
    ("POST", f"{_ONE}/edit"): Row("contracts.draft", "contract"),
    ("GET", f"{_ONE}/lines"): Row("contracts.read", "contract"),
    ("GET", f"{_ONE}/lines/new"): Row("contracts.draft", "contract"),
    ("POST", f"{_ONE}/lines/new"): Row("contracts.draft", "contract"),
    ("GET", _LINE): Row("contracts.draft", "contract+line"),
    ("POST", _LINE): Row("contracts.draft", "contract+line"),
    ("POST", f"{_LINE}/remove"): Row("contracts.draft", "contract+line"),
    ("GET", f"{_ONE}/files"): Row("contracts.read", "contract"),
    ("POST", f"{_ONE}/files"): Row("contracts.draft", "contract"),
    ("GET", _ONE + "/files/{file:uuid}"): Row("contracts.read", "contract+file"),
    ("POST", f"{_ONE}/hand-on"): Row("contracts.draft", "contract"),
    ("POST", f"{_ONE}/check"): Row("contracts.check", "contract"),
    ("POST", f"{_ONE}/send-back"): Row("contracts.check", "contract"),
    ("POST", f"{_ONE}/submit"): Row("contracts.draft", "contract"),
    ("POST", f"{_ONE}/approve"): Row("contracts.approve", "contract"),
    ("POST", f"{_ONE}/return"): Row("contracts.approve", "contract"),
    ("POST", f"{_ONE}/revise"): Row("contracts.draft", "contract"),
    ("POST", f"{_ONE}/sign"): Row("contracts.approve", "contract"),
    ("POST", f"{_ONE}/publish"): Row("contracts.draft", "contract"),
    ("POST", f"{_ONE}/file-copy"): Row("contracts.draft", "contract"),
    ("POST", f"{_ONE}/void"): Row("contracts.approve", "contract"),
    ("GET", "/my-contracts"): Row("contracts.own"),
    ("GET", "/my-contracts/{contract:uuid}"): Row("contracts.own", "own_contract"),
    ("POST", "/my-contracts/{contract:uuid}/sign"): Row("contracts.own", "own_contract"),
    ("GET", "/my-contracts/{contract:uuid}/files/{file:uuid}"): Row("contracts.own", "own_contract+file"),
    ("GET", "/notices/contracts"): Row("public"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A draft and an approved contract of each organisation, with line and file, and their like in another county."""
    own, far = await _contract(world, "990101000000"), await _contract(world, "990102000000")
    stage.put("contract", own[0], far[0])
    stage.put("contract+line", own[:2], far[:2])
    stage.put("contract+file", (own[0], own[2]), (far[0], far[2]))
    mine = await _contract(world, "990101000000", world.organization, "approved")
    rival = await _contract(world, "990101000000", world.other_organization, "approved")
    for name, one, other in (("", mine, rival), ("manager", mine, rival), ("other_manager", rival, mine)):
        stage.put("own_contract", one[0], other[0], name)
        stage.put("own_contract+file", (one[0], one[2]), (other[0], other[2]), name)


async def _contract(
    world: World, division: str, supplier: UUID | None = None, status: str = "draft"
) -> tuple[UUID, UUID, UUID]:
    """A contract with one line and one file."""
    key, line, organization = uuid4(), uuid4(), supplier or world.organization
    decided: dict[str, Any] = (
        {"drafted_by": world["bureau"].me, "checked_by": world["finance"].me, "approved_by": world["lead"].me}
        if status == "approved" else {"drafted_by": world["bureau"].me}
    )  # fmt: skip
    term = {"starts_on": today(), "ends_on": today() + timedelta(days=300)}
    await Contract(
        id=key, number=f"HT-{key.hex[:8]}", project="照料服务", division=division, supplier=organization,
        status=status, **decided, **term,
    ).save()  # fmt: skip
    await ContractParty(id=uuid4(), contract=key, role="supplier", organization=organization).save()
    await ContractLine(
        id=line, contract=key, contract_number=f"HT-{key.hex[:8]}", organization=organization, service="daily_care",
        max_units=10, status="draft", **term,
    ).save()  # fmt: skip
    scan = Looked("合同.pdf", "application/pdf", b"%PDF-1.4 " + key.bytes)
    file = await keep(world["bureau"], "contract", key, "contract_text", scan, now())
    return key, line, file
