"""Routes and objects of ledgers."""

import json
from uuid import UUID, uuid4

from bangfu.ledgers.definitions import standing
from bangfu.ledgers.issuing import check_code
from bangfu.ledgers.tables import LedgerExport, LedgerIssue, OwnLedger
from bangfu.shared.actor import Actor
from bangfu.shared.permissions import allows
from tests.authorisation.row import Row, Stage
from tests.support import OTHER_COUNTY, TOWN, World

FILE = "/ledgers/exports/{ledger_export:uuid}"
KEY, OWN, MADE = "/ledgers/{key:str}", "/ledgers/own/{own_ledger:uuid}", "/ledgers/issues/{ledger_issue:uuid}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/ledgers"): Row("ledgers.read"),
    ("GET", KEY): Row("ledgers.read", "key"),
    ("POST", f"{KEY}/export"): Row("ledgers.read", "key"),
    ("POST", f"{KEY}/issue"): Row("ledgers.issue", "key"),
    ("GET", "/ledgers/new"): Row("ledgers.read"),
    ("POST", "/ledgers/own"): Row("ledgers.read"),
    ("GET", OWN): Row("ledgers.read", "own_ledger"),
    ("POST", f"{OWN}/export"): Row("ledgers.read", "own_ledger"),
    ("POST", f"{OWN}/issue"): Row("ledgers.issue", "own_ledger"),
    ("GET", f"{OWN}/edit"): Row("ledgers.read", "own_ledger"),
    ("POST", f"{OWN}/edit"): Row("ledgers.read", "own_ledger"),
    ("GET", f"{OWN}/delete"): Row("ledgers.read", "own_ledger"),
    ("POST", f"{OWN}/delete"): Row("ledgers.read", "own_ledger"),
    ("GET", MADE): Row("ledgers.read", "ledger_issue"),
    ("GET", f"{MADE}/progress"): Row("ledgers.read", "ledger_issue"),
    ("GET", f"{MADE}/file"): Row("ledgers.read", "ledger_issue"),
    ("POST", f"{MADE}/export"): Row("ledgers.read", "ledger_issue"),
    ("GET", FILE): Row("ledgers.read", "ledger_export"),
    ("GET", f"{FILE}/progress"): Row("ledgers.read", "ledger_export"),
    ("GET", f"{FILE}/file"): Row("ledgers.read", "ledger_export"),
    ("GET", "/households/{household:uuid}/ledger"): Row("complaints.identity", "household"),
    ("GET", "/ledgers/check"): Row("public"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A ledger of everybody, an issue of the area and of another county, and an own one of each reader."""
    stage.put("key", "village_visits", "no_such_ledger")
    stage.put("ledger_issue", await _issue(TOWN), await _issue(OTHER_COUNTY))
    foreign = await _issue(OTHER_COUNTY)
    for name in ("outsider", "outside_officer", "outside_coordinator"):
        stage.put("ledger_issue", foreign, await _issue(TOWN), name)
    theirs = await _issue("", world.other_organization)
    mine = await _issue("", world.organization)
    stage.put("ledger_issue", mine, theirs, "manager")
    stage.put("ledger_issue", theirs, mine, "other_manager")
    hidden = await _own(world["admin"].me)
    stage.put("own_ledger", hidden, hidden)
    strange = await _export(world["admin"])
    stage.put("ledger_export", strange, strange)
    for name, actor in world.cast.items():
        if allows(actor.roles, "ledgers.read"):
            stage.put("ledger_export", await _export(actor), strange, name)
            stage.put("own_ledger", await _own(actor.me), hidden, name)


async def _issue(area: str, organization: UUID | None = None) -> UUID:
    key = uuid4()
    await LedgerIssue(
        id=key, code=check_code(), definition=json.dumps(_shown()), source="visits", period="2026-10", area=area,
        organization=organization, status="ready", sha256="0" * 64,
    ).save()  # fmt: skip
    return key


async def _export(actor: Actor) -> UUID:
    key = uuid4()
    await LedgerExport(
        id=key, owner=actor.me, definition=json.dumps(_shown()), period="2026-10", area=actor.scope, format="csv",
        organization=None if actor.scope else actor.organization, status="ready",
    ).save()  # fmt: skip
    return key


def _shown() -> dict[str, object]:
    return standing()["village_visits"].document()


async def _own(owner: UUID) -> UUID:
    key = uuid4()
    await OwnLedger(id=key, owner=owner, name="本站台账", source="visits", columns='["number", "day"]').save()
    return key
