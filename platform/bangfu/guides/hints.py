"""The help on a form: the section of the text on forms that belongs to the page's address."""

import re
from collections import Counter
from functools import cache, lru_cache
from typing import Final

from bangfu.guides import glossary, texts
from bangfu.guides.form_pages import PAGES
from bangfu.guides.readers import own_guides
from bangfu.shared.actor import Actor
from bangfu.shared.i18n import Lang, current
from bangfu.shared.web.frame import Hint

MOST_TERMS: Final = 4
"""So many terms are named below a form's help."""
_PARAMETER: Final = re.compile(r"\{[^}]*\}")


@cache
def _sections() -> dict[str, str]:
    """Address, `*` for what stands in braces -> key of its section."""
    return {path: key for key, paths in PAGES.items() for path in paths}


def key_for(template: str, method: str = "GET") -> str | None:
    """The section of a page; a posted form that comes back with its faults is the page above its address.

    Args:
        template: the route's path, parameters in braces.
    """
    path = _PARAMETER.sub("*", template)
    if method == "GET":
        return _sections().get(path)
    while path:
        if key := _sections().get(path):
            return key
        path = path.rpartition("/")[0]
    return None


def hint(template: str, method: str, actor: Actor | None) -> Hint | None:
    """What a page's help says to this reader, and where their guide says more."""
    key = key_for(template, method)
    if key is None:
        return None
    lang = current()
    forms = texts.guide(texts.FORMS, lang)
    if forms is None or key not in forms.sections:
        return None
    title = next(heading.text for heading in forms.headings if heading.anchor == key)
    more = further(template, actor.roles if actor else frozenset(), lang)
    return Hint(title, forms.sections[key], *(more or ("", "")), _terms(key, lang))


@cache
def _terms(key: str, lang: Lang) -> tuple[tuple[str, str], ...]:
    """The terms that a section uses, the longest names first: the short ones are everyday words."""
    forms = texts.guide(texts.FORMS, lang)
    named = glossary.named_in(forms.sections[key].striptags(), lang) if forms else ()
    longest = sorted(named, key=lambda term: -len(term.name(lang)))[:MOST_TERMS]
    return tuple((term.key, term.name(lang)) for term in longest)


@lru_cache(maxsize=4096)
def further(template: str, roles: frozenset[str], lang: Lang) -> tuple[str, str] | None:
    """The heading of the reader's own guide below which this page is named, else that guide: address and title.

    Where several headings name it, it is the one with the fewest links: an overview names every page.
    """
    found = [guide for slug in _guides_for(template, roles) if (guide := texts.guide(slug, lang))]
    named: list[tuple[int, int, str, str]] = []
    for guide in found:
        titles = {heading.anchor: heading.text for heading in guide.headings}
        below = Counter(anchor for anchor, _ in guide.links)
        for anchor, href in guide.links:
            path = href.partition("#")[0].partition("?")[0]
            inside = len(path) > 1 and (template == path or template.startswith(f"{path}/"))
            if inside and anchor in titles:
                named.append((len(path), -below[anchor], f"/guides/{guide.slug}#{anchor}", titles[anchor]))
    if named:
        return max(named, key=lambda each: each[:2])[2:]
    return (f"/guides/{found[0].slug}", found[0].title) if found else None


def _guides_for(template: str, roles: frozenset[str]) -> list[str]:
    """The guides of somebody's roles; who is not signed in reads the household's on its pages."""
    if roles:
        return own_guides(roles)
    return ["household"] if template.startswith(("/home", "/rate", "/complain")) else []
