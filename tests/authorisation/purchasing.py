"""Routes and objects of purchase lists."""

from uuid import UUID, uuid4

from bangfu.purchasing.tables import PurchaseItem, PurchasePlan
from tests.authorisation.row import Row, Stage
from tests.budgets.money import COUNTY, FAR_COUNTY, yuan
from tests.support import World

_ONE = "/purchases/{plan:uuid}"
_ITEM = f"{_ONE}/items/{{item:uuid}}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/purchases"): Row("purchasing.read"),
    ("GET", "/purchases/new"): Row("purchasing.edit"),
    ("POST", "/purchases/new"): Row("purchasing.edit"),
    ("GET", _ONE): Row("purchasing.read", "plan"),
    ("GET", f"{_ONE}/export/{{kind:str}}"): Row("purchasing.read", "plan+kind"),
    ("GET", f"{_ONE}/comparison"): Row("purchasing.read", "plan"),
    ("GET", f"{_ONE}/comparison/{{kind:str}}"): Row("purchasing.read", "plan+kind"),
    ("GET", f"{_ONE}/items/new"): Row("purchasing.edit", "plan"),
    ("POST", f"{_ONE}/items/new"): Row("purchasing.edit", "plan"),
    ("GET", f"{_ITEM}/edit"): Row("purchasing.edit", "plan+item"),
    ("POST", f"{_ITEM}/edit"): Row("purchasing.edit", "plan+item"),
    ("POST", f"{_ITEM}/remove"): Row("purchasing.edit", "plan+item"),
    ("GET", f"{_ITEM}/contract"): Row("purchasing.edit", "plan+item"),
    ("POST", f"{_ITEM}/contract"): Row("purchasing.edit", "plan+item"),
    ("POST", f"{_ONE}/submit"): Row("purchasing.edit", "plan"),
    ("POST", f"{_ONE}/approve"): Row("purchasing.approve", "plan"),
    ("POST", f"{_ONE}/return"): Row("purchasing.approve", "plan"),
    ("POST", f"{_ONE}/close"): Row("purchasing.edit", "plan"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A list in draft with an item, here and in another county."""
    own, far = await _plan(world, COUNTY), await _plan(world, FAR_COUNTY)
    stage.put("plan", own[0], far[0])
    stage.put("plan+item", own, far)
    stage.put("plan+kind", (own[0], "csv"), (far[0], "csv"))


async def _plan(world: World, division: str) -> tuple[UUID, UUID]:
    plan = PurchasePlan(
        id=uuid4(), number=f"CG-{division[:6]}", division=division, year=2027, drafted_by=world["bureau"].me
    )
    await plan.save()
    item = PurchaseItem(
        id=uuid4(), plan=plan.id, name="居家照料", service="daily_care", units=100, price_low=yuan(50),
        price_high=yuan(60), fund_source="lottery",
    )  # fmt: skip
    await item.save()
    return plan.id, item.id
