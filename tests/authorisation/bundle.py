"""Routes and objects of bundles, reports and the public check of a report's code."""

from decimal import Decimal
from uuid import UUID, uuid4

from bangfu.settlement.bundle_tables import SettlementPaper
from bangfu.settlement.tables import Statement
from bangfu.shared.clock import now
from tests.authorisation.row import Row, Stage
from tests.support import FOREIGN_VILLAGE, VILLAGE, World

_FILES = ("bundle", "report.pdf", "report.xlsx")
_ONE, _MINE = "/settlements/{statement:uuid}", "/my-settlements/{statement:uuid}"
ROWS: dict[tuple[str, str], Row] = {
    **{("GET", f"{_ONE}/{file}"): Row("settlements.read", "statement_of") for file in _FILES},
    **{("GET", f"{_MINE}/{file}"): Row("settlements.own", "own_statement_of") for file in _FILES},
    ("GET", "/check"): Row("public"),
    ("GET", "/check/{code:str}"): Row("public", "report_code"),
    ("GET", "/check/verify.py"): Row("public"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A statement of an advance of each organisation here, one in another county, and a paper with its code."""
    mine = await _statement("JS-eigen-1", VILLAGE, world["manager"].organization)
    rival = await _statement("JS-eigen-2", VILLAGE, world["other_manager"].organization)
    far = await _statement("JS-fern-1", FOREIGN_VILLAGE, None)
    stage.put("statement_of", mine, far)
    stage.put("own_statement_of", mine, rival, "manager")
    stage.put("own_statement_of", rival, mine, "other_manager")
    stage.put("own_statement_of", mine, far)
    stage.put("report_code", await _code(mine), "2222-2222-2222")


async def _statement(number: str, village: str, organization: UUID | None) -> UUID:
    key = uuid4()
    await Statement(
        id=key, number=number, kind="advance", subject=uuid4(), organization=organization,
        division=f"{village[:6]}000000", year=2026, quarter=0, stage="final",
    ).save()  # fmt: skip
    return key


async def _code(statement: UUID) -> str:
    await SettlementPaper(
        code="2AB3-CD4E-F5GH", statement=statement, number="HT-1", year=2026, quarter=3, revision=1,
        total=Decimal("6052.80"), bundle_hash="ab" * 32, made_at=now(),
    ).save()  # fmt: skip
    return "2AB3-CD4E-F5GH"
