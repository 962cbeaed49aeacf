"""What no form of ours sends: forged forms, foreign hosts, redirects elsewhere, guessed ids, fields not offered."""

import time
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar

from bangfu.accounts.middleware import COOKIE
from bangfu.accounts.passwords import password_matches
from bangfu.accounts.signing_routes import local_path
from bangfu.accounts.tables import User
from bangfu.app import create_app
from bangfu.needs.tables import Need
from bangfu.settings import Settings
from tests.authorisation.row import Stage
from tests.security.pages import addresses
from tests.support import PASSWORD, Visitor, World

PORTAL = "https://portal.example"


async def test_no_form_counts_without_its_token(staged: Stage, visit) -> None:
    """CSRF: the browser of a signed-in person, sent by another site."""
    counted, browsers = [], {}
    for name, address, path in addresses(staged, "POST"):
        browser = browsers.setdefault(name, await visit(name))
        answer = await browser.client.post(address, data={"_csrf_token": "a" * 64})
        counted += [] if answer.status_code in {403, 404} else [(path, answer.status_code)]
    assert counted == []
    assert len(browsers) > 10


async def test_no_form_counts_that_the_browser_says_another_site_sent(staged: Stage, visit) -> None:
    counted, browsers = [], {}
    for name, address, path in addresses(staged, "POST"):
        browser = browsers.setdefault(name, await visit(name))
        for site in ("cross-site", "same-site"):
            answer = await browser.post(address, headers={"Sec-Fetch-Site": site})
            counted += [] if answer.status_code in {403, 404} else [(path, site, answer.status_code)]
    assert counted == []


async def test_a_token_that_is_no_token_is_a_wrong_one(visit, world: World) -> None:
    """Found by the scanner: letters beyond ASCII, a file in place of the text."""
    browser = await visit("worker")
    for token in ("口令" * 40, "a" * 128, "", "\U0001f600" * 70):
        assert (await browser.client.post("/preferences", data={"_csrf_token": token})).status_code == 403
    await browser.get("/signin")
    files = {"_csrf_token": ("t.txt", b"a" * 128)}
    assert (await browser.client.post("/preferences", files=files)).status_code == 403


async def test_a_cookie_that_holds_no_token_shuts_nobody_out(visit, world: World) -> None:
    browser = await visit(None)
    browser.client.cookies.set("bangfu_csrf", "set-by-something-else", domain="127.0.0.1")
    answer = await browser.get("/signin")
    assert answer.cookies["bangfu_csrf"] != "set-by-something-else"
    assert f'value="{answer.cookies["bangfu_csrf"]}"' in answer.text


HOSTILE = (
    "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "/%09/evil.example", "javascript:alert(1)", "/\t/evil.example", "https:evil.example", "/..//evil.example",
    "data:text/html,x", " //evil.example", "/@evil.example", "http:///evil.example", "/\r\nLocation: https://evil.example",
)  # fmt: skip


@pytest.mark.parametrize("target", HOSTILE)
async def test_no_page_of_ours_leads_to_another_site(target: str, visit, world: World) -> None:
    browser = await visit(None)
    answers = [
        await browser.post("/signin", {"username": "worker", "password": PASSWORD, "next": target}),
        await browser.post("/preferences", {"lang": "zh", "next": target}),
        await browser.post("/account/prove", {"_proof": PASSWORD, "next": target}),
    ]
    for answer in answers:
        assert urlsplit(urljoin(PORTAL, answer.headers["location"])).netloc == "portal.example"
        assert "evil.example" not in answer.headers.get("set-cookie", "")
        assert "\n" not in answer.headers["location"]


@given(st.text(alphabet=st.sampled_from("/\\:@.?#%09aehtps \t\r\nex"), max_size=24))
def test_whatever_is_asked_for_the_way_stays_inside(text: str) -> None:
    assert urlsplit(urljoin(PORTAL, local_path(text))).netloc == "portal.example"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "127.0.0.1@evil", ""]
)
async def test_a_portal_answers_to_its_own_names_only(host: str, app: Litestar, visit, world: World) -> None:
    """Host header: no link is built on it, and no bent name (DNS rebinding) reaches a portal on loopback."""
    browser = await visit("worker")
    answer = await browser.get("/inbox", headers={"Host": host})
    assert answer.status_code == 400
    assert host not in answer.text or not host
    named = await browser.get("/inbox", headers={"Host": "LOCALHOST.:8000", "X-Forwarded-Host": "evil.example"})
    assert named.status_code == 200 and "evil.example" not in named.text


async def test_the_names_that_the_operator_gave_are_its_own(portal_app: Litestar, world: World) -> None:
    old: Settings = portal_app.state.settings
    own = create_app(
        Settings(
            data=old.data,
            key_file=old.key_file,
            public_url="https://bangfu.example.org",
            hosts=frozenset({"inner.lan"}),
        )
    )
    browser = Visitor(own)
    for host, status in (("bangfu.example.org", 200), ("inner.lan:8080", 200), ("other.lan", 400)):
        assert (await browser.get("/signin", headers={"Host": host})).status_code == status
    await browser.close()


async def test_a_guessed_id_is_answered_like_one_that_is_somebody_elses(staged: Stage, visit) -> None:
    """Identifier guessing: ids are random, and the answer does not tell a foreign one from none at all."""
    for name, path, kind in (
        ("dispatcher", "/assignments/{}", "assignment"), ("coordinator", "/households/{}", "household"),
        ("coordinator", "/needs/{}", "need"), ("manager", "/tasks/{}", "assignment"),
        ("worker", "/my-tasks/{}", "assignment"),
    ):  # fmt: skip
        browser = await visit(name)
        foreign, nobodys = [await browser.get(path.format(one)) for one in (staged.others(kind, name), uuid4())]
        assert foreign.status_code == nobodys.status_code == 404
        assert len(foreign.text) == len(nobodys.text)


def test_no_address_names_its_object_by_a_number_that_counts_up(portal_app: Litestar) -> None:
    counting = [route.path for route in portal_app.routes if ":int}" in route.path]
    assert counting == []


async def test_a_form_takes_only_what_it_offers(staged: Stage, visit, world: World) -> None:
    """Mass assignment: every column of the row beside the fields of its form."""
    need = await Need.objects().get(Need.id == staged.own["draft"][""])
    assert need is not None
    before = need.to_dict()
    browser = await visit("coordinator")
    extra = {column._meta.name: "1" for column in Need._meta.columns}
    forced = {
        **extra, "status": "confirmed", "division": "990102001201", "household": str(staged.foreign["household"][""]),
        "id": str(uuid4()), "number": "N-FORCED", "confirmed_by": str(world["coordinator"].me), "priority": "urgent",
    }  # fmt: skip
    page = (await browser.get(f"/needs/{need.id}/edit")).text
    offered = {name for name in forced if f'name="{name}"' in page}
    await browser.post(f"/needs/{need.id}/edit", forced)
    after = (await Need.objects().get(Need.id == need.id)).to_dict()  # type: ignore[union-attr]
    changed = {name for name in before if before[name] != after[name]}
    assert not changed - offered - {"updated_at", "version"}
    for fixed in ("status", "division", "household", "number", "id"):
        assert before[fixed] == after[fixed]


async def test_nobody_makes_themselves_an_administrator_by_a_field(visit, world: World) -> None:
    worker = await visit("worker")
    roles = {"roles": "sysadmin", "scope": "", "active": "yes", "password_given": "", "organization": str(uuid4())}
    await worker.post("/preferences", {"lang": "zh", **roles})
    await worker.post(
        "/account/password",
        {
            "old_password": PASSWORD,
            "new_password": "plum-lantern-gravel-52",
            "repeat_password": "plum-lantern-gravel-52",
            **roles,
        },
    )
    user = await User.objects().get(User.id == world["worker"].me)
    assert user is not None and user.roles == ["social_worker"] and user.scope == world["worker"].scope


async def test_the_session_is_the_portals_alone(portal_app: Litestar, world: World) -> None:
    """Cookie scope: over TLS the names that a browser takes only from this host, over TLS, for all paths."""
    old: Settings = portal_app.state.settings
    for https in (False, True):
        own = create_app(Settings(data=old.data, key_file=old.key_file, https=https, second_factor="off"))
        browser = Visitor(own)
        first = await browser.client.get("/signin")
        token = next(iter(browser.client.cookies.values()))
        name = next(iter(browser.client.cookies.keys()))
        answer = await browser.client.post(
            "/signin", data={"username": "worker", "password": PASSWORD, "_csrf_token": token},
            headers={"Cookie": f"{name}={token}"},
        )  # fmt: skip
        for set_cookie in (*first.headers.get_list("set-cookie"), *answer.headers.get_list("set-cookie")):
            parts = {part.strip().lower() for part in set_cookie.split(";")[1:]}
            assert {"path=/", "httponly", "samesite=lax"} <= parts
            assert not any(part.startswith("domain") for part in parts)
            assert ("secure" in parts) == https == set_cookie.startswith("__Host-")
        assert any(COOKIE in one for one in answer.headers.get_list("set-cookie"))
        await browser.close()


def test_a_name_that_nobody_has_costs_as_long_as_a_wrong_password() -> None:
    """Timing of sign-in: the hash is reckoned in both cases; the quickest of several says what the machine can."""

    def quickest(stored: str | None) -> float:
        took = []
        for _ in range(7):
            began = time.perf_counter()
            assert not password_matches(stored, "nothing like it")
            took.append(time.perf_counter() - began)
        return min(took)

    from bangfu.accounts.passwords import hash_password

    known, unknown = quickest(hash_password(PASSWORD)), quickest(None)
    assert 0.4 < unknown / known < 2.5


async def test_signing_in_writes_the_same_for_every_name(visit, world: World) -> None:
    """Neither the answer nor the trail's length nor the lock tells which names exist."""
    said = {}
    for name in ("worker", "nobody-at-all"):
        browser = await visit(None)
        browser.client.cookies.set("bangfu_lang", "en", domain="127.0.0.1")
        answers = [await browser.post("/signin", {"username": name, "password": "wrong wrong wrong"}) for _ in range(7)]
        said[name] = [(answer.status_code, "is locked for 15 minutes" in answer.text) for answer in answers]
    assert said["worker"] == said["nobody-at-all"]
    assert said["worker"][5] == (422, True)
    rows = await User.raw("SELECT count(*) AS n FROM audit_event GROUP BY subject")
    assert [row["n"] for row in rows] == [7, 7]
