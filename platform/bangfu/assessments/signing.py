"""The two signatures, each by own sign-in: the first freezes the arithmetic, the second lets it count (DOMAIN.md 3)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.accounts.tables import User
from bangfu.assessments import rules
from bangfu.assessments.commissions import commission_of
from bangfu.assessments.conflicts import check_apart
from bangfu.assessments.effects import take_effect
from bangfu.assessments.moves import already, check_first, check_role, entered, move
from bangfu.assessments.recording import document_of, other_answers
from bangfu.assessments.results import Result
from bangfu.assessments.scoring import Document, score
from bangfu.assessments.sealing import answers_of, result_of, sealed_result, sealed_text
from bangfu.assessments.tables import Assessment
from bangfu.errors import N_, FormError, Refused
from bangfu.households.tables import Household
from bangfu.messages.actions import send
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction


async def sign_first(actor: Actor, assessment: UUID, second: UUID | None, contradiction: str, at: datetime) -> None:
    """draft -> signed_first, naming who signs second; a form of an older standard takes effect at once.

    Raises:
        NotYours: if it is not the actor's to see.
        FormError: without a second assessor, or without a reason where answers contradict each other.
        Refused: while answers are missing, or if one of the two has a tie to the household.
    """
    async with transaction():
        row, home = await entered(actor, assessment)
        document = await document_of(row.form)
        action = "record_import" if document.get("import_only") else "sign_first"
        if await already(actor, row, action):
            return
        check_first(actor, row.first_assessor)
        check_role(actor, row, action)
        result = await _complete(row, document)
        _check_contradiction(result, contradiction)
        await check_apart(actor.me, row.household, _disputed(row), civil_date(at))
        changes: dict[str, Any] = {
            "arithmetic_enc": sealed_result(row.id, result), "first_signed_at": at,
            "contradiction_enc": sealed_text(row.id, "contradiction_enc", contradiction if result.warnings else ""),
        }  # fmt: skip
        if action == "record_import":
            ended = _outcome(row, home, result, at)
            await take_effect(actor, row, home, document, at, action=action, **changes, **ended)
            return
        await check_second(row, second, at)
        await move(actor, row, action, at, second_assessor=second, **changes)
        await send([second] if second else [], "assessment_to_sign", f"/assessments/{row.id}", {"number": row.number})


async def sign_second(actor: Actor, assessment: UUID, at: datetime) -> None:
    """signed_first -> completed -> valid: only now the level counts and is written, in this transaction.

    Raises:
        NotYours: if it is not the actor's to see.
        Refused: for anybody but the named second assessor, or if one of the two has a tie to the household.
    """
    async with transaction():
        row, home = await entered(actor, assessment)
        if await already(actor, row, "sign_second"):
            return
        _check_second_signs(actor, row)
        check_role(actor, row, "sign_second")
        for assessor in (row.first_assessor, actor.me):
            await check_apart(assessor, row.household, _disputed(row), civil_date(at))
        result = result_of(row.to_dict())
        assert result is not None  # noqa: S101 (the first signature froze it)
        under = await commission_of([row.first_assessor, actor.me], row.division, row.assessed_on)
        ended = {**_outcome(row, home, result, at), "commission": under}
        await move(actor, row, "sign_second", at, second_signed_at=at, **ended)
        await take_effect(actor, row, home, await document_of(row.form), at)
        await send([row.first_assessor], "assessment_completed", f"/assessments/{row.id}", {"number": row.number})


async def send_back(actor: Actor, assessment: UUID, reason: str, at: datetime) -> None:
    """signed_first -> draft: the second assessor does not agree; the first signature falls.

    Raises:
        NotYours: if it is not the actor's to see.
        Refused: for anybody but the named second assessor.
    """
    async with transaction():
        row, _ = await entered(actor, assessment)
        if await already(actor, row, "send_back"):
            return
        _check_second_signs(actor, row)
        await _reopen(actor, row, "send_back", at, reason)
        await send([row.first_assessor], "assessment_sent_back", f"/assessments/{row.id}", {"number": row.number})


async def take_back(actor: Actor, assessment: UUID, at: datetime) -> None:
    """signed_first -> draft: the first assessor corrects something before the second signs.

    Raises:
        NotYours: if it is not the actor's to see.
        Refused: for anybody but the first assessor, or once the second has signed.
    """
    async with transaction():
        row, _ = await entered(actor, assessment)
        if await already(actor, row, "take_back"):
            return
        check_first(actor, row.first_assessor)
        await _reopen(actor, row, "take_back", at, "")


async def void(actor: Actor, assessment: UUID, reason: str, at: datetime) -> None:
    """draft or signed_first -> void: it was begun by mistake; the record stays, with the reason.

    Raises:
        NotYours: if it is not the actor's to see.
        Refused: for anybody but the first assessor, or once it is completed.
    """
    async with transaction():
        row, _ = await entered(actor, assessment)
        if await already(actor, row, "void"):
            return
        check_first(actor, row.first_assessor)
        check_role(actor, row, "void")
        sealed = sealed_text(row.id, "ended_reason_enc", reason)
        await move(actor, row, "void", at, ended_reason_enc=sealed)


async def check_second(row: Assessment, second: UUID | None, at: datetime) -> None:
    """The second assessor is another active assessor of the area without a tie to the household.

    Raises:
        FormError: if nobody, or nobody fit, is named.
        Refused: for a tie to the household.
    """
    if second is None or second == row.first_assessor:
        raise FormError({"second": (N_("Please name the second assessor: another person than yourself."), {})})
    user = await User.objects().get(User.id == second)
    fit = user is not None and user.active and not rules.ASSESSORS.isdisjoint(user.roles)
    if user is None or not fit or not user.scope or not row.division.startswith(user.scope):
        raise FormError({"second": (N_("Please choose one of the list."), {})})
    await check_apart(second, row.household, _disputed(row), civil_date(at))


def _check_second_signs(actor: Actor, row: Assessment) -> None:
    if row.second_assessor is None or actor.user != row.second_assessor:
        raise Refused(N_("Only the second assessor who is named signs here, with an own sign-in."))


async def _reopen(actor: Actor, row: Assessment, action: str, at: datetime, reason: str) -> None:
    check_role(actor, row, action)
    await move(
        actor, row, action, at, reason=reason, first_signed_at=None, second_assessor=None, arithmetic_enc="",
        contradiction_enc="",
    )  # fmt: skip


def _disputed(row: Assessment) -> UUID | None:
    return row.previous if row.reason == "dispute" else None


async def _complete(row: Assessment, document: Document) -> Result:
    values = row.to_dict()
    result = score(document, answers_of(values), await other_answers(values, document))
    if not result.complete:
        raise Refused(
            N_("{n} answers are missing; without them there is no level."), n=len(result.missing) + len(result.faults)
        )
    return result


def _check_contradiction(result: Result, reason: str) -> None:
    if result.warnings and not reason.strip():
        raise FormError({"contradiction": (N_("Please say why the answers that contradict each other stand."), {})})


def _outcome(row: Assessment, home: Household, result: Result, at: datetime) -> dict[str, Any]:
    return {
        "preliminary_level": result.preliminary, "final_level": result.level, "completed_at": at,
        "valid_until": rules.valid_until(row.assessed_on, home.category),
    }  # fmt: skip
