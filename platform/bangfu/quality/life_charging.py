"""What is held against a quarter (DOMAIN.md 6.4): the proposal of a veto, with the units that it names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.agreements.tables import CareAgreement
from bangfu.contracts.tables import Contract
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.quality import life_veto_rules as rules
from bangfu.quality.life_moves import check_sees, locked_row, seal
from bangfu.quality.life_tables import ScoreVeto
from bangfu.quality.life_telling import HEARING, tell_office, watch_veto
from bangfu.shared import audit, files
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked
from bangfu.shared.numbering import fresh_number
from bangfu.supervision.calendar import current_calendar, end_of_working_day

SUBJECT: Final = "score_veto"
EVIDENCE: Final = "evidence"
SUMMON_DAYS: Final = 5
"""Working days in which the hearing is set [D]."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What is held against a subject's quarter. `visits`: the units that are forged or were served uncleared."""

    kind: str
    subject: UUID
    year: int
    quarter: int
    ground: str
    text: str
    source: str = "own"
    source_id: UUID | None = None
    visits: tuple[UUID, ...] = ()
    crime: bool = False
    evidence: tuple[Looked, ...] = field(default=())


async def propose(actor: Actor, key: UUID, charge: Charge, at: datetime) -> UUID:
    """Propose a veto; of one ground a quarter has one at a time. The system proposes what a check found.

    Raises:
        NotYours: for a contract or an agreement of another division.
        FormError: without a ground or words. Refused: for visits of another subject.
    """
    _check_charge(charge)
    async with transaction():
        about = await _subject(charge.kind, charge.subject)
        check_sees(actor, about["division"])
        await audit.hold(about["division"])
        known = await ScoreVeto.objects().get(ScoreVeto.id == key)
        if known is not None:
            if known.proposed_by != actor.user:
                raise NotYours
            return known.id
        same = await ScoreVeto.raw(
            "SELECT id FROM score_veto WHERE subject = {} AND year = {} AND quarter = {} AND ground = {}"
            " AND status <> 'dismissed'",
            charge.subject, charge.year, charge.quarter, charge.ground,
        )  # fmt: skip
        if same:
            return await _joined(actor, same[0]["id"], charge, at)
        await _check_visits(charge)
        row = await _write(actor, key, charge, about, at)
        for looked in charge.evidence:
            await files.keep(actor, SUBJECT, key, EVIDENCE, looked, at)
        await watch_veto(
            row, HEARING, "bureau_officer", end_of_working_day(at, SUMMON_DAYS, await current_calendar()), at
        )
        await tell_office(row.division, "veto_proposed", f"/vetoes/{key}", "bureau_lead", "bureau_officer",
                          number=row.number)  # fmt: skip
    return key


async def _joined(actor: Actor, veto: UUID, charge: Charge, at: datetime) -> UUID:
    """The same ground again: further units and evidence join the open veto."""
    row: ScoreVeto = await locked_row(ScoreVeto, veto)
    fresh = [each for each in charge.visits if each not in row.visits]
    if row.status in rules.OPEN and fresh:
        await _check_visits(charge)
        await ScoreVeto.update({"visits": [*row.visits, *fresh]}).where(ScoreVeto.id == row.id)
        await audit.record(
            actor, "score_veto.joined", SUBJECT, row.id, division=row.division,
            data={"number": row.number, "visits": len(fresh)}, at=at,
        )  # fmt: skip
    return veto


async def _write(actor: Actor, key: UUID, charge: Charge, about: Mapping[str, Any], at: datetime) -> ScoreVeto:
    row = ScoreVeto(
        id=key, number=await fresh_number(ScoreVeto), kind=charge.kind, subject=charge.subject,
        subject_number=about["number"], organization=about["organization"], division=about["division"],
        year=charge.year, quarter=charge.quarter, ground=charge.ground, source=charge.source,
        source_id=charge.source_id, visits=list(charge.visits), crime=charge.crime,
        text_enc=seal(SUBJECT, "text_enc", key, charge.text), proposed_by=actor.user, proposed_at=at,
    )  # fmt: skip
    await row.save()
    await audit.record(
        actor, "score_veto.proposed", SUBJECT, key, division=row.division,
        data={
            "number": row.number, "subject": charge.subject, "ground": charge.ground, "source": charge.source,
            "visits": len(charge.visits), "quarter": f"{charge.year}Q{charge.quarter}",
        },
        at=at,
    )  # fmt: skip
    return row


async def _subject(kind: str, subject: UUID) -> dict[str, Any]:
    """Number, division and organisation of a contract or an agreement."""
    if kind == "contract":
        contract = await Contract.objects().get(Contract.id == subject)
        if contract is not None:
            return {"number": contract.number, "division": contract.division, "organization": contract.supplier}
    agreement = await CareAgreement.objects().get(CareAgreement.id == subject) if kind == "agreement" else None
    if agreement is None:
        raise NotYours
    return {"number": agreement.number, "division": agreement.division, "organization": agreement.organization}


async def _check_visits(charge: Charge) -> None:
    if not charge.visits or charge.kind != "contract":
        return
    rows = await ScoreVeto.raw(
        "SELECT count(*) AS n FROM visit v JOIN contract_line l ON l.id = v.contract_line"
        " WHERE v.id = ANY({}::uuid[]) AND l.contract = {}",
        list(charge.visits), charge.subject,
    )  # fmt: skip
    if rows[0]["n"] != len(set(charge.visits)):
        raise Refused(N_("These visits do not belong to the contract."))


def _check_charge(charge: Charge) -> None:
    faults: dict[str, Any] = {}
    if charge.ground not in rules.GROUNDS:
        faults["ground"] = (N_("Please choose a reason."), {})
    if not charge.text.strip():
        faults["text"] = (N_("Please say why in a few words."), {})
    if charge.source not in rules.SOURCES or charge.quarter not in range(1, 5):
        faults["source"] = (N_("Please choose one of the list."), {})
    if faults:
        raise FormError(faults)
