"""Checks of the database and of what runs over it."""

import time
from typing import Any

from bangfu.accounts.factor_rules import PRIVILEGED
from bangfu.accounts.queries import without_factor
from bangfu.errors import N_, SetupError
from bangfu.operating.findings import Check, Finding, Ground, error, ok, warning
from bangfu.shared import audit, rotation
from bangfu.shared.clock import today
from bangfu.shared.database import DB
from bangfu.shared.migrate import OLDEST, applied_migrations, known_migrations
from bangfu.supervision.calendar import current_calendar

CLOCK_WARNING, CLOCK_ERROR = 5.0, 60.0
"""Seconds between the clocks of this machine and of the database [D]."""
TAIL = 200
"""Events at the end of every chain that are looked at each time [D]."""
WORKER_SECONDS = 60.0
WAIT_MINUTES = 15
"""How long a job may wait or overstay its lease before somebody should look [D]."""


async def _value(sql: str, *values: object) -> Any:
    assert DB.pool is not None  # noqa: S101 (the caller opened it)
    return await DB.pool.fetchval(sql, *values)


async def server(ground: Ground) -> Finding:
    """New enough, UTF-8, and it knows the civil time of China."""
    knows = await _value("SELECT EXISTS (SELECT 1 FROM pg_timezone_names WHERE name = 'Asia/Shanghai')")
    number, text = int(await _value("SHOW server_version_num")), str(await _value("SHOW server_version"))
    return server_finding(number, text, str(await _value("SHOW server_encoding")), knows=bool(knows))


def server_finding(number: int, text: str, encoding: str, *, knows: bool) -> Finding:
    """What is wrong with a server of this version and encoding; `knows` the time zone of China."""
    advice = N_("See the requirements of the database in the guide for operators.")
    if number < OLDEST:
        return error(N_("PostgreSQL {version} is too old; 15 or newer is needed."), advice, version=text)
    if encoding != "UTF8":
        return error(N_("The database keeps texts as {encoding}, not as UTF8."), advice, encoding=encoding)
    if not knows:
        return error(N_("The database does not know the time zone Asia/Shanghai."), advice)
    return ok(N_("PostgreSQL {version} answers."), version=text)


async def schema(ground: Ground) -> Finding:
    """Exactly what this program makes."""
    there, own = await applied_migrations(), known_migrations()
    if missing := own - there:
        return error(N_("The database has an older schema: {n} migrations are missing."), N_("Run: bangfu migrate"),
                     n=len(missing))  # fmt: skip
    if there - own:
        return error(N_("The database has a newer schema than this program knows."),
                     N_("Install the version that made it."))  # fmt: skip
    return ok(N_("The schema is this program's."))


async def clock(ground: Ground) -> Finding:
    """This machine's clock beside the database's."""
    before = time.time()
    there = float(await _value("SELECT extract(epoch FROM clock_timestamp())"))
    after = time.time()
    apart = max(0.0, before - there, there - after)
    advice = N_("Set the clocks by a time server (chrony or systemd-timesyncd) on both machines.")
    seconds = round(apart)
    if apart > CLOCK_ERROR:
        return error(N_("The clocks of this machine and of the database are {n} seconds apart."), advice, n=seconds)
    if apart > CLOCK_WARNING:
        return warning(N_("The clocks of this machine and of the database are {n} seconds apart."), advice, n=seconds)
    return ok(N_("The clocks agree."))


async def keys_in_use(ground: Ground) -> Finding:
    """Every key that some value was encrypted with is in the key file."""
    try:
        known = set(rotation.known_keys(ground.settings.keys)[1])
    except SetupError:
        return error(N_("The keys cannot be read."), N_("See what is said of the key file."))
    missing = sorted({key for key, _ in await rotation.uses()} - known)
    if missing:
        return error(N_("Values were encrypted with keys that are not in the key file: {keys}."),
                     N_("Restore those keys from a copy of the key file of that time."),
                     keys=", ".join(missing))  # fmt: skip
    return ok(N_("Every key that is in use is in the key file."))


async def calendar(ground: Ground) -> Finding:
    """The working days of this year, and of the next one from December on."""
    years = (await current_calendar()).years
    day = today()
    advice = N_("Enter the published holiday arrangement on the calendar's page.")
    if day.year not in years:
        return error(N_("The working days of {year} are not in the calendar."), advice, year=day.year)
    if day.month == 12 and day.year + 1 not in years:
        return warning(N_("The working days of {year} are not in the calendar."), advice, year=day.year + 1)
    return ok(N_("The calendar of working days holds this year."))


async def worker(ground: Ground) -> Finding:
    """Somebody does what has to be done in the background."""
    lives = await _value(
        "SELECT count(*) FROM worker_beat WHERE beat_at > now() - make_interval(secs => $1)", WORKER_SECONDS
    )
    if not lives:
        return error(N_("No worker has given a sign of life within a minute."),
                     N_("Start it: bangfu work. See the runbook for a worker that is stuck."))  # fmt: skip
    return ok(N_("{n} workers are there."), n=lives)


async def jobs(ground: Ground) -> Finding:
    """Nothing waits too long, and nothing failed today."""
    stuck = await _value(
        "SELECT count(*) FROM job WHERE (status = 'queued' AND created_at < now() - make_interval(mins => $1))"
        " OR (status = 'running' AND lease_until < now() - make_interval(mins => $1))", WAIT_MINUTES,
    )  # fmt: skip
    advice = N_("See the runbook for a worker that is stuck.")
    if stuck:
        return warning(N_("{n} jobs have waited for more than {minutes} minutes."), advice, n=stuck,
                       minutes=WAIT_MINUTES)  # fmt: skip
    failed = await _value("SELECT count(*) FROM job WHERE status = 'failed' AND finished_at > now() - interval '1 day'")
    if failed:
        return warning(N_("{n} jobs failed within a day."), advice, n=failed)
    return ok(N_("No job is stuck."))


async def audit_tail(ground: Ground) -> Finding:
    """The end of every chain of the audit trail."""
    checked, broken = await audit.verify_tail(TAIL)
    if broken is not None:
        return error(N_("The audit chain is broken at stream {stream}, event {seq}."),
                     N_("Change nothing, run bangfu audit verify, and follow the runbook for a suspected intrusion."),
                     stream=broken.stream, seq=broken.seq)  # fmt: skip
    return ok(N_("The last {n} events of the audit trail hold."), n=checked)


async def made_up_data(ground: Ground) -> Finding:
    """The demo's city and accounts have no place beside real people."""
    accounts = (ground.settings.data / "demo-accounts.json").exists()
    made_up = await _value("SELECT EXISTS (SELECT 1 FROM division WHERE code LIKE '99%')")
    if ground.settings.demo:
        return warning(N_("This is a demo: everybody in it is made up."), N_("Enter nobody real."))
    if accounts or made_up:
        return error(N_("The demo's data or accounts are in this deployment."),
                     N_("Start real work with an empty database and data folder."))  # fmt: skip
    return ok(N_("No demo data are here."))


async def second_factors(ground: Ground) -> Finding:
    """People who decide on aid, money or accounts and have not set up their second factor yet."""
    if ground.settings.second_factor == "off":
        return warning(N_("Second factors are switched off."), N_("Remove BANGFU_SECOND_FACTOR from the settings."))
    alone = await without_factor(PRIVILEGED)
    if alone:
        return warning(N_("{n} people in privileged roles have no second factor yet."),
                       N_("They are led to set it up at their next sign-in."), n=alone)  # fmt: skip
    return ok(N_("Everybody in a privileged role has a second factor."))


CHECKS = (
    Check("database", server, "database"),
    Check("clock", clock, "database"),
    Check("schema", schema, "database"),
    Check("keys_in_use", keys_in_use, "schema"),
    Check("calendar", calendar, "schema"),
    Check("worker", worker, "schema"),
    Check("jobs", jobs, "schema"),
    Check("audit_tail", audit_tail, "schema"),
    Check("made_up_data", made_up_data, "schema"),
    Check("second_factors", second_factors, "schema"),
)
