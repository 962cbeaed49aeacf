"""`bangfu demo`: the sample city, matched once, with an account for every role."""

import asyncio
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

from bangfu.errors import SetupError
from bangfu.exposure import check_exposure
from bangfu.runtime import Runtime
from bangfu.sample.accounts import Ready, actor_of, ready_accounts
from bangfu.sample.city import make_city
from bangfu.sample.family_part import has_card
from bangfu.sample.first_run import SECONDS, first_run, match_once, publish_some
from bangfu.sample.later import load_later_parts
from bangfu.sample.loading import load_past, load_today, may_load
from bangfu.sample.summary import Figures, account_lines, family_lines, figure_lines, figures
from bangfu.serving import check_address, serve
from bangfu.settings import Settings
from bangfu.shared.clock import now, today
from bangfu.shared.i18n import _, use

ACCOUNTS_FILE = "demo-accounts.json"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A demo that can be shown."""

    figures: Figures
    accounts: list[Ready]
    offered: int
    family_card: bool


def demo(once: bool, as_json: bool) -> int:
    """Load what is missing, match once, print the summary and the accounts; then serve, unless `once`.

    Raises:
        SetupError: one sentence for what stands in the way.
    """
    # The worker is a process of its own and reads its settings from the environment.
    os.environ["BANGFU_DEMO"] = "1"
    settings = replace(Settings.from_environment(), second_factor="off")
    use("zh" if os.environ.get("LC_ALL", os.environ.get("LANG", "")).lower().startswith("zh") else "en")
    if not once:
        check_exposure(settings)
        check_address(settings)
    with Runtime(settings) as runtime:
        with _one_at_a_time(settings):
            prepared = _prepare(runtime)
        result = json.dumps(_as_json(settings, prepared))
        for line in _lines(settings, prepared):
            _say(line)
        if once:
            _say(result if as_json else "")
            return 0
        return serve(
            settings, ready=result if as_json else _("Ready: {url}/signin (stop with Ctrl+C)", url=settings.url)
        )


def _prepare(runtime: Runtime) -> Prepared:
    found: list[Prepared] = []

    async def run(__: Runtime) -> int:
        found.append(await _everything(runtime.settings))
        return 0

    asyncio.run(runtime.run(run))
    return found[0]


async def _everything(settings: Settings) -> Prepared:
    if not await may_load():
        raise SetupError(
            "This database holds other data than the sample's; set BANGFU_DATA (or DATABASE_URL) to an empty one."
        )
    _say(_("Preparing the sample city ..."))
    city = make_city(today())
    await load_past(city, now())
    accounts = await ready_accounts(settings.data / ACCOUNTS_FILE)
    await load_today(city, await actor_of("coordinator"), now())
    dispatcher = await actor_of("dispatcher")
    if await first_run() is None:
        _say(_("Matching needs and carers: about {seconds} seconds ...", seconds=SECONDS))
    run = await match_once(dispatcher)
    offered = await publish_some(dispatcher, run)
    await load_later_parts(now())
    return Prepared(await figures(run), accounts, offered, await has_card())


@contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    """Two demos that start at once on one data folder prepare it one after the other."""
    with (settings.data / "demo.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _as_json(settings: Settings, prepared: Prepared) -> dict[str, object]:
    return {
        "url": settings.url, "accounts": [asdict(account) for account in prepared.accounts], **asdict(prepared.figures)
    }  # fmt: skip


def _lines(settings: Settings, prepared: Prepared) -> list[str]:
    return [
        *figure_lines(prepared.figures, prepared.offered),
        "",
        _("Sign in at {url}/signin with one of these accounts:", url=settings.url),
        *account_lines(prepared.accounts),
        "",
        *family_lines(settings.url, shown=prepared.family_card),
    ]


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201
