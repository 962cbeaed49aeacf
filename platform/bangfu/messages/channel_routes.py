"""One's own choice of channels: addresses and their codes, quiet hours, a test message."""

import re
from uuid import uuid4

from litestar import get, post

from bangfu.errors import N_, FormError
from bangfu.messages import choosing, queries, rules
from bangfu.shared.clock import now
from bangfu.shared.i18n import Word
from bangfu.shared.web.access import proved, signed_in
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

HERE = "/account/messages"
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::[0-5][0-9])?")


@get(HERE, guards=[signed_in])
async def show_channels(request: Request) -> Page:
    """Which channels reach this person, and when not."""
    return await _channels_page(request)


@post(f"{HERE}/address", guards=[signed_in, proved], status_code=200)
async def set_address(request: Request) -> Page:
    """Enter an address; a code goes there."""
    form = Form.of(await request.form())
    try:
        channel = _channel(form)
        address = form.text("address", most=254)
        form.check()
        await choosing.set_address(request.actor, channel, address, now())
    except FormError as error:
        return await _channels_page(request, 422, form, error)
    await flash(
        request, "ok", N_("A code is on its way by {channel}. Enter it here."), channel=Word("channel", channel)
    )
    return go(request, HERE)


@post(f"{HERE}/confirm", guards=[signed_in], status_code=200)
async def confirm_address(request: Request) -> Page:
    """Give the code back."""
    form = Form.of(await request.form())
    try:
        channel = _channel(form)
        code = form.text("code", most=12)
        form.check()
        await choosing.confirm(request.actor, channel, code, now())
    except FormError as error:
        return await _channels_page(request, 422, form, error)
    await flash(request, "ok", N_("Messages reach you by {channel} from now on."), channel=Word("channel", channel))
    return go(request, HERE)


@post(f"{HERE}/use", guards=[signed_in], status_code=200)
async def use_channel(request: Request) -> Page:
    """Rest a channel, or use it again."""
    form = Form.of(await request.form())
    try:
        await choosing.choose(request.actor, _channel(form), form.yes("chosen"), now())
    except FormError as error:
        return await _channels_page(request, 422, form, error)
    return go(request, HERE)


@post(f"{HERE}/remove", guards=[signed_in], status_code=200)
async def remove_address(request: Request) -> Page:
    """Forget an address."""
    form = Form.of(await request.form())
    try:
        await choosing.remove(request.actor, _channel(form), now())
    except FormError as error:
        return await _channels_page(request, 422, form, error)
    await flash(request, "ok", N_("The address was removed."))
    return go(request, HERE)


@post(f"{HERE}/quiet", guards=[signed_in], status_code=200)
async def set_quiet_hours(request: Request) -> Page:
    """Keep one's own quiet hours."""
    form = Form.of(await request.form())
    try:
        start, end = _minute(form, "start"), _minute(form, "end")
        form.check()
    except FormError as error:
        return await _channels_page(request, 422, form, error)
    await choosing.set_quiet_hours(request.actor, start, end)
    await flash(request, "ok", N_("Your quiet hours are kept."))
    return go(request, HERE)


@post(f"{HERE}/test", guards=[signed_in], status_code=200)
async def send_test(request: Request) -> Page:
    """Send oneself a test message."""
    form = Form.of(await request.form())
    await choosing.send_test(request.actor, form.uuid("key", required=False) or uuid4(), now())
    await flash(request, "ok", N_("A test message is on its way to your inbox and your channels."))
    return go(request, HERE)


def _channel(form: Form) -> str:
    channel = form.choice("channel", rules.CHANNELS)
    form.check()
    return channel


def _minute(form: Form, name: str) -> int:
    found = _TIME.fullmatch(form.text(name, most=8))
    if found is None:
        form.fault(name, N_("Please enter a time such as 21:00."))
        return 0
    return int(found[1]) * 60 + int(found[2])


async def _channels_page(
    request: Request, status: int = 200, form: Form | None = None, error: FormError | None = None
) -> Page:
    start, end = await queries.quiet_hours(request.actor.me)
    return await page(
        request, "messages/channels.html", status, choices=await queries.choices(request.actor.me),
        start=_clock(start), end=_clock(end), key=uuid4(), form=form or {},
        failed=form.get("channel", "") if form else "", errors=error_texts(error.fields) if error else {},
    )  # fmt: skip


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


ROUTES = [show_channels, set_address, confirm_address, use_channel, remove_address, set_quiet_hours, send_test]
