"""What quality hears of: a spot check that found forgery, a complaint that was decided to be true (DOMAIN.md 6.4)."""

from datetime import datetime
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.complaints import hooks as complaint_hooks
from bangfu.complaints.rules import may_mean_veto
from bangfu.complaints.tables import Complaint
from bangfu.contracts import life_hooks as contract_hooks
from bangfu.oversight import check_hooks
from bangfu.oversight.check_tables import SpotCheck
from bangfu.quality.life_charging import Charge, propose
from bangfu.quality.life_risk import final_bands
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.civil_time import civil_date, quarter_of
from bangfu.visits.tables import Visit

GROUND_OF: Final = {"fraud": "forged", "harm": "harm", "fee_demand": "fee_demand", "privacy": "data_leak"}
"""Kind of a complaint -> ground of the veto that it may mean."""
_WORDS: Final = {
    "check": "抽查认定服务记录不实。 A spot check found that the record was forged.",
    "complaint": "投诉查证属实。 A complaint was found to be true.",
}


async def of_check(actor: Actor, check: SpotCheck, at: datetime) -> None:
    """Propose a veto for the quarter of the visit."""
    visit = await Visit.objects().get(Visit.id == check.visit) if check.visit else None
    if visit is None:
        return
    year, quarter = quarter_of(civil_date(visit.planned_start))
    charge = Charge(
        "contract", check.contract, year, quarter, "forged", _WORDS["check"], source="check", source_id=check.id,
        visits=(visit.id,) if visit.contract_line is not None else (),
    )  # fmt: skip
    await propose(SYSTEM, uuid5(NAMESPACE_URL, f"veto:check:{check.id}"), charge, at)


async def of_complaint(actor: Actor, complaint: Complaint, at: datetime) -> None:
    """Propose a veto where a complaint of a grave kind about a contract was found true, but not what the provider
    reported itself: mistakes that are told are corrected, not punished."""
    ground = GROUND_OF.get(complaint.kind, "")
    contract: UUID | None = complaint.contract
    if not ground or contract is None or complaint.result not in {"substantiated", "partly"}:
        return
    if complaint.self_reported or not may_mean_veto(complaint.kind):
        return
    year, quarter = quarter_of(civil_date(complaint.decided_at or at))
    charge = Charge(
        "contract", contract, year, quarter, ground, _WORDS["complaint"], source="complaint", source_id=complaint.id
    )
    await propose(SYSTEM, uuid5(NAMESPACE_URL, f"veto:complaint:{complaint.id}"), charge, at)


async def band_of(contract: UUID) -> str:
    """The band of a contract's last final quarter, for its page."""
    return (await final_bands([contract])).get(contract, "")


def register() -> None:
    """Listen; repeating it changes nothing."""
    contract_hooks.on_band(band_of)
    check_hooks.after("forged", of_check)
    complaint_hooks.after("decided", of_complaint)
