"""Routes and objects of accounts."""

from uuid import uuid4

from bangfu.accounts.sessions import start
from bangfu.accounts.tables import Session
from bangfu.shared.clock import now
from tests.authorisation.row import Row, Stage
from tests.support import World

_USER = "/accounts/{user:uuid}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/signin"): Row("public"),
    ("POST", "/signin"): Row("public"),
    ("GET", "/signin/code"): Row("public"),
    ("POST", "/signin/code"): Row("public"),
    ("GET", "/signin/forgotten"): Row("public"),
    ("POST", "/signin/forgotten"): Row("public"),
    ("GET", "/signin/reset"): Row("public"),
    ("POST", "/signin/reset"): Row("public"),
    ("GET", "/signin/unified"): Row("public"),
    ("GET", "/signin/unified/back"): Row("public"),
    ("POST", "/account/unified/link"): Row("signed_in"),
    ("POST", "/account/unified/remove"): Row("signed_in"),
    ("POST", "/signout"): Row("signed_in"),
    ("POST", "/signout-everywhere"): Row("signed_in"),
    ("POST", "/preferences"): Row("public"),
    ("GET", "/account"): Row("signed_in"),
    ("POST", "/account/password"): Row("signed_in"),
    ("POST", "/account/sessions/{session:uuid}/end"): Row("signed_in", "session"),
    ("GET", "/account/second-factor"): Row("signed_in"),
    ("POST", "/account/second-factor/begin"): Row("signed_in"),
    ("POST", "/account/second-factor/confirm"): Row("signed_in"),
    ("POST", "/account/second-factor/codes"): Row("signed_in"),
    ("POST", "/account/second-factor/remove"): Row("signed_in"),
    ("GET", "/account/prove"): Row("signed_in"),
    ("POST", "/account/prove"): Row("signed_in"),
    ("GET", "/accounts"): Row("accounts.manage"),
    ("GET", "/accounts/new"): Row("accounts.manage"),
    ("POST", "/accounts/new"): Row("accounts.manage"),
    ("GET", _USER): Row("accounts.manage", "user"),
    ("POST", _USER): Row("accounts.manage", "user"),
    ("POST", f"{_USER}/password"): Row("accounts.manage", "user"),
    ("POST", f"{_USER}/second-factor/remove"): Row("accounts.manage", "user"),
    ("POST", f"{_USER}/signout"): Row("accounts.manage", "user"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A further browser of everybody, and one of somebody else."""
    stage.put("user", world["worker"].me, uuid4())
    browsers = {}
    for name, actor in world.cast.items():
        await start(actor.me, "127.0.0.1", "another", now())
        row = await Session.objects().where(Session.user == actor.me).first()
        browsers[name] = row.id if row else uuid4()
    for name, own in browsers.items():
        stage.put("session", own, browsers["outsider" if name != "outsider" else "worker"], name)
