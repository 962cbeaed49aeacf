"""Loading the sample city and its accounts: whole or nothing, once, and only where nobody's own data are."""

import json
import stat
from datetime import timedelta
from pathlib import Path

from bangfu.accounts.actions import change_password
from bangfu.accounts.passwords import password_matches, random_password
from bangfu.accounts.tables import User
from bangfu.divisions.tables import Division
from bangfu.imports.actions import KINDS, take_rows
from bangfu.sample.accounts import POSTS, actor_of, ready_accounts
from bangfu.sample.city import City, make_city
from bangfu.sample.loading import LISTS, load_past, load_today, may_load
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now, today
from tests.support import World

TABLES = (
    "division",
    "organization",
    "carer",
    "qualification",
    "contract_line",
    "household",
    "person",
    "need",
    "app_user",
)


async def counts() -> dict[str, int]:
    rows = await Division.raw(
        " UNION ALL ".join(f"SELECT '{table}' AS name, count(*) AS n FROM {table}" for table in TABLES)
    )
    return {row["name"]: row["n"] for row in rows}


async def load_lists() -> None:
    """What accounts refer to."""
    for kind in LISTS:
        await take_rows(SYSTEM, KINDS[kind], make_city(today()).rows[kind], now())


async def load_all(city: City, file: Path) -> None:
    await load_past(city, now())
    await ready_accounts(file)
    await load_today(city, await actor_of("coordinator"), now())


async def test_a_load_that_was_cut_off_goes_on_and_a_second_one_changes_nothing(database: str, tmp_path: Path) -> None:
    city = make_city(today())
    assert await may_load()
    for kind in ("divisions", "organisations"):
        await take_rows(SYSTEM, KINDS[kind], city.rows[kind], now())
    assert await may_load()
    await load_all(city, tmp_path / "accounts.json")
    loaded = await counts()
    assert loaded | {"division": 268, "organization": 18, "carer": 90, "household": 1200, "need": 1500} == loaded
    assert loaded["app_user"] == len(POSTS)
    await load_all(make_city(today() + timedelta(days=3)), tmp_path / "accounts.json")
    assert await counts() == loaded
    assert (await audit.verify())[1] is None
    await the_officer_finds_needs_of_others_and_some_that_waited_too_long()


async def the_officer_finds_needs_of_others_and_some_that_waited_too_long() -> None:
    coordinator, officer = await actor_of("coordinator"), await actor_of("officer")
    rows = await Division.raw(
        "SELECT count(*) AS n, count(*) FILTER (WHERE due_at < now()) AS late, count(submitted_by) AS sent,"
        " count(*) FILTER (WHERE submitted_by = {}) AS own FROM need WHERE status = 'submitted' AND division LIKE {}",
        officer.user, f"{officer.scope}%",
    )  # fmt: skip
    assert rows[0]["n"] >= 20
    assert 5 <= rows[0]["late"] < rows[0]["n"] / 2
    assert rows[0]["sent"] > 10
    assert rows[0]["own"] == 0
    drafts = await Division.raw(
        "SELECT count(*) AS n FROM need WHERE status = 'draft' AND created_by = {}", coordinator.user
    )
    assert drafts[0]["n"] >= 5


async def test_a_database_with_other_data_is_left_alone(world: World) -> None:
    assert not await may_load()


async def test_passwords_stay_with_their_file_and_are_set_anew_without_it(database: str, tmp_path: Path) -> None:
    file = tmp_path / "accounts.json"
    await load_lists()
    first = await ready_accounts(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [account.role for account in first] == [post.role for post in POSTS]
    assert await ready_accounts(file) == first
    file.write_text("not what it was")
    second = await ready_accounts(file)
    assert {a.password for a in first}.isdisjoint(a.password for a in second)
    for account in second:
        user = await User.objects().where(User.username == account.username).first()
        assert user is not None
        assert password_matches(user.password_hash, account.password)


async def test_a_password_that_its_owner_changed_is_not_taken_back(database: str, tmp_path: Path) -> None:
    file = tmp_path / "accounts.json"
    await load_lists()
    given = {account.username: account.password for account in await ready_accounts(file)}
    own = random_password()
    await change_password(await actor_of("volunteer1"), given["volunteer1"], own, now())
    again = {account.username: account.password for account in await ready_accounts(file)}
    assert again == given | {"volunteer1": ""}
    user = await User.objects().where(User.username == "volunteer1").first()
    assert user is not None
    assert password_matches(user.password_hash, own)


async def test_an_account_that_is_missing_gets_the_password_that_was_kept_for_it(database: str, tmp_path: Path) -> None:
    file = tmp_path / "accounts.json"
    kept = random_password()
    file.write_text(json.dumps({"passwords": {"auditor": kept}}))
    await load_lists()
    ready = {account.username: account.password for account in await ready_accounts(file)}
    assert ready["auditor"] == kept
    assert len(set(ready.values())) == len(POSTS)
