"""Deciding on a need that the norms propose: record it, record it with changes, or decline it with a reason.

One transaction each, under the household's row lock: two workers who answer the same proposal make one need.
"""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.catalogue.answers import Answer, Decline
from bangfu.catalogue.norms import plain_code
from bangfu.catalogue.proposals import Proposal, proposals_of
from bangfu.catalogue.tables import NormProposal
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.households.actions import on_relocation
from bangfu.households.locking import locked
from bangfu.households.sealing import seal
from bangfu.needs.facts import Wish
from bangfu.needs.recording import record_need
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction

Decided = Callable[[UUID, datetime], Awaitable[None]]
_decided: list[Decided] = []


def on_decision(reaction: Decided) -> None:
    """Let a later feature hear of a decision, in its transaction, as (household, at); registered once."""
    if reaction not in _decided:
        _decided.append(reaction)


async def accept(actor: Actor, household: UUID, answer: Answer, today: date, at: datetime) -> UUID:
    """Record the proposed need, as a draft or submitted. The same key again is the same need.

    Raises:
        NotYours: for a household of another area.
        Refused: if the facts or the needs are others by now.
        FormError: where visits or minutes differ from the norm and no reason is given.
    """
    async with transaction():
        home = await locked(actor, household)
        if await _is_own(actor, answer.key):
            return answer.key
        proposal = await _open(household, answer.service, answer.person, answer.fingerprint, today)
        changed = (answer.visits, answer.minutes) != (proposal.visits, proposal.minutes)
        if changed and not answer.reason:
            raise FormError({"reason": (N_("Say why the need differs from the norm."), {})})
        wish = Wish(
            answer.service, answer.person, answer.visits, answer.minutes, (), "", home.gender_wish, home.language,
            answer.reason, False, origin="norm", proposal=answer.key,
        )  # fmt: skip
        need = await record_need(actor, answer.key, household, wish, at, submit=answer.submit)
        await _store(
            actor, home, proposal, answer.key, "changed" if changed else "accepted", at, today=today,
            words=answer.reason if changed else "", need=need, visits=answer.visits,
        )  # fmt: skip
        return need


async def decline(actor: Actor, household: UUID, answer: Decline, today: date, at: datetime) -> None:
    """Keep that the need is not recorded, and why; it is asked again on the day or when the facts change.

    Raises:
        NotYours, Refused: as `accept`.
    """
    async with transaction():
        home = await locked(actor, household)
        if await _is_own(actor, answer.key):
            return
        proposal = await _open(household, answer.service, answer.person, answer.fingerprint, today)
        await _store(
            actor, home, proposal, answer.key, "declined", at, today=today, reason=answer.code, words=answer.words,
            revisit_on=answer.revisit_on,
        )  # fmt: skip


async def _open(household: UUID, service: str, person: UUID | None, fingerprint: str, today: date) -> Proposal:
    for proposal in await proposals_of(household, today):
        same = proposal.due.service == service and proposal.due.person == person
        if same and proposal.fingerprint == fingerprint and proposal.state in {"open", "declined"}:
            return proposal
    raise Refused(N_("This proposal was decided meanwhile, or the facts have changed. Look at the page again."))


async def _is_own(actor: Actor, key: UUID) -> bool:
    row = await NormProposal.objects().get(NormProposal.id == key)
    if row is not None and row.decided_by != actor.user:
        raise NotYours
    return row is not None


async def _store(
    actor: Actor, home: Any, proposal: Proposal, key: UUID, decision: str, at: datetime, *, today: date,
    reason: str = "", words: str = "", revisit_on: date | None = None, need: UUID | None = None, visits: int = 0,
) -> None:  # fmt: skip
    due = proposal.due
    await NormProposal(
        id=key, household=home.id, person=due.person, division=home.division, service=due.service,
        norm=plain_code(due), fingerprint=proposal.fingerprint, decision=decision, reason=reason,
        words_enc=seal("norm_proposal", "words_enc", key, words), revisit_on=revisit_on, need=need, visits=visits,
        decided_by=actor.user, decided_at=at,
    ).save()  # fmt: skip
    await audit.record(
        actor, f"norm.{decision}", "norm_proposal", key, division=home.division, at=at,
        data={"household": str(home.id), "service": due.service, "norm": plain_code(due), "visits": visits,
              "code": reason, "on": today},
    )  # fmt: skip
    for reaction in _decided:
        await reaction(home.id, at)


async def _follow_household(household: UUID, division: str) -> None:
    """What was decided for a household moves with it."""
    await NormProposal.update({NormProposal.division: division}).where(NormProposal.household == household)


on_relocation(_follow_household)
