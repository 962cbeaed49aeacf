"""A fault at the top of a form says which field it is about: by the very label that the field carries on the page."""

import re
from typing import Final

_PLACE: Final = re.compile(r'<span data-label-of="([^"]+)">([^<]*)</span>([^<]*)')
"""What error_summary leaves before a fault that it has no label for: the field's id, the colon, and the fault."""


def named(html: str) -> str:
    """The page with every fault of its summary named; a field without a label of its own stays as it is.

    Args:
        html: a rendered page; labels are taken from it as they are written there, escaped.
    """
    return _PLACE.sub(lambda place: _said(html, *place.groups()), html) if "data-label-of" in html else html


def _said(html: str, field: str, colon: str, fault: str) -> str:
    """The fault with its field's name before it, unless it begins with that name itself."""
    label = _label(html, field).rstrip(":：")
    return fault if not label or fault.startswith(label) else f"{label}{colon}{fault}"


def _label(html: str, field: str) -> str:
    """The text of the field's label, of its tick box, or of the group that it begins; "" where there is none."""
    if found := re.search(rf'<label for="{re.escape(field)}"[^>]*>([^<]+)', html):
        return found[1].strip()
    tag = re.search(rf'<(?:input|select|textarea)[^>]* id="{re.escape(field)}"[^>]*>', html)
    if tag is None:
        return ""
    if 'type="checkbox"' in tag[0] and 'value="yes"' in tag[0]:
        word = re.match(r"\s*<span>([^<]+)", html[tag.end() :])
        return word[1].strip() if word else ""
    legends = list(re.finditer(r"<legend[^>]*>([^<]+)", html[: tag.start()]))
    return legends[-1][1].strip() if legends and "</fieldset>" not in html[legends[-1].end() : tag.start()] else ""
