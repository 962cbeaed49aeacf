"""One message for the next page, announced to screen readers."""

from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.web.pages import Request


async def flash(request: Request, level: str, message: str, /, **params: object) -> None:
    """Keep a message (ok, info, warn, bad) for the page that this person sees next."""
    actor: Actor | None = request.scope.get("user")
    if actor is not None and actor.session is not None:
        shown = {key: str(value) for key, value in params.items()}
        await request.app.state.frame_hooks.add_flash(actor.session, level, message, shown)


def shown(level: str, message: str, params: dict[str, str]) -> dict[str, str]:
    """A kept message as the template reads it."""
    return {"level": level, "text": i18n.sentence(message, params)}
