"""The addresses for balancers: alive is not ready, and neither tells strangers anything."""

import pytest
from litestar import Litestar

from bangfu.operating.process import THIS
from bangfu.shared.database import DB, close_pool
from tests.support import Visitor, World


async def test_a_living_process_says_so_without_cookies(app: Litestar, world: World) -> None:
    visitor = await Visitor(app).sign_in(world["officer"])
    for path in ("/healthz", "/readyz"):
        answer = await visitor.get(path)
        assert (answer.status_code, answer.text) == (200, "ok")
        assert "set-cookie" not in answer.headers
    await visitor.close()


async def test_life_needs_no_database_but_readiness_does(app: Litestar, database: str) -> None:
    visitor = Visitor(app)
    await close_pool()
    assert (await visitor.get("/healthz")).status_code == 200
    answer = await visitor.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "database")
    await visitor.close()


async def test_a_schema_behind_the_program_is_not_ready_and_one_ahead_is(app: Litestar, database: str) -> None:
    visitor = Visitor(app)
    assert DB.pool is not None
    await DB.pool.execute("INSERT INTO migration (name, app_name) VALUES ('2099-01-01T00:00:00:000000', 'bangfu')")
    assert (await visitor.get("/readyz")).status_code == 200
    await DB.pool.execute("DELETE FROM migration WHERE name = (SELECT min(name) FROM migration)")
    answer = await visitor.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "schema")
    await visitor.close()


async def test_a_stopping_process_is_alive_but_not_ready(
    app: Litestar, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(THIS, "stopping", True)
    visitor = Visitor(app)
    assert (await visitor.get("/healthz")).status_code == 200
    assert (await visitor.get("/readyz")).text == "stopping"
    await visitor.close()


async def test_without_the_database_a_stranger_learns_one_word(app: Litestar, database: str) -> None:
    visitor = Visitor(app)
    await close_pool()
    answer = await visitor.get("/readyz")
    assert answer.text == "database"
    assert not any("bangfu" in value for name, value in answer.headers.items() if name != "content-security-policy")
    await visitor.close()
