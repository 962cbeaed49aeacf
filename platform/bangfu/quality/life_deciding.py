"""What an office decides after a veto or a second poor quarter: keep, suspend or end a contract, bar, report."""

from datetime import date, datetime
from uuid import UUID

from bangfu.errors import N_, FormError, NotAllowed
from bangfu.providers.barring import bar
from bangfu.quality import life_follow_rules as rules
from bangfu.quality.life_moves import check_sees, locked_row, move, repeated, seal
from bangfu.quality.life_tables import ScoreFollow, ScoreVeto
from bangfu.quality.life_telling import FOLLOW, settle, tell_provider
from bangfu.quality.life_veto_rules import BAR_GROUND
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction

NEEDS_DAY = frozenset({"barred", "reported"})
"""Outcomes that name a day: until when somebody is barred, on which day the authority was told."""


async def decide(actor: Actor, follow: UUID, outcome: str, text: str, day: date | None, at: datetime) -> None:
    """open -> done. The bureau's lead decides on a contract and on a bar (which is set with the decision), an officer
    says that the authority was told.

    Raises:
        NotYours, NotAllowed: of another division; for who does not decide this kind.
        FormError: without an outcome of the kind, its reason, or the day that it names.
        Refused: where it was decided.
    """
    async with transaction():
        row: ScoreFollow = await locked_row(ScoreFollow, follow)
        check_sees(actor, row.division)
        if not actor.has(decider_of(row.kind)):
            raise NotAllowed
        if await repeated(actor, row, "decide"):
            return
        _check(row.kind, outcome, text, day, at)
        if outcome == "barred" and row.organization is not None and day is not None:
            await bar(actor, row.organization, await _ground(row), day, text, at)
        await move(
            actor, row, "decide", at, data={"kind": row.kind, "outcome": outcome}, outcome=outcome, outcome_on=day,
            outcome_enc=seal("score_follow", "outcome_enc", row.id, text), decided_by=actor.user, decided_at=at,
        )  # fmt: skip
        await settle(actor, FOLLOW, row.id, at, evidence="score_follow.decided")
        if row.kind in {"contract_review", "termination_review"}:
            await tell_provider(
                row.organization, "contract_reviewed", f"/my-contracts/{row.subject}", number=row.subject_number
            )


def decider_of(kind: str) -> str:
    """The role that decides a matter of a kind."""
    if kind in rules.LEADS:
        return "bureau_lead"
    return "bureau_officer"


async def _ground(row: ScoreFollow) -> str:
    veto = await ScoreVeto.objects().get(ScoreVeto.id == row.veto) if row.veto else None
    return BAR_GROUND[veto.ground] if veto is not None else "other"


def _check(kind: str, outcome: str, text: str, day: date | None, at: datetime) -> None:
    faults: dict[str, tuple[str, dict[str, object]]] = {}
    if outcome not in rules.OUTCOMES.get(kind, ()):
        faults["outcome"] = (N_("Please choose one of the list."), {})
    if not text.strip():
        faults["text"] = (N_("Please say why in a few words."), {})
    if outcome in NEEDS_DAY and day is None:
        faults["day"] = (N_("Please enter the day."), {})
    elif outcome == "reported" and day is not None and day > civil_date(at):
        faults["day"] = (N_("This day is still to come."), {})
    if faults:
        raise FormError(faults)
