"""Routes and objects of budgets."""

import io
from uuid import UUID, uuid4

from PIL import Image

from bangfu.budgets import funding
from bangfu.shared.clock import now
from bangfu.shared.files import files_of, look_at
from tests.authorisation.row import Row, Stage
from tests.budgets.money import COUNTY, FAR_COUNTY, fund_of, item_of, yuan
from tests.support import World

_ONE = "/budgets/{fund:uuid}"
_ITEM = f"{_ONE}/items/{{item:uuid}}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/budgets"): Row("budgets.read"),
    ("GET", "/budgets/export.csv"): Row("budgets.read"),
    ("GET", "/budgets/commitments"): Row("budgets.read"),
    ("GET", "/budgets/commitments.csv"): Row("budgets.read"),
    ("GET", "/budgets/new"): Row("budgets.edit"),
    ("POST", "/budgets/new"): Row("budgets.edit"),
    ("GET", _ONE): Row("budgets.read", "fund"),
    ("POST", f"{_ONE}/total"): Row("budgets.edit", "fund"),
    ("POST", f"{_ONE}/confirm"): Row("budgets.confirm", "fund"),
    ("POST", f"{_ONE}/refuse"): Row("budgets.confirm", "fund"),
    ("GET", f"{_ONE}/files/{{file:uuid}}"): Row("budgets.read", "fund+file"),
    ("GET", f"{_ONE}/items/new"): Row("budgets.edit", "fund"),
    ("POST", f"{_ONE}/items/new"): Row("budgets.edit", "fund"),
    ("GET", _ITEM): Row("budgets.edit", "fund+item"),
    ("POST", _ITEM): Row("budgets.edit", "fund+item"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A fund with an item and a total's paper, here and in another county."""
    places = []
    for division in (COUNTY, FAR_COUNTY):
        fund = await fund_of(world, 5_000_000, division=division)
        places.append((fund, await item_of(fund, 100_000), await _paper(world, fund, division)))
    own, far = places
    stage.put("fund", own[0], far[0])
    stage.put("fund+item", own[:2], far[:2])
    stage.put("fund+file", (own[0], own[2]), (far[0], far[2]))


async def _paper(world: World, fund: UUID, division: str) -> UUID:
    """The scan of a total that waits; entered by the finance officer of that county."""
    out, key = io.BytesIO(), uuid4()
    Image.new("RGB", (30, 40), "white").save(out, "PNG")
    scan = await look_at("批复.png", out.getvalue())
    finance = world["finance"]
    local = type(finance)(
        finance.user, finance.username, finance.display_name, finance.roles, division[:6], finance.organization,
        finance.carer,
    )  # fmt: skip
    await funding.propose_total(local, key, fund, yuan(6_000_000), "测财社〔2026〕2号", scan, now())
    return (await files_of(funding.BASIS, [key]))[key][0].id
