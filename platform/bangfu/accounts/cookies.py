"""The cookies of the portal: never to another host, never readable by a script."""

from litestar.datastructures import Cookie

from bangfu.shared.web.pages import Page, Request


def set_cookie(request: Request, answer: Page, name: str, value: str, *, keep: bool = False) -> None:
    """A cookie of this host and all its paths; `keep` for a year, otherwise until the browser closes."""
    answer.set_cookie(_cookie(request, name, value, 365 * 86400 if keep else None))


def drop_cookie(request: Request, answer: Page, name: str) -> None:
    """Forget it; written as it was set, or a browser keeps one whose name begins with __Host-."""
    answer.set_cookie(_cookie(request, name, "", 0))


def _cookie(request: Request, name: str, value: str, seconds: int | None) -> Cookie:
    secure = request.app.state.settings.https
    return Cookie(key=name, value=value, path="/", httponly=True, samesite="lax", secure=secure, max_age=seconds)
