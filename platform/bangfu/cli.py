"""The `bangfu` command."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bangfu import __version__
from bangfu.errors import FormError, SetupError, Told
from bangfu.settings import Settings

if TYPE_CHECKING:  # the whole portal hangs on it: commands without a database start without it
    from bangfu.runtime import Runtime


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; errors that a person can mend are one sentence and exit code 2."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        code = chosen.run(chosen)
    except FormError as error:
        for field, (message, params) in error.fields.items():
            print(f"bangfu: {field}: {message.format(**params)}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    except (SetupError, Told) as error:
        print(f"bangfu: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(code or 0)


def _parser() -> argparse.ArgumentParser:
    from bangfu.quality.command import DESCRIPTION as SCORE_DESCRIPTION

    parser = argparse.ArgumentParser(prog="bangfu", description="Bangfu: service-type social assistance.")
    parser.add_argument("--version", action="version", version=f"bangfu {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    add = commands.add_parser

    demo = add("demo", help="load the sample city, match, and serve the portal")
    demo.add_argument("--once", action="store_true", help="do everything but serving")
    demo.add_argument("--json", action="store_true", help="print the summary as one JSON object on the last line")
    demo.set_defaults(run=_demo)

    serve = add("serve", help="serve the portal over the configured database")
    serve.add_argument("--no-worker", action="store_true", help="start no background worker beside the web process")
    serve.add_argument("--no-migrate", action="store_true", help="refuse an older schema instead of migrating it")
    serve.set_defaults(run=_serve)

    add("work", help="run background jobs (match runs, deadlines)").set_defaults(run=_work)
    add("migrate", help="bring the database to this version").set_defaults(run=_migrate)
    check = add("check", help="look at settings, folders, database, clock, keys, mail, certificate and worker")
    check.add_argument("--json", action="store_true", help="print the findings as one JSON object")
    check.set_defaults(run=_check)

    importing = add("import", help="take a list in: divisions, organisations, carers, contract_lines, households")
    importing.add_argument("kind")
    importing.add_argument("file")
    importing.add_argument("--dry-run", action="store_true", help="check only, write nothing")
    importing.add_argument("--map", action="append", default=[], metavar="TITLE=FIELD", help="map an own header name")
    importing.add_argument("--json", action="store_true", help="print the report as JSON")
    importing.add_argument("--lang", choices=("zh", "en"), help="the report's language; default by LANG")
    importing.add_argument("--template", action="store_true", help="write an empty template to FILE instead")
    importing.set_defaults(run=_import)

    match = add("match", help="solve a matching problem from a file")
    match.add_argument("problem")
    match.add_argument("--out", required=True)
    match.add_argument("--time-limit", type=float, default=30.0)
    match.add_argument("--seed", type=int, default=1)
    match.add_argument(
        "--iterations", type=int, help="rounds of search: with a seed the same plan on every machine, if the time lasts"
    )
    match.set_defaults(run=_match)

    again = add("replan", help="change a plan as little as possible after events, from files")
    again.add_argument("problem")
    again.add_argument("plan", help="the present plan: a solution document")
    again.add_argument("events", help='{"version": 1, "events": [{"code": "carer_ill", "carer": "c7"}, ...]}')
    again.add_argument("--out", help="where to write the recommended plan")
    again.add_argument("--problem-out", help="where to write the problem after the events")
    again.add_argument("--budget", type=int, help="the most needs that move though they could stay")
    again.add_argument("--lock", action="append", default=[], metavar="NEED", help="a need that keeps its carer")
    again.add_argument("--time-limit", type=float, default=15.0)
    again.add_argument("--seed", type=int, default=1)
    again.set_defaults(run=_replan)

    day = add("day", help="route the day of a team from a file")
    day.add_argument("instance")
    day.add_argument("--out", required=True)
    day.add_argument("--time-limit", type=float, default=60.0)
    day.add_argument("--seed", type=int, default=1)
    day.set_defaults(run=_day)

    score = add(
        "score", help="score quarters given as counts in a file (QS-1)", description=SCORE_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    score.add_argument("file", metavar="FILE.json")
    score.set_defaults(run=_score)

    draw = add("draw", help="draw from lists with their seeds in a file")
    draw.add_argument("file", metavar="FILE.json")
    draw.set_defaults(run=_draw)

    backup = add("backup", help="back everything up into an empty folder, while the portal serves")
    backup.add_argument("folder", metavar="FOLDER")
    backup.add_argument("--key-file", help="seal the backup, the key file of the fields inside; or BANGFU_BACKUP_KEY")
    backup.set_defaults(run=_backup)

    restore = add("restore", help="bring a backup into an empty data folder or database, and prove it")
    restore.add_argument("folder", metavar="FOLDER")
    restore.add_argument("--key-file", help="the key that sealed it; or BANGFU_BACKUP_KEY")
    restore.add_argument("--check", action="store_true", help="only check the backup, without a database")
    restore.set_defaults(run=_restore)

    audit = add("audit", help="the audit trail").add_subparsers(required=True, metavar="ACTION")
    audit.add_parser("verify", help="walk the chain and name the first broken link").set_defaults(run=_audit_verify)

    keys = add("keys", help="the keys of the encrypted fields").add_subparsers(required=True, metavar="ACTION")
    keys.add_parser("status", help="how many values each key encrypts").set_defaults(run=_keys_status)
    rotate = keys.add_parser("rotate", help="add a new key and encrypt everything with it; goes on where it was killed")
    rotate.set_defaults(run=_keys_rotate)
    retire = keys.add_parser("retire", help="forget a key that no value uses")
    retire.add_argument("key", metavar="KEYID")
    retire.set_defaults(run=_keys_retire)

    user = add("user", help="accounts for the operator").add_subparsers(required=True, metavar="ACTION")
    create = user.add_parser("create", help="make an account and print its first password")
    create.add_argument("username")
    create.add_argument("--name", required=True)
    create.add_argument("--role", action="append", required=True)
    create.add_argument("--scope", default="")
    create.set_defaults(run=_user_create)
    password = user.add_parser("password", help="set a new random password and print it")
    password.add_argument("username")
    password.set_defaults(run=_user_password)
    factor = user.add_parser("second-factor-remove", help="remove the second factor of who lost it; the person is told")
    factor.add_argument("username")
    factor.set_defaults(run=_user_factor)
    return parser


def _with_database(work: Callable[[Runtime], Coroutine[Any, Any, int]], *, migrate: bool = True) -> int:
    from bangfu.runtime import Runtime

    runtime = Runtime(Settings.from_environment())
    with runtime:
        return asyncio.run(runtime.run(work, migrate=migrate))


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def _serve(chosen: argparse.Namespace) -> int:
    from bangfu.serving import serve

    return serve(Settings.from_environment(), worker=not chosen.no_worker, migrating=not chosen.no_migrate)


def _demo(chosen: argparse.Namespace) -> int:
    from bangfu.demo import demo

    return demo(once=chosen.once, as_json=chosen.json)


def _work(_: argparse.Namespace) -> int:
    from bangfu.worker import work

    return work(Settings.from_environment())


def _migrate(_: argparse.Namespace) -> int:
    async def run(runtime: Runtime) -> int:
        for name in runtime.migrated:
            _say(f"migrated {name}")
        _say("The database is up to date.")
        return 0

    return _with_database(run)


def _check(chosen: argparse.Namespace) -> int:
    import bangfu.app  # noqa: F401 (every feature names there what it keeps encrypted)
    from bangfu.operating.checking import run_check

    return run_check(_say, as_json=chosen.json)


def _import(chosen: argparse.Namespace) -> int:
    from bangfu.imports.command import run_import

    return run_import(chosen, _with_database)


def _match(chosen: argparse.Namespace) -> int:
    from bangfu.planning.command import run_match

    return run_match(chosen.problem, chosen.out, chosen.time_limit, chosen.seed, chosen.iterations)


def _replan(chosen: argparse.Namespace) -> int:
    from bangfu.planning.replan_command import run_replan

    return run_replan(
        chosen.problem,
        chosen.plan,
        chosen.events,
        chosen.out,
        chosen.problem_out,
        chosen.budget,
        chosen.lock,
        chosen.time_limit,
        chosen.seed,
    )


def _day(chosen: argparse.Namespace) -> int:
    from bangfu.planning.day_command import run_day

    return run_day(chosen.instance, chosen.out, chosen.time_limit, chosen.seed)


def _score(chosen: argparse.Namespace) -> int:
    from bangfu.quality.command import run_score

    _say(run_score(chosen.file))
    return 0


def _draw(chosen: argparse.Namespace) -> int:
    from bangfu.oversight.draw_command import run_draw

    return run_draw(chosen.file)


def _backup(chosen: argparse.Namespace) -> int:
    from bangfu.keeping.command import run_backup
    from bangfu.shared.i18n import for_operators

    async def run(runtime: Runtime) -> int:
        with for_operators():
            return await run_backup(chosen, runtime.settings, _say)

    return _with_database(run)


def _restore(chosen: argparse.Namespace) -> int:
    from bangfu.app import prepare_features
    from bangfu.keeping.command import run_restore
    from bangfu.shared.i18n import for_operators

    prepare_features()
    with for_operators():
        return run_restore(chosen, _say)


def _audit_verify(_: argparse.Namespace) -> int:
    from bangfu.shared import audit

    async def run(_: Runtime) -> int:
        checked, broken = await audit.verify()
        if broken is None:
            _say(f"The audit chain holds: {checked} events.")
            return 0
        _say(f"The audit chain is broken at stream {broken.stream}, event {broken.seq}: {broken.why}.")
        return 1

    return _with_database(run)


def _keys_status(_: argparse.Namespace) -> int:
    from bangfu.shared import rotation

    async def run(runtime: Runtime) -> int:
        current, known = rotation.known_keys(runtime.settings.keys)
        used = await rotation.uses()
        for key in sorted({*known, *(key for key, _ in used)}):
            here = "current" if key == current else "in the key file" if key in known else "MISSING from the key file"
            tables = ", ".join(f"{table} {count}" for (name, table), count in sorted(used.items()) if name == key)
            _say(f"{key} ({here}): {tables or 'no values'}")
        return 1 if {key for key, _ in used} - set(known) else 0

    return _with_database(run)


def _keys_rotate(_: argparse.Namespace) -> int:
    from bangfu.shared import rotation
    from bangfu.shared.clock import now

    async def run(runtime: Runtime) -> int:
        done = await rotation.rotate(runtime.settings.keys, now(), _say)
        _say(f"{done.values} values are encrypted with the key {done.key} now.")
        for place, count in sorted(done.unreadable.items()):
            _say(f"{count} values of {place} cannot be opened. Restore that key to the key file, then run this again.")
        return 1 if done.unreadable else 0

    return _with_database(run)


def _keys_retire(chosen: argparse.Namespace) -> int:
    from bangfu.shared import rotation
    from bangfu.shared.clock import now

    async def run(runtime: Runtime) -> int:
        await rotation.retire(runtime.settings.keys, chosen.key, now())
        _say(f"The key {chosen.key} is gone. Backups made before the rotation need a key file of that time.")
        return 0

    return _with_database(run)


def _user_create(chosen: argparse.Namespace) -> int:
    from bangfu.accounts.actions import NewUser, create_user
    from bangfu.accounts.passwords import random_password
    from bangfu.shared.actor import SYSTEM
    from bangfu.shared.identifiers import division_prefix

    async def run(_: Runtime) -> int:
        password = random_password()
        scope = division_prefix(chosen.scope.ljust(12, "0")) if chosen.scope else ""
        new = NewUser(chosen.username, chosen.name, frozenset(chosen.role), scope)
        await create_user(SYSTEM, new, password, given=True)
        _say(f"{chosen.username} {password}")
        return 0

    return _with_database(run)


def _user_password(chosen: argparse.Namespace) -> int:
    from bangfu.accounts.passwords import random_password
    from bangfu.accounts.resets import give_password
    from bangfu.shared.actor import SYSTEM
    from bangfu.shared.clock import now

    async def run(_: Runtime) -> int:
        password = random_password()
        await give_password(SYSTEM, await _user_named(chosen.username), password, now())
        _say(f"{chosen.username} {password}")
        return 0

    return _with_database(run)


def _user_factor(chosen: argparse.Namespace) -> int:
    from bangfu.accounts.factors import remove_for
    from bangfu.shared.actor import SYSTEM
    from bangfu.shared.clock import now

    async def run(_: Runtime) -> int:
        await remove_for(SYSTEM, await _user_named(chosen.username), now())
        _say(f"{chosen.username} signs in without a second factor until another one is set up.")
        return 0

    return _with_database(run)


async def _user_named(username: str) -> UUID:
    from bangfu.accounts.tables import User

    user = await User.objects().where(User.username == username.strip().lower()).first()
    if user is None:
        raise SetupError(f"There is no account named {username}.")
    return user.id


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUTF8", "1")
    main()
