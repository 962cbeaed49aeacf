"""The unified sign-in against a real OpenID Connect server on loopback (Authlib's), and against one that lies."""

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
import oidc_provider_mock
import pyotp
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from litestar import Litestar

from bangfu.accounts import factors, unified
from bangfu.accounts.middleware import COOKIE
from bangfu.accounts.tables import Identity
from bangfu.accounts.unified import NotVouched
from bangfu.app import create_app
from bangfu.errors import SetupError
from bangfu.settings import Settings, Unified
from bangfu.shared.clock import now
from tests.support import Visitor, World

pytestmark = pytest.mark.filterwarnings("ignore:::authlib")
CLIENT, SECRET = "bangfu", "k3J9vQ-x7Lm2Zp8Rw4TyB6nHd5FsGc1a"
PORTAL = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    """No test meets the documents of another one's server."""
    unified._known.clear()


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


def portal_with(app: Litestar, issuer: str, **more: object) -> Litestar:
    old: Settings = app.state.settings
    return create_app(replace(old, unified=Unified(issuer, CLIENT, SECRET), **more))  # type: ignore[arg-type]


async def there_and_back(place: str, subject: str) -> str:
    """What a person does at the other side: sign in; the address that leads back."""
    async with httpx.AsyncClient() as browser:
        answer = await browser.post(place, data={"sub": subject})
    assert answer.status_code in {302, 303}, answer.text[:300]
    back = urlsplit(answer.headers["location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == f"{PORTAL}/signin/unified/back"
    return f"{back.path}?{back.query}"


async def linked(browser: Visitor, subject: str) -> httpx.Response:
    page = await browser.post("/account/unified/link")
    place = page.text.split('href="http://localhost', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    return await browser.get(await there_and_back(f"http://localhost{place}", subject))


async def test_an_account_is_linked_once_and_then_opened(app: Litestar, issuer: str, world: World) -> None:
    own = portal_with(app, issuer)
    first = await Visitor(own).sign_in(world["worker"])
    assert (await linked(first, "person-1")).headers["location"] == "/account"
    assert "Linked" in (await first.get("/account")).text
    other = Visitor(own)
    out = await other.get("/signin/unified?next=/inbox")
    assert out.headers["location"].startswith(issuer)
    back = await other.get(await there_and_back(out.headers["location"], "person-1"))
    assert (back.status_code, back.headers["location"]) == (303, "/inbox")
    assert (await other.get("/inbox")).status_code == 200
    assert not any("person-1" in row.mark for row in await Identity.objects())
    await first.close()
    await other.close()


async def test_nobody_gets_an_account_by_coming(app: Litestar, issuer: str, world: World) -> None:
    browser = Visitor(portal_with(app, issuer))
    out = await browser.get("/signin/unified")
    back = await browser.get(await there_and_back(out.headers["location"], "stranger"))
    assert back.status_code == 422 and COOKIE not in browser.client.cookies
    await browser.close()


async def test_one_person_of_the_other_side_is_one_account_here(app: Litestar, issuer: str, world: World) -> None:
    own = portal_with(app, issuer)
    first, second = await Visitor(own).sign_in(world["worker"]), await Visitor(own).sign_in(world["coordinator"])
    await linked(first, "person-2")
    await linked(second, "person-2")
    assert "belongs to another account" in (await second.get("/account")).text
    assert await Identity.count() == 1
    await second.post("/account/unified/remove")
    assert await Identity.count() == 1, "only one's own link"
    await first.post("/account/unified/remove")
    assert await Identity.count() == 0
    await first.close()
    await second.close()


async def test_the_portals_second_factor_is_asked_for_where_the_other_side_asked_for_none(
    app: Litestar, issuer: str, world: World
) -> None:
    own, at = portal_with(app, issuer), now() - timedelta(minutes=5)
    first = await Visitor(own).sign_in(world["bureau"])
    await linked(first, "person-3")
    await factors.begin(world["bureau"], at)
    totp = pyotp.TOTP(await factors.begun_secret(world["bureau"]) or "")
    await factors.confirm(world["bureau"], totp.at(at), at)
    browser = Visitor(own)
    out = await browser.get("/signin/unified")
    back = await browser.get(await there_and_back(out.headers["location"], "person-3"))
    assert back.headers["location"] == "/signin/code"
    assert (await browser.get("/inbox")).status_code == 303
    assert (await browser.post("/signin/code", {"code": totp.now(), "next": "/inbox"})).status_code == 303
    assert (await browser.get("/inbox")).status_code == 200
    await first.close()
    await browser.close()


async def test_what_comes_back_to_another_browser_opens_nothing(app: Litestar, issuer: str, world: World) -> None:
    own = portal_with(app, issuer)
    first = await Visitor(own).sign_in(world["worker"])
    await linked(first, "person-4")
    mine, victim = Visitor(own), Visitor(own)
    out = await mine.get("/signin/unified")
    address = await there_and_back(out.headers["location"], "person-4")
    assert (await victim.get(address)).status_code == 422
    assert (await mine.get(address)).status_code == 303
    assert (await mine.get(address)).status_code in {303, 422}
    for browser in (first, mine, victim):
        await browser.close()


class Liar(BaseHTTPRequestHandler):
    """An OpenID Connect server that can be told what to say."""

    key = RSAKey.generate_key(2048, {"kid": "k1"})
    claims: dict[str, object] = {}  # noqa: RUF012 (set by each test)
    header: dict[str, object] = {}  # noqa: RUF012
    issuer = ""

    def do_GET(self) -> None:
        if self.path.startswith("/.well-known"):
            parts = {f"{name}_endpoint": f"{self.issuer}/{name}" for name in ("authorization", "token")}
            self._say({"issuer": self.issuer, **parts, "jwks_uri": f"{self.issuer}/keys"})
        elif self.path == "/keys":
            self._say({"keys": [self.key.as_dict(private=False)]})
        else:
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/")
            self.end_headers()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        header = {"alg": "RS256", "kid": "k1", **self.header}
        if header["alg"] == "none":
            parts = [
                base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode()
                for one in (header, self.claims)
            ]
            self._say({"id_token": ".".join(parts) + "."})
        else:
            self._say({"id_token": jwt.encode(header, self.claims, self.key)})

    def _say(self, document: object) -> None:
        text = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def liar() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Liar)
    Liar.issuer = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Liar.issuer
    server.shutdown()


WRONG = {
    "another issuer": {"iss": "https://evil.example"}, "another audience": {"aud": "somebody-else"},
    "several audiences": {"aud": [CLIENT, "somebody-else"]}, "over": {"exp": 1}, "no end": {"exp": None},
    "another nonce": {"nonce": "x"}, "no nonce": {"nonce": None}, "nobody": {"sub": None},
}  # fmt: skip


@pytest.mark.parametrize("what", [*WRONG, "right", "no signature", "another key", "another state", "too late"])
async def test_a_token_that_is_not_as_it_must_be_vouches_for_nobody(what: str, liar: str, keys: object) -> None:
    own, at = Unified(liar, CLIENT, SECRET), now()
    place, cookie = await unified.begin(own, PORTAL, "/inbox", at)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(place).query).items()}
    assert asked["code_challenge_method"] == "S256" and SECRET not in place and asked["state"] not in cookie
    seconds = int(at.timestamp())
    right = {
        "iss": liar,
        "aud": CLIENT,
        "sub": "p",
        "exp": seconds + 60,
        "iat": seconds,
        "nonce": asked["nonce"],
        "amr": ["otp"],
    }
    Liar.claims = {name: value for name, value in {**right, **WRONG.get(what, {})}.items() if value is not None}
    Liar.header = {"alg": "none"} if what == "no signature" else {}
    former, Liar.key = Liar.key, RSAKey.generate_key(2048, {"kid": "k1"}) if what == "another key" else Liar.key
    if what == "another key":
        served = Liar.do_GET
        Liar.do_GET = lambda self: (  # type: ignore[method-assign]
            self._say({"keys": [former.as_dict(private=False)]}) if self.path == "/keys" else served(self)
        )
    answer = {"code": "c", "state": "x" if what == "another state" else asked["state"]}
    later = at + unified.LASTS + timedelta(seconds=1) if what == "too late" else at
    try:
        if what == "right":
            vouched = await unified.finish(own, PORTAL, cookie, answer, later)
            assert vouched.strong and vouched.following == "/inbox" and vouched.link is None
        else:
            with pytest.raises(NotVouched):
                await unified.finish(own, PORTAL, cookie, answer, later)
    finally:
        Liar.key = former
        if what == "another key":
            Liar.do_GET = served  # type: ignore[method-assign]


@pytest.mark.parametrize(
    "settings",
    [
        ("http://login.example.org", "c", ""),
        ("https://login.example.org", "", ""),
        ("", "", "s"),
        ("https://x.org/?a=1", "c", ""),
    ],
)
def test_half_a_setting_or_a_plain_address_is_refused(
    settings: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in zip(("ISSUER", "CLIENT", "SECRET"), settings, strict=True):
        monkeypatch.setenv(f"BANGFU_OIDC_{name}", value)
    with pytest.raises(SetupError, match="BANGFU_OIDC"):
        Unified.from_environment()


async def test_without_a_setting_there_is_no_such_page(visit, world: World) -> None:
    browser = await visit(None)
    assert (await browser.get("/signin/unified")).status_code == 404
    assert (await browser.get("/signin/unified/back?code=x&state=y")).status_code == 404
