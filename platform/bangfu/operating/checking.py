"""`bangfu check`: every check in its order, as far as the one before lets it."""

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from bangfu.errors import N_, SetupError
from bangfu.operating import database_checks, host_checks
from bangfu.operating.findings import Answered, Check, Ground, error, ok, worst
from bangfu.settings import Settings
from bangfu.shared import i18n
from bangfu.shared.clock import now
from bangfu.shared.crypto import load_keys
from bangfu.shared.database import close_pool, configure, open_pool
from bangfu.shared.embedded import EmbeddedServer
from bangfu.shared.migrate import connect
from bangfu.shared.tracing import kind

PASSWORD = "database-password"  # noqa: S105 (a file's name)


def run_check(say: Callable[[str], None], *, as_json: bool = False) -> int:
    """Ask everything and say it; 0 with warnings, 1 with errors. Nothing is made, migrated or sent."""
    i18n.use("zh" if os.environ.get("LC_ALL", os.environ.get("LANG", "")).lower().startswith("zh") else "en")
    found = all_answers()
    if as_json:
        say(json.dumps({"level": worst(found), "checks": [one.as_json() for one in found]}, ensure_ascii=False))
    else:
        marks = {"ok": i18n._("ok"), "warning": i18n._("WARNING"), "error": i18n._("ERROR")}
        for one in found:
            said = one.as_json()
            say(f"{marks[one.finding.level]:<8} {one.check:<15} {said['text']}")
            if said["advice"]:
                say(f"{'':<24} -> {said['advice']}")
    return 1 if worst(found) == "error" else 0


def all_answers() -> list[Answered]:
    """The settings first: without them there is nothing to look at."""
    try:
        settings = Settings.from_environment()
    except SetupError as fault:
        advice = N_("Correct the setting.")
        return [Answered("settings", error(N_("The settings are wrong: {why}"), advice, why=str(fault)))]
    found = [Answered("settings", ok(N_("The settings can be read.")))]
    ground = Ground(settings, now())
    found += asyncio.run(answers(host_checks.CHECKS, ground))
    with suppress(SetupError):
        load_keys(settings.keys, make=False)
    try:
        with _server(settings) as dsn:
            configure(dsn)
            found += asyncio.run(_over_the_database(ground))
    except SetupError as fault:
        found.append(Answered("database", error(N_("The database cannot be used: {why}"), _LOST, why=str(fault))))
    return found


_LOST = N_("See the runbook for a lost database.")


async def _over_the_database(ground: Ground) -> list[Answered]:
    await (await connect()).close()
    await open_pool(max_size=2)
    try:
        return await answers(database_checks.CHECKS, ground)
    finally:
        await close_pool()


async def answers(checks: tuple[Check, ...], ground: Ground) -> list[Answered]:
    """What each check finds. One that breaks off is an error of its own; one that needs a schema which is not there
    is left out."""
    found: list[Answered] = []
    schema_fits = True
    for check in checks:
        if check.needs == "schema" and not schema_fits:
            continue
        try:
            finding = await check.ask(ground)
        except Exception as fault:
            # Whatever breaks one check must not hide the others.
            finding = error(N_("This could not be checked ({kind})."), _LOST if check.needs else "", kind=kind(fault))
        if check.name == "schema" and finding.level == "error":
            schema_fits = False
        found.append(Answered(check.name, finding))
    return found


@contextmanager
def _server(settings: Settings) -> Iterator[str]:
    """The address of the database; the embedded one is started where it exists already, and never made."""
    if settings.database_url:
        yield settings.database_url
        return
    if not (settings.data / PASSWORD).exists():
        raise SetupError("There is no database in the data folder yet; start the portal once.")
    server = EmbeddedServer(settings.data)
    try:
        yield server.open()
    finally:
        server.close()
