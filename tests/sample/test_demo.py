"""`bangfu demo --once --json`, as a newcomer and a script run it: twice, the second time beside another process."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bangfu.sample.accounts import POSTS
from bangfu.shared.embedded import EmbeddedServer
from matching.solution import REASONS
from tests.conftest import reachable_folder

SECONDS = 300


def run_demo(data: Path) -> tuple[str, dict[str, Any]]:
    """What it prints, and the JSON object of the last line."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("BANGFU", "DATABASE", "LC"))}
    environment |= {"BANGFU_DATA": str(data), "LANG": "C.UTF-8", "PORT": "8791"}
    done = subprocess.run(
        [sys.executable, "-m", "bangfu.cli", "demo", "--once", "--json"],
        env=environment, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return done.stdout, result


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    with reachable_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def first(data: Path) -> tuple[str, dict[str, Any]]:
    return run_demo(data)


def test_the_first_demo_serves_most_needs_and_names_every_reason(first: tuple[str, dict[str, Any]]) -> None:
    said, result = first
    assert result["url"] == "http://127.0.0.1:8791"
    assert result["needs"] == result["served"] + sum(result["unserved"].values())
    assert 1350 <= result["needs"] <= 1500
    assert result["served"] >= 0.85 * result["needs"]
    assert min(result["unserved"][reason] for reason in REASONS) >= 5
    assert result["km"] > 0
    assert 0 <= result["gap"] < 10
    assert 0 < result["seconds"] < 60
    assert re.search(rf"{result['served']} served", said)


def test_the_first_demo_has_an_account_for_every_role(first: tuple[str, dict[str, Any]]) -> None:
    said, result = first
    accounts = result["accounts"]
    roles = [account["role"] for account in accounts]
    assert roles == [post.role for post in POSTS]
    assert roles.count("provider_manager") == roles.count("volunteer") == 2
    assert len({account["password"] for account in accounts}) == len(accounts)
    for account in accounts:
        assert len(account["password"]) >= 12
        assert f"{account['username']} " in said
        assert account["password"] in said


async def test_a_second_demo_beside_another_process_keeps_everything(
    data: Path, first: tuple[str, dict[str, Any]]
) -> None:
    server = EmbeddedServer(data)
    connection = await asyncpg.connect(server.open())
    try:
        entered = "UPDATE need SET reason = 'entered by a visitor' WHERE number = 'CZX-0013' RETURNING id"
        assert await connection.fetchval(entered)
        before = await _state(connection)
        assert before["offers"] >= 20
        _, second = run_demo(data)
        assert second == first[1]
        assert await _state(connection) == before
        assert await connection.fetchval("SELECT reason FROM need WHERE number = 'CZX-0013'") == "entered by a visitor"
    finally:
        await connection.close()
        server.close()


async def _state(connection: "asyncpg.Connection[Any]") -> dict[str, int]:
    tables = {"homes": "household", "needs": "need", "runs": "match_run", "offers": "assignment", "users": "app_user"}
    return {name: await connection.fetchval(f"SELECT count(*) FROM {table}") for name, table in tables.items()}


async def test_organisations_and_volunteers_with_an_account_have_offers_to_answer(
    data: Path, first: tuple[str, dict[str, Any]]
) -> None:
    server = EmbeddedServer(data)
    connection = await asyncpg.connect(server.open())
    try:
        rows = await connection.fetch(
            "SELECT u.username, count(*) AS n FROM assignment a"
            " JOIN app_user u ON u.carer = a.carer OR u.organization = a.organization"
            " WHERE a.status = 'offered' AND NOT 'caregiver' = ANY(u.roles) GROUP BY u.username"
        )
        waiting = await connection.fetchval("SELECT count(*) FROM proposal WHERE status = 'proposed'")
    finally:
        await connection.close()
        server.close()
    offers = {row["username"]: row["n"] for row in rows}
    assert set(offers) == {"manager1", "manager2", "socialworker", "volunteer1", "volunteer2"}
    assert min(offers.values()) >= 2
    assert waiting > 0.9 * first[1]["served"]
