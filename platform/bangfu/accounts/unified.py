"""Unified sign-in (OpenID Connect, authorization code with PKCE) beside passwords.

What goes with the browser to the other side and back (state, nonce, verifier) lies in a sealed cookie for ten minutes.
The token is checked as OpenID Connect Core 3.1.3.7 says: signature by the issuer's own keys, issuer, audience, time,
nonce. Only a keyed hash of issuer and subject is kept.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bangfu.accounts.tables import Identity
from bangfu.errors import N_, Refused
from bangfu.settings import Unified
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.crypto import blind_index, decrypt, encrypt
from bangfu.shared.database import transaction

BACK: Final = "/signin/unified/back"
LASTS: Final = timedelta(minutes=10)
STRONG: Final = frozenset({"mfa", "otp", "hwk", "swk", "sc", "fpt", "face", "pop"})
"""Ways of the token's `amr` (RFC 8176) that are more than a password."""
_ALGORITHMS: Final = ["RS256", "PS256", "ES256", "EdDSA"]
_KEPT_SECONDS: Final = 3600.0
_MOST: Final = 256 * 1024
_PLACE: Final = "cookie:unified:state"


class NotVouched(Exception):
    """The other side did not vouch for anybody; the text is a code for the log, never a value."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """Who came back: the keyed hash of issuer and subject, whether a second factor was asked for there, and for whom a
    link was begun."""

    mark: str
    strong: bool
    following: str
    link: UUID | None


_known: dict[str, tuple[float, dict[str, Any]]] = {}


async def begin(own: Unified, portal: str, following: str, at: datetime, link: UUID | None = None) -> tuple[str, str]:
    """Where to send the browser, and the cookie that goes with it. `link`: who links the own account.

    Raises:
        NotVouched: if the other side does not answer.
    """
    there = await _document(f"{own.issuer}/.well-known/openid-configuration")
    if there.get("issuer", "").rstrip("/") != own.issuer:
        raise NotVouched("issuer_differs")
    kept = {
        "state": secrets.token_urlsafe(24), "nonce": secrets.token_urlsafe(24), "verifier": secrets.token_urlsafe(48),
        "next": following, "link": link.hex if link else "", "at": at.timestamp(),
    }  # fmt: skip
    digest = hashlib.sha256(str(kept["verifier"]).encode()).digest()
    asked = {
        "response_type": "code", "client_id": own.client, "redirect_uri": portal + BACK, "scope": "openid",
        "state": kept["state"], "nonce": kept["nonce"], "code_challenge_method": "S256",
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
    }  # fmt: skip
    place = str(there["authorization_endpoint"])
    return f"{place}{'&' if '?' in place else '?'}{urlencode(asked)}", encrypt(json.dumps(kept), _PLACE)


async def finish(own: Unified, portal: str, cookie: str, answer: dict[str, str], at: datetime) -> Vouched:
    """Check what came back.

    Raises:
        NotVouched: for anything that is not as it must be.
    """
    kept = _unsealed(cookie, at)
    if not hmac.compare_digest(answer.get("state", "").encode(), kept["state"].encode()):
        raise NotVouched("state")
    if answer.get("iss", own.issuer).rstrip("/") != own.issuer:
        raise NotVouched("issuer")
    if "error" in answer or not answer.get("code"):
        raise NotVouched("refused")
    there = await _document(f"{own.issuer}/.well-known/openid-configuration")
    claims = await _claims(
        own, there, await _token(own, there, portal, answer["code"], kept["verifier"]), kept["nonce"]
    )
    ways = {str(one) for one in claims.get("amr") or ()}
    mark = blind_index(f"{own.issuer}\n{claims['sub']}", "identity")
    return Vouched(mark, bool(ways & STRONG), kept["next"], UUID(kept["link"]) if kept["link"] else None)


def _unsealed(cookie: str, at: datetime) -> dict[str, Any]:
    try:
        kept: dict[str, Any] = json.loads(decrypt(cookie, _PLACE))
    except Exception as error:
        raise NotVouched("cookie") from error
    if not 0 <= at.timestamp() - kept["at"] <= LASTS.total_seconds():
        raise NotVouched("too_late")
    return kept


async def _token(own: Unified, there: dict[str, Any], portal: str, code: str, verifier: str) -> str:
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": portal + BACK, "code_verifier": verifier,
        "client_id": own.client,
    }  # fmt: skip
    auth = httpx.BasicAuth(own.client, own.secret) if own.secret else None
    told = await _ask("POST", str(there["token_endpoint"]), data=form, auth=auth)
    if not isinstance(told.get("id_token"), str):
        raise NotVouched("no_token")
    return str(told["id_token"])


async def _claims(own: Unified, there: dict[str, Any], token: str, nonce: str) -> dict[str, Any]:
    place = str(there["jwks_uri"])
    try:
        try:
            found = jwt.decode(token, KeySet.import_key_set(await _document(place)), algorithms=_ALGORITHMS)  # type: ignore[arg-type]
        except (JoseError, ValueError):
            _known.pop(place, None)  # the other side may have changed its keys
            found = jwt.decode(token, KeySet.import_key_set(await _document(place)), algorithms=_ALGORITHMS)  # type: ignore[arg-type]
        asked = jwt.JWTClaimsRegistry(
            leeway=60, iss={"essential": True, "value": there["issuer"]}, aud={"essential": True, "value": own.client},
            sub={"essential": True}, exp={"essential": True}, iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )  # fmt: skip
        asked.validate(found.claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise NotVouched(type(error).__name__) from error
    claims: dict[str, Any] = found.claims
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if len(audience) > 1 and claims.get("azp") != own.client:
        raise NotVouched("azp")
    return claims


async def _document(place: str) -> dict[str, Any]:
    """A document of the other side, kept for an hour."""
    made, document = _known.get(place, (0.0, {}))
    if not document or time.monotonic() - made > _KEPT_SECONDS:
        document = await _ask("GET", place)
        _known[place] = (time.monotonic(), document)
    return document


async def _ask(method: str, place: str, **more: Any) -> dict[str, Any]:
    """One request: no redirects, a bounded answer, five seconds."""
    try:
        async with (
            httpx.AsyncClient(timeout=5.0, follow_redirects=False, trust_env=False) as client,
            client.stream(method, place, headers={"Accept": "application/json"}, **more) as answer,
        ):
            if answer.status_code != 200:
                raise NotVouched(f"http_{answer.status_code}")
            content = bytearray()
            async for piece in answer.aiter_bytes():
                content += piece
                if len(content) > _MOST:
                    raise NotVouched("too_long")
        document = json.loads(bytes(content))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise NotVouched(type(error).__name__) from error
    if not isinstance(document, dict):
        raise NotVouched("no_object")
    return document


async def link(actor: Actor, mark: str, at: datetime) -> None:
    """Remember who the signed-in person is at the unified sign-in; one identity belongs to one account.

    Raises:
        Refused: if it belongs to another account already.
    """
    async with transaction():
        rows = await Identity.raw(
            'INSERT INTO app_identity (id, "user", mark, linked_at) VALUES (gen_random_uuid(), {}, {}, {})'
            ' ON CONFLICT (mark) DO UPDATE SET mark = excluded.mark RETURNING "user", linked_at = {} AS fresh',
            actor.me, mark, at, at,
        )  # fmt: skip
        if rows[0]["user"] != actor.me:
            raise Refused(N_("This person of the unified sign-in belongs to another account here."))
        if rows[0]["fresh"]:
            await audit.record(actor, "account.unified_linked", "user", actor.me, at=at)


async def unlink(actor: Actor, at: datetime) -> None:
    """Forget it again; passwords go on."""
    async with transaction():
        if await Identity.raw('DELETE FROM app_identity WHERE "user" = {} RETURNING id', actor.me):
            await audit.record(actor, "account.unified_unlinked", "user", actor.me, at=at)


async def is_linked(actor: Actor) -> bool:
    """Whether the person may come in by the unified sign-in."""
    return await Identity.exists().where(Identity.user == actor.me)
