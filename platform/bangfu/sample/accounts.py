"""The sample's accounts: one ready person per role, with random passwords that only the folder's owner can read."""

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from bangfu.accounts.actions import NewUser, create_user
from bangfu.accounts.passwords import password_matches, random_password
from bangfu.accounts.resets import give_password
from bangfu.accounts.tables import User
from bangfu.errors import SetupError
from bangfu.providers.tables import Carer, Organization
from bangfu.sample.carers import STAFF, carer_number
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.sample.organisations import uscc
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.clock import now

CITY = "9901"


@dataclass(frozen=True, slots=True)
class Post:
    """Who holds an account: a role in a division, for an organisation or as one of the carers."""

    username: str
    role: str
    scope: str
    name: str = ""
    body: str = ""
    trade: str = ""
    place: int = 0
    """Which of the body's people of that trade, counted from 0."""


POSTS = (
    Post("coordinator", "assist_coordinator", OFFICER_TOWN, "陆晓燕"),
    Post("officer", "township_officer", OFFICER_TOWN, "蒋卫东"),
    Post("dispatcher", "station_dispatcher", CITY, "顾敏"),
    Post("manager1", "provider_manager", "", body="chunhui"),
    Post("manager2", "provider_manager", "", body="bangshou"),
    Post("caregiver1", "caregiver", "", body="chunhui", trade="care"),
    Post("caregiver2", "caregiver", "", body="bangshou", trade="care"),
    Post("socialworker", "social_worker", OFFICER_TOWN[:6], body="station_a", trade="social_worker"),
    Post("volunteer1", "volunteer", OFFICER_TOWN, body="qingguo", trade="volunteer"),
    Post("volunteer2", "volunteer", OFFICER_TOWN, body="qingguo", trade="volunteer", place=2),
    Post("gridworker", "grid_worker", OFFICER_TOWN, "谈建国"),
    Post("childdirector", "child_director", OFFICER_TOWN, "沈玉兰"),
    Post("childsupervisor", "child_supervisor", OFFICER_TOWN, "邹文静"),
    Post("liaison", "department_liaison", CITY, body="health"),
    Post("assessor1", "assessor", CITY, "殷国平", body="fairness"),
    Post("assessor2", "assessor", CITY, "庄雅琴", body="fairness"),
    Post("bureau", "bureau_officer", CITY, "丁文斌"),
    Post("bureau2", "bureau_officer", CITY, "林秀珍"),
    Post("officer2", "township_officer", OFFICER_TOWN, "束长林"),
    Post("lead", "bureau_lead", CITY, "薛志芳"),
    Post("finance", "finance_officer", CITY, "巢明华"),
    Post("auditor", "auditor", CITY, "潘建新"),
    Post("admin", "sysadmin", "", "芮海波"),
)


@dataclass(frozen=True, slots=True)
class Ready:
    """An account to sign in with; `password` is "" where its owner has chosen another one."""

    role: str
    username: str
    password: str


async def ready_accounts(file: Path) -> list[Ready]:
    """Every post with an account and the password that stands in the file; a lost file sets all passwords anew.

    Raises:
        SetupError: if the file cannot be written.
    """
    passwords = read_passwords(file)
    renewed = not passwords
    passwords |= {post.username: random_password() for post in POSTS if post.username not in passwords}
    # Nobody has a password that was not kept first: a run that is cut off here loses none.
    _write_private(file, json.dumps({"passwords": passwords}, indent=1))
    return [Ready(post.role, post.username, await _settle(post, passwords[post.username], renewed)) for post in POSTS]


def read_passwords(file: Path) -> dict[str, str]:
    """Passwords by user name; none where there is no readable file."""
    with contextlib.suppress(OSError, ValueError, KeyError, AttributeError, TypeError):
        return {str(name): str(password) for name, password in json.loads(file.read_text())["passwords"].items()}
    return {}


async def actor_of(username: str) -> Actor:
    """One of the sample's people as the one who acts."""
    rows = await User.raw("SELECT * FROM app_user WHERE username = {}", username)
    user = rows[0]
    return Actor(
        user["id"], user["username"], user["display_name"], frozenset(user["roles"]), user["scope"],
        user["organization"], user["carer"],
    )  # fmt: skip


async def _settle(post: Post, password: str, renewed: bool) -> str:
    rows = await User.raw("SELECT id, password_hash FROM app_user WHERE username = {}", post.username)
    if not rows:
        await create_user(SYSTEM, await _new_user(post), password)
        return password
    if not renewed and password_matches(rows[0]["password_hash"], password):
        return password
    if not renewed and await _chosen_by_owner(rows[0]["id"]):
        return ""
    await give_password(SYSTEM, rows[0]["id"], password, now(), given=False)
    return password


async def _chosen_by_owner(user: UUID) -> bool:
    """Whether the account's present password is one that its owner set on the account page."""
    rows = await User.raw(
        "SELECT action FROM audit_event WHERE subject_type = 'user' AND subject = {} AND action IN"
        " ('account.created', 'account.password_set', 'account.password_changed') ORDER BY at DESC, seq DESC LIMIT 1",
        str(user),
    )
    return bool(rows) and rows[0]["action"] == "account.password_changed"


async def _new_user(post: Post) -> NewUser:
    name, organization, carer = post.name, None, None
    if post.trade:
        rows = await Carer.raw("SELECT id, name, kind, organization FROM carer WHERE number = {}", _number(post))
        name, carer = rows[0]["name"], rows[0]["id"]
        organization = rows[0]["organization"] if rows[0]["kind"] == "worker" else None
    elif post.body:
        rows = await Organization.raw(
            "SELECT id, legal_representative FROM organization WHERE uscc = {}", uscc(post.body)
        )
        name, organization = name or rows[0]["legal_representative"], rows[0]["id"]
    return NewUser(post.username, name, frozenset({post.role}), post.scope, organization, carer)


def _number(post: Post) -> str:
    people = [(body, trade) for body, trade, towns in STAFF for _ in towns.split()]
    fitting = [at for at, person in enumerate(people, start=1) if person == (post.body, post.trade)]
    return carer_number(fitting[post.place])


def _write_private(file: Path, text: str) -> None:
    """Whole or not at all, readable by its owner only."""
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
    except OSError as error:
        raise SetupError(f"The file {file} cannot be written: {error.strerror}.") from error
