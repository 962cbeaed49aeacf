"""Every route of the portal, who may use it, and which object its address names.

A route that is missing here fails the tests; so does a permission that differs from the route's own guard.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A route's permission (or `public`, `signed_in`) and the kind of object in its address ("" for none)."""

    permission: str
    kind: str = ""


MATRIX: dict[tuple[str, str], Row] = {
    ("GET", "/static/{file_path:path}"): Row("public"),
    ("GET", "/{rest:path}"): Row("public"),
    ("GET", "/"): Row("signed_in"),
    ("GET", "/help"): Row("public"),
    ("GET", "/privacy"): Row("public"),
    ("GET", "/healthz"): Row("public"),
    ("GET", "/signin"): Row("public"),
    ("POST", "/signin"): Row("public"),
    ("POST", "/signout"): Row("signed_in"),
    ("POST", "/signout-everywhere"): Row("signed_in"),
    ("POST", "/preferences"): Row("public"),
    ("GET", "/account"): Row("signed_in"),
    ("POST", "/account/password"): Row("signed_in"),
    ("GET", "/accounts"): Row("accounts.manage"),
    ("GET", "/accounts/new"): Row("accounts.manage"),
    ("POST", "/accounts/new"): Row("accounts.manage"),
    ("GET", "/accounts/{user:uuid}"): Row("accounts.manage", "user"),
    ("POST", "/accounts/{user:uuid}"): Row("accounts.manage", "user"),
    ("GET", "/inbox"): Row("signed_in"),
    ("POST", "/inbox/read"): Row("signed_in"),
    ("GET", "/inbox/{message:uuid}"): Row("signed_in", "message"),
    ("GET", "/divisions"): Row("divisions.read"),
    ("GET", "/divisions/{code:str}"): Row("divisions.read", "division"),
}
