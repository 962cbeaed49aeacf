"""Who hears of what happens to a score, and the deadlines that supervision watches."""

from datetime import datetime
from typing import Final
from uuid import UUID

from bangfu.accounts.queries import managers_of, user_of_carer, users_with
from bangfu.messages.actions import send
from bangfu.quality.life_tables import ScoreAppeal, ScoreFollow, ScoreVeto
from bangfu.quality.tables import QuarterScore
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import SHANGHAI
from bangfu.supervision.actions import Timed, drop, settle, watch

PUBLISH: Final = "score.publish"
FACTS: Final = "score.facts"
DECIDE: Final = "score.decide"
REVIEW: Final = "score.review"
HEARING: Final = "score.hearing"
VETO: Final = "score.veto"
RECTIFY: Final = "score.rectify"
CHECK: Final = "score.check"
FOLLOW: Final = "score.follow"
__all__ = [
    "CHECK", "DECIDE", "FACTS", "FOLLOW", "HEARING", "PUBLISH", "RECTIFY", "REVIEW", "VETO", "drop", "settle",
    "tell_office", "tell_provider", "watch_appeal", "watch_follow", "watch_publish", "watch_veto",
]  # fmt: skip


async def tell_provider(
    organization: UUID | None, kind: str, href: str, *, carer: UUID | None = None, **params: object
) -> None:
    """The managers of an organisation, and the caregiver whose agreement it is about."""
    told = await managers_of(organization) if organization is not None else []
    told += await user_of_carer(carer) if carer is not None else []
    if told:
        await send(told, kind, href, params)


async def tell_office(division: str, kind: str, href: str, *roles: str, **params: object) -> None:
    """Everybody who holds one of the roles and sees the division."""
    users = [user for role in roles for user in await users_with(role, division)]
    await send(users, kind, href, params)


async def watch_publish(score: QuarterScore, until: datetime, at: datetime) -> None:
    """The preliminary score is published by then."""
    await watch(
        SYSTEM,
        Timed(
            kind=PUBLISH, subject_type="quarter_score", subject=score.id, href=f"/scores/{score.id}",
            division=score.division, due_at=until, number=score.number, unit="bureau", role="bureau_officer",
        ),
        at,
    )  # fmt: skip


async def watch_appeal(appeal: ScoreAppeal, kind: str, until: datetime, at: datetime) -> None:
    """The township's answer (score.facts), the bureau's decision (score.decide), the review (score.review)."""
    township = kind == FACTS
    await watch(
        SYSTEM,
        Timed(
            kind=kind, subject_type="score_appeal", subject=appeal.id, href=f"/appeals/{appeal.id}",
            division=appeal.township.ljust(12, "0") if township else appeal.division, due_at=until,
            number=appeal.number, unit="township" if township else "bureau",
            role="township_officer" if township else "bureau_officer",
        ),
        at,
    )  # fmt: skip


async def watch_veto(veto: ScoreVeto, kind: str, role: str, until: datetime, at: datetime) -> None:
    """A hearing to hold, a veto to decide on."""
    await watch(
        SYSTEM,
        Timed(
            kind=kind, subject_type="score_veto", subject=veto.id, href=f"/vetoes/{veto.id}", division=veto.division,
            due_at=until, number=veto.number, unit="bureau", role=role,
        ),
        at,
    )  # fmt: skip


async def watch_follow(row: ScoreFollow, kind: str, role: str, until: datetime, at: datetime) -> None:
    """A rectification to hand in (by the provider) or to check, a review to decide."""
    own, township = kind == RECTIFY, role == "township_officer"
    await watch(
        SYSTEM,
        Timed(
            kind=kind, subject_type="score_follow", subject=row.id,
            href=f"/my-rectifications/{row.id}" if own else f"/rectifications/{row.id}", division=row.division,
            due_at=until, number=row.number, unit="organization" if own else "township" if township else "bureau",
            organization=row.organization if own else None, role="" if own else role,
        ),
        at,
    )  # fmt: skip


def day_of(moment: datetime) -> str:
    """A deadline's day for a message."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d}"
