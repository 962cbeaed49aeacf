"""Where the files beside the code are, in a checkout and in an installed wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = PACKAGE.parent.parent


def _folder(name: str) -> Path:
    """A top-level folder of the checkout, or its copy inside the installed package."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else _CHECKOUT / name


TEMPLATES = _folder("templates")
STATIC = _folder("static")
MIGRATIONS = _folder("migrations")
LOCALE = PACKAGE / "locale"
