"""What a household asks for and tells on its page: another time or person, stars for a visit, a complaint."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post

from bangfu.complaints import intake
from bangfu.complaints.forms import LEAST_WORDS, MOST_WORDS
from bangfu.complaints.routing import About
from bangfu.complaints.tables import Complaint
from bangfu.errors import N_, NotYours
from bangfu.family import policy, reading, rules, saying
from bangfu.family.day_words import day_words
from bangfu.family.entering import PATH, Home
from bangfu.family.home_routes import DONE
from bangfu.family.pages import acted, home_of, over, show
from bangfu.feedback import rules as star_rules
from bangfu.feedback.visit_rating import give_for_visit
from bangfu.shared import i18n
from bangfu.shared.actor import SYSTEM
from bangfu.shared.civil_time import civil_date, parse_date
from bangfu.shared.clock import now
from bangfu.shared.crypto import audit_hash
from bangfu.shared.web.access import public
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, go

Errors = dict[str, str]


def _lang() -> str:
    return "zh" if i18n.current() == "zh" else "en"


def _asked(request: Request) -> UUID | None:
    return _uuid(request.query_params.get("visit", ""))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@get(f"{PATH}/change", guards=[public])
async def change_form(request: Request) -> Page:
    """What should be another way about a visit."""
    home = await home_of(request)
    return await over(request) if home is None else await _change_form(request, home, _asked(request), now())


async def _change_form(
    request: Request, home: Home, visit: UUID | None, at: datetime, status: int = 200, **more: Any
) -> Page:
    return await show(
        request, home, "change.html", status, visit=await reading.visit_for(home, visit, at, ahead=True),
        wishes=rules.WISHES, parts=rules.PARTS, most=policy.MOST_WORDS, key=uuid4(), **more,
    )  # fmt: skip


@post(f"{PATH}/change", guards=[public], status_code=200)
async def change(request: Request) -> Page:
    """Ask for it: a task of the station."""

    async def act(home: Home, form: Form, at: datetime) -> Page:
        visit, key = _uuid(form.get("visit", "")), form.uuid("key", required=False)
        wish = saying.Wish(
            key or uuid4(), form.choice("wish", rules.WISHES), form.day("day", parse_date, required=False),
            form.choice("part", rules.PARTS, required=False),
            form.text("words", required=False, most=policy.MOST_WORDS),
        )  # fmt: skip
        form.check()
        if visit is None:
            raise NotYours
        due = await saying.ask(request.visitor, home, visit, wish, at)
        return await show(request, home, "asked.html", until=day_words(civil_date(due), _lang()))

    async def again(home: Home, form: Form, at: datetime, errors: Errors, status: int) -> Page:
        visit = _uuid(form.get("visit", ""))
        return await _change_form(request, home, visit, at, status, form=form, errors=errors)

    return await acted(request, act, again)


@get(f"{PATH}/stars", guards=[public])
async def stars_form(request: Request) -> Page:
    """Five stars for one visit."""
    home = await home_of(request)
    return await over(request) if home is None else await _stars_form(request, home, _asked(request), now())


async def _stars_form(
    request: Request, home: Home, visit: UUID | None, at: datetime, status: int = 200, **more: Any
) -> Page:
    return await show(
        request, home, "stars.html", status, visit=await reading.visit_for(home, visit, at, ahead=False), key=uuid4(),
        stars=list(reversed(star_rules.STARS)), most=policy.MOST_WORDS, **more,
    )  # fmt: skip


@post(f"{PATH}/stars", guards=[public], status_code=200)
async def give_stars(request: Request) -> Page:
    """Keep them."""

    async def act(home: Home, form: Form, at: datetime) -> Page:
        stars, visit = form.whole("stars", least=1, most=5), _uuid(form.get("visit", ""))
        key, words = form.uuid("key", required=False), form.text("words", required=False, most=policy.MOST_WORDS)
        source = form.choice("source", ["self", "guardian"], required=False) or "self"
        form.check()
        await saying.check_visitor(request.visitor, home)
        if visit is None or not await saying.told_of(home, visit, at):
            raise NotYours
        await give_for_visit(
            request.visitor, home.household, visit, key or uuid4(), stars or 0, source, words, _traits(request), at
        )
        return go(request, f"{PATH}?done={DONE['stars']}#last")

    async def again(home: Home, form: Form, at: datetime, errors: Errors, status: int) -> Page:
        return await _stars_form(
            request, home, _uuid(form.get("visit", "")), at, status, form=form, errors=errors
        )  # fmt: skip

    return await acted(request, act, again)


def _traits(request: Request) -> str:
    """A keyed hash of network and browser, as the scores by a quarter's card keep it."""
    network = request.client.host if request.client else ""
    return audit_hash(f"rating:{network}:{request.headers.get('user-agent', '')[:200]}")


@get(f"{PATH}/complain", guards=[public])
async def complain_form(request: Request) -> Page:
    """What went wrong."""
    home = await home_of(request)
    return await over(request) if home is None else await _complain_form(request, home, now())


async def _complain_form(request: Request, home: Home, at: datetime, status: int = 200, **more: Any) -> Page:
    return await show(
        request, home, "complain.html", status, visits=await reading.past(home, at), kinds=rules.COMPLAINT_KINDS,
        most=MOST_WORDS, key=intake.fresh_key(), **more,
    )  # fmt: skip


@post(f"{PATH}/complain", guards=[public], status_code=200)
async def complain(request: Request) -> Page:
    """Take it in, confidential; number, code and the day of the answer are shown once."""

    async def act(home: Home, form: Form, at: datetime) -> Page:
        kind, facts = form.choice("kind", rules.COMPLAINT_KINDS), form.text("facts", most=MOST_WORDS)
        if 0 < len(facts) < LEAST_WORDS:
            form.fault("facts", N_("Please tell a little more, so that it can be checked."))
        visit, key = form.uuid("visit", required=False), form.uuid("key", required=False)
        form.check()
        await saying.check_visitor(request.visitor, home)
        about = About(household=home.household)
        if visit is not None:
            about = About(target="visit", visit=(await reading.visit_for(home, visit, at, ahead=False)).id)
        told = intake.Told(facts=facts, division=home.division, kind=kind, confidential=True, about=about)
        receipt = await intake.enter_with_receipt(SYSTEM, key or intake.fresh_key(), told, at)
        row = await Complaint.select(Complaint.close_due).where(Complaint.id == receipt.complaint).first()
        until = day_words(civil_date(row["close_due"]), _lang()) if row else ""
        return await show(request, home, "complained.html", receipt=receipt, until=until)

    async def again(home: Home, form: Form, at: datetime, errors: Errors, status: int) -> Page:
        return await _complain_form(request, home, at, status, form=form, errors=errors)

    return await acted(request, act, again)


ROUTES: list[Any] = [change_form, change, stars_form, give_stars, complain_form, complain]
