"""Pages of what follows from a score: the bureau's list, one matter, and the provider's rectifications."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, NotYours
from bangfu.quality import life_deciding, life_follow_rules, life_following
from bangfu.quality.life_pages import LONGEST, acted, posted_papers, tabs_at
from bangfu.quality.life_reading import file_of, follows_for, of_organization, own, seen
from bangfu.shared.civil_time import parse_date
from bangfu.shared.clock import now
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import file_answer
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, page

_ONE: Final = "/rectifications/{follow:uuid}"
_OWN: Final = "/my-rectifications/{follow:uuid}"
TABLE: Final = "score_follow"


@get("/rectifications", guards=[requires("quality.read")])
async def list_follows(request: Request) -> Page:
    """Everything that follows from scores in the area, the nearest deadline first."""
    status = "all" if request.query_params.get("status") == "all" else "open"
    kind = request.query_params.get("kind", "")
    kind = kind if kind in life_follow_rules.KINDS else ""
    rows = await follows_for(request.actor, "" if status == "all" else "open", kind)
    return await page(
        request, "quality/life/follows.html", rows=rows, state=status, kind=kind, kinds=life_follow_rules.KINDS,
        at=now(), tabs=tabs_at("/rectifications"),
    )  # fmt: skip


@get(_ONE, guards=[requires("quality.read")])
async def show_follow(request: Request, follow: FromPath[UUID]) -> Page:
    """One matter."""
    return await _show(request, follow, None, None)


async def _show(request: Request, follow: UUID, form: Form | None, error: FormError | None) -> Page:
    actor = request.actor
    row = await seen(actor, TABLE, follow)
    mine = bool(life_follow_rules.why_not_check(row["confirmed_by"], row["handed_in_by"], actor.user))
    decides = row["status"] == "open" and row["kind"] in life_follow_rules.OUTCOMES
    return await page(
        request, "quality/life/follow.html", 422 if error else 200, f=row, at=now(), form=form or {},
        errors=error_texts(error.fields) if error else {}, tabs=tabs_at("/rectifications"), mine=mine,
        may_judge=allows(actor.roles, "quality.follow") and row["status"] == "handed_in" and not mine,
        may_decide=decides and actor.has(life_deciding.decider_of(row["kind"])),
        outcomes=life_follow_rules.OUTCOMES.get(row["kind"], ()),
    )  # fmt: skip


@post(f"{_ONE}/judge", guards=[requires("quality.follow")], status_code=200)
async def judge(request: Request, follow: FromPath[UUID]) -> Page:
    """Record the follow-up check."""
    await seen(request.actor, TABLE, follow)

    async def act(form: Form, at: datetime, _posted: Any) -> None:
        code, text = form.choice("result", ("accept", "return")), form.text("text", most=LONGEST)
        form.check()
        await life_following.judge(request.actor, follow, code == "accept", text, at)

    return await _act(request, follow, act, N_("The follow-up check is recorded; the provider was told."))


@post(f"{_ONE}/decide", guards=[requires("quality.outcome")], status_code=200)
async def decide(request: Request, follow: FromPath[UUID]) -> Page:
    """Decide a review, a bar, a report."""
    row = await seen(request.actor, TABLE, follow)

    async def act(form: Form, at: datetime, _posted: Any) -> None:
        outcome = form.choice("outcome", life_follow_rules.OUTCOMES.get(row["kind"], ()))
        text, day = form.text("text", most=LONGEST), form.day("day", parse_date, required=False)
        form.check()
        await life_deciding.decide(request.actor, follow, outcome, text, day, at)

    return await _act(request, follow, act, N_("The decision is recorded."))


async def _act(request: Request, follow: UUID, act: Any, done: str) -> Page:
    async def show(form: Form | None, error: FormError | None) -> Page:
        return await _show(request, follow, form, error)

    return await acted(request, act, show, done, f"/rectifications/{follow}")


@get(f"{_ONE}/files/{{file:uuid}}", guards=[requires("quality.read")])
async def follow_file(request: Request, follow: FromPath[UUID], file: FromPath[UUID]) -> Response[bytes]:
    """A piece of evidence."""
    await seen(request.actor, TABLE, follow)
    return file_answer(await file_of(TABLE, follow, file))


@get("/my-rectifications", guards=[requires("quality.own")])
async def own_follows(request: Request) -> Page:
    """What the scores ask of the organisation, and the vetoes about which it is heard."""
    rows = [row for row in await of_organization("score_follow", request.actor) if _told(row)]
    vetoes = await of_organization("score_veto", request.actor)
    return await page(request, "quality/life/my_follows.html", rows=rows, vetoes=vetoes, at=now())


def _told(row: dict[str, Any]) -> bool:
    """The provider sees what it works on, and how reviews ended; not what the bureau still weighs."""
    return row["kind"] == "rectification" or (
        row["status"] == "done" and row["kind"] in {"contract_review", "termination_review"}
    )


@get(_OWN, guards=[requires("quality.own")])
async def own_follow(request: Request, follow: FromPath[UUID]) -> Page:
    """One rectification with its form."""
    return await _own(request, follow, None, None)


async def _own(request: Request, follow: UUID, form: Form | None, error: FormError | None) -> Page:
    row = await own(request.actor, TABLE, follow)
    _check_told(row)
    return await page(
        request, "quality/life/my_follow.html", 422 if error else 200, f=row, at=now(), form=form or {},
        errors=error_texts(error.fields) if error else {},
    )  # fmt: skip


def _check_told(row: dict[str, Any]) -> None:
    if not _told(row):
        raise NotYours


@post(_OWN, guards=[requires("quality.own")], status_code=200)
async def hand_in(request: Request, follow: FromPath[UUID]) -> Page:
    """Hand in plan and evidence."""
    _check_told(await own(request.actor, TABLE, follow))

    async def act(form: Form, at: datetime, posted: Any) -> None:
        plan = form.text("plan", most=LONGEST)
        form.check()
        await life_following.hand_in(request.actor, follow, plan, await posted_papers(posted), at)

    async def show(form: Form | None, error: FormError | None) -> Page:
        return await _own(request, follow, form, error)

    done = N_("The rectification is handed in; the bureau checks it.")
    return await acted(request, act, show, done, f"/my-rectifications/{follow}")


@get(f"{_OWN}/files/{{file:uuid}}", guards=[requires("quality.own")])
async def own_follow_file(request: Request, follow: FromPath[UUID], file: FromPath[UUID]) -> Response[bytes]:
    """A piece of own evidence."""
    _check_told(await own(request.actor, TABLE, follow))
    return file_answer(await file_of(TABLE, follow, file))


ROUTES: list[Any] = [
    list_follows, show_follow, judge, decide, follow_file, own_follows, own_follow, hand_in, own_follow_file,
]  # fmt: skip
