"""An attempt by each role to hold two duties: by the portal's own addresses, with a form that anybody else of the role
succeeds with (DOMAIN.md 1.5, 8.11)."""

import json
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest

from bangfu.accounts.routes import ACCOUNT_ROLES
from bangfu.accounts.tables import User
from bangfu.separation.duties import PAIRS
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.permissions import PERMISSIONS, barred_pair
from bangfu.shared.tables import AuditEvent
from bangfu.visits.tables import Visit
from tests.separation.matters import DOERS, FIRSTS, SECONDS, Matter, Place, another
from tests.support import ROLES as CAST
from tests.support import Visitor, World

ROLES = sorted({role for names in PERMISSIONS.values() for role in names})
REFUSED = {403, 404, 409}


async def written(place: Place, who: UUID | None) -> UUID | None:
    """Write somebody down for a duty, past every trigger; who stood there before."""
    table, column, row = place
    before = await Visit.raw(f"SELECT {column} AS who FROM {table} WHERE id = {{}}", row)
    async with transaction():
        await Visit.raw("SET LOCAL session_replication_role = replica")
        await Visit.raw(f"UPDATE {table} SET {column} = {{}} WHERE id = {{}}", who, row)
    found: UUID | None = before[0]["who"]
    return found


async def stands(matter: Matter) -> str:
    """The matter and everything that anybody did, as it stands."""
    table, row = matter.row
    rows = await Visit.raw(f"SELECT to_jsonb(t) AS row FROM {table} t WHERE id = {{}}", row)
    duties = await Visit.raw("SELECT kind, chain, duty, actor FROM duty ORDER BY kind, chain, duty, actor")
    return json.dumps([rows, duties], default=str)


async def asked(app: Any, actor: Actor | None, matter: Matter) -> int:
    """Send the form as somebody; the answer's status."""
    visitor = Visitor(app)
    try:
        if actor is not None:
            await visitor.sign_in(actor)
        return (await visitor.post(matter.path, matter.form)).status_code
    finally:
        await visitor.close()


async def refused(app: Any, actor: Actor, matter: Matter, first: str) -> None:
    """Whoever did the first duty is refused the second, and nothing of the matter changes."""
    before = await written(matter.firsts[first], actor.me)
    stood = await stands(matter)
    assert await asked(app, actor, matter) in REFUSED, (matter.path, sorted(actor.roles), first)
    assert await stands(matter) == stood
    await written(matter.firsts[first], before)


@pytest.mark.parametrize(("duty", "role"), DOERS)
async def test_who_may_do_a_duty_is_refused_after_an_earlier_one_and_a_colleague_does_it(
    world: World, visit: Any, app: Any, duty: str, role: str
) -> None:
    matter = await SECONDS[duty][1](world, role, visit)
    one = matter.tries or await another(world, role)
    for first in matter.firsts:
        await refused(app, one, matter, first)
    tries = await AuditEvent.objects().where((AuditEvent.action == "duty.refused") & (AuditEvent.actor == one.user))
    assert {json.loads(each.data)["duty"] for each in tries} == ({duty} if matter.logged else set())
    assert len(tries) == (len(matter.firsts) if matter.logged else 0)
    assert await asked(app, matter.does or await another(world, role), matter) == 303


@pytest.mark.parametrize("duty", SECONDS)
async def test_no_other_role_comes_to_a_duty_whatever_it_did_before(
    world: World, visit: Any, app: Any, duty: str
) -> None:
    permission, make = SECONDS[duty]
    matter = await make(world, "", visit)
    assert set(matter.firsts) == pairs_before(duty)
    for role in ROLES:
        if role in PERMISSIONS[permission]:
            continue
        one = await another(world, role)
        for first in matter.firsts:
            if role in PERMISSIONS[FIRSTS[first]]:
                await refused(app, one, matter, first)
        stood = await stands(matter)
        assert await asked(app, one, matter) in REFUSED, role
        assert await stands(matter) == stood
    assert await asked(app, None, matter) == 401, "the people served have no account: a stranger signs in first"


def pairs_before(duty: str) -> set[str]:
    """The duties that exclude this one and come before it on their matter."""
    own = {"pay", "pay_contract"} if duty == "pay" else {duty}
    later = {"review": {"approve"}, "check_contract": {"approve_contract"}, "verify": {"spot_check"}}.get(duty, set())
    return ({each for pair in PAIRS if pair & own for each in pair - own} & set(FIRSTS)) - later


def test_every_role_was_tried() -> None:
    assert set(ROLES) == {role for role, _ in CAST.values()} == set(ACCOUNT_ROLES)
    assert {each for pair in PAIRS for each in pair} == {*FIRSTS, *SECONDS, "pay_contract"}


async def test_no_account_is_given_two_roles_that_would_reach_both(world: World, visit: Any) -> None:
    admin = await visit("admin")
    for first, second in combinations(ROLES, 2):
        if barred_pair(frozenset({first, second})) is None:
            continue
        one = await another(world, first)
        answer = await admin.post(
            f"/accounts/{one.me}", {"roles": [first, second], "scope": one.scope, "active": "yes"}
        )
        assert answer.status_code == 422, (first, second)
        found = await User.objects().get(User.id == one.me)
        assert found is not None and found.roles == [first]
    new = {"username": "two.duties", "display_name": "新", "roles": ["bureau_officer", "finance_officer"]}
    assert (await admin.post("/accounts/new", {**new, "scope": "990101"})).status_code == 422
    assert not await User.exists().where(User.username == "two.duties")
