"""A claim from open to approved: claimed, reviewed, approved, or given back with a reason (DOMAIN.md 8.9, 8.11)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused, for_second_duty
from bangfu.quality.tables import QuarterScore
from bangfu.settlement import bearing, doubting, rules, telling, writing
from bangfu.settlement.claim_moves import Held, move
from bangfu.settlement.tables import Claim
from bangfu.settlement.terms import terms_of
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import encrypt
from bangfu.shared.database import transaction
from bangfu.shared.tables import AuditEvent

DOUBTED = N_(
    "Visits of claim {number} were put in doubt: what they come to is held until that is decided, and the organisation"
    " claims the rest with another invoice."
)
LONGEST_INVOICE = 48
LONGEST_TEXT = 500


async def entered(actor: Actor, claim: UUID, action: str) -> tuple[Held, rules.Transition | None]:
    """Lock a claim for an action after the access check; inside the caller's transaction.

    Returns:
        The rows and the line of the table; None where this person took the action already (a double click).

    Raises:
        NotYours: for a claim that is not the actor's to see.
        NotAllowed: if the table gives the action to others.
        Refused: if the state does not allow it, or the person holds another duty on the claim (409).
    """
    known = await Claim.objects().get(Claim.id == claim)
    if known is None or not sees(actor, known):
        raise NotYours
    await audit.hold(known.division)
    statement = await writing.locked(known.statement)
    row = await Claim.objects().where(Claim.id == claim).first().lock_rows("NO KEY UPDATE")
    assert statement is not None  # noqa: S101 (never deleted)
    assert row is not None  # noqa: S101 (never deleted)
    held = Held(row, statement)
    lines = [line for line in rules.CLAIM_MACHINE.table.values() if line.action == action]
    duty = lines[0].duty
    if duty and getattr(row, duty) == actor.user and actor.user and row.status in {line.target for line in lines}:
        return held, None
    if not duty and row.returned_by == actor.user and row.status == lines[0].target and action == "return":
        return held, None
    step = rules.CLAIM_MACHINE.step(row.status, action)
    if step.roles.isdisjoint(actor.roles):
        raise NotAllowed
    if sentence := await _barred(actor, held, step):
        raise for_second_duty(Refused(sentence), action)
    return held, step


def sees(actor: Actor, claim: Claim) -> bool:
    """An organisation sees its own claims, the bureau and finance those of their area."""
    if actor.has("provider_manager"):
        return actor.organization is not None and actor.organization == claim.organization
    return actor.has("system") or actor.sees(claim.division)


async def _barred(actor: Actor, held: Held, step: rules.Transition) -> str:
    score = await QuarterScore.objects().get(QuarterScore.id == held.statement.score) if held.statement.score else None
    terms = await terms_of(held.statement.kind, held.statement.subject)
    done = await _done_by(actor, held.claim)
    return rules.why_not(step.duty, actor.user, done, score.confirmed_by if score else None, terms.makers)


async def _done_by(actor: Actor, row: Claim) -> set[str]:
    """The duties that a person has taken on a claim so far, those of rounds that were returned included."""
    rows = await AuditEvent.raw(
        "SELECT DISTINCT action FROM audit_event WHERE subject_type = 'settlement_claim' AND subject = {}"
        " AND actor = {}",
        str(row.id), actor.user,
    )  # fmt: skip
    events = {each["action"].removeprefix("settlement_claim.") for each in rows}
    acted = {step.duty for step in rules.CLAIM_MACHINE.table.values() if step.event in events and step.duty}
    return acted | {duty for duty in rules.DUTIES if actor.user and getattr(row, duty) == actor.user}


async def claim(
    actor: Actor, key: UUID, invoice: str, agreed: bool, at: datetime, *, shown: tuple[str, str] | None = None
) -> None:
    """open or returned -> claimed by the organisation: the invoice's number, and that it shows the computed amount.

    Args:
        shown: amount and version of the claim as the person saw them, as text; an open claim follows every new
            revision of the score, and the tick speaks of the amount on the page.

    Raises:
        FormError: without the number of the invoice, or without the tick; for an invoice that was used already.
        NotYours, NotAllowed, Refused: see `entered`; Refused too if the claim is not what was shown.
    """
    number = invoice.strip()
    faults: dict[str, tuple[str, Mapping[str, object]]] = {}
    if not number or len(number) > LONGEST_INVOICE:
        faults["invoice"] = (N_("Please enter the number of the invoice, at most 48 characters."), {})
    if not agreed:
        faults["agreed"] = (N_("Please confirm that the invoice shows exactly this amount."), {})
    if faults:
        raise FormError(faults)
    async with transaction():
        held, step = await entered(actor, key, "claim")
        if step is None:
            return
        if shown is not None and shown != (f"{held.claim.amount:.2f}", str(held.claim.version)):
            raise Refused(
                N_(
                    "This payment has changed since you opened the page: it comes to {amount} yuan now. The invoice"
                    " must show exactly that; please look at it again."
                ),
                amount=f"{held.claim.amount:,.2f}",
            )
        await _check_unused(held.claim, number)
        await move(
            actor, held, step, at, claimed_by=actor.user, claimed_at=at, invoice=number, returned_by=None,
            returned_at=None, returned_reason="", text_enc="", reviewed_by=None, reviewed_at=None, approved_by=None,
            approved_at=None,
        )  # fmt: skip
        row = held.claim
        if row.due_on is not None:
            await telling.watch_payment(row, row.due_on, at)
        href = f"/settlements/{row.statement}"
        await telling.tell_office(row.division, "claim_made", href, "bureau_officer", number=row.number)


async def _check_unused(row: Claim, invoice: str) -> None:
    used = await Claim.exists().where(
        (Claim.organization == row.organization) & (Claim.invoice == invoice) & (Claim.id != row.id)
    )
    if used:
        raise FormError({"invoice": (N_("This invoice was used for another claim already."), {})})


async def look_for_doubts(actor: Actor, key: UUID, at: datetime) -> None:
    """Before a claim goes on: what visits that are in doubt by now come to is held, and the rest is claimed anew.

    Raises:
        Refused: if the claim went back to the organisation for that.
    """
    known = await Claim.objects().get(Claim.id == key)
    if known is None or not sees(actor, known):
        return
    if key in await doubting.follow(known.statement, at):
        raise Refused(DOUBTED, number=known.number)


async def review(actor: Actor, key: UUID, at: datetime) -> None:
    """claimed -> bureau_reviewed: lines and caps bear it, and none of its visits is in doubt meanwhile.

    Raises:
        Refused: beside `entered`, if a line or a cap does not bear it, or a doubt has just lowered it (doubting).
    """
    await look_for_doubts(actor, key, at)
    async with transaction():
        held, step = await entered(actor, key, "review")
        if step is None:
            return
        await bearing.check(held.claim.id)
        await move(actor, held, step, at, reviewed_by=actor.user, reviewed_at=at)
        href = f"/settlements/{held.claim.statement}"
        await telling.tell_office(held.claim.division, "claim_reviewed", href, "bureau_lead", number=held.claim.number)


async def approve(actor: Actor, key: UUID, at: datetime) -> None:
    """bureau_reviewed -> lead_approved: finance may pay. Refuses what `review` refuses."""
    await look_for_doubts(actor, key, at)
    async with transaction():
        held, step = await entered(actor, key, "approve")
        if step is None:
            return
        await bearing.check(held.claim.id)
        await move(actor, held, step, at, approved_by=actor.user, approved_at=at)
        await telling.tell_office(
            held.claim.division, "claim_approved", "/payments", "finance_officer", number=held.claim.number
        )


async def give_back(actor: Actor, key: UUID, reason: str, text: str, at: datetime) -> None:
    """claimed or bureau_reviewed -> returned to the organisation, with a reason and words.

    Raises:
        FormError: without one of them.
    """
    faults: dict[str, tuple[str, Mapping[str, object]]] = {}
    if reason not in rules.RETURN_REASONS:
        faults["return_reason"] = (N_("Please choose a reason."), {})
    if not text.strip():
        faults["return_text"] = (N_("Please say why in a few words."), {})
    if faults:
        raise FormError(faults)
    async with transaction():
        held, step = await entered(actor, key, "return")
        if step is None:
            return
        sealed = encrypt(text.strip()[:LONGEST_TEXT], f"settlement_claim:text_enc:{key}")
        await move(
            actor, held, step, at, reason=reason, returned_by=actor.user, returned_at=at, returned_reason=reason,
            text_enc=sealed,
        )  # fmt: skip
        await telling.given_back(actor, key, at)
        row = held.claim
        await telling.tell_organization(
            row.organization, "claim_returned", f"/my-settlements/{row.statement}", number=row.number
        )
