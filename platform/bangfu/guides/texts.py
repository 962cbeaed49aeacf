"""The guides' texts: markdown files, one folder a language, read once and shown as pages (docs/decisions/0064)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Final
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape
from PIL import Image

from bangfu.paths import PACKAGE, STATIC
from bangfu.shared.i18n import Lang
from bangfu.shared.web.pages import static_url

FOLDER: Final = PACKAGE / "guides" / "texts"
FORMS: Final = "forms"
"""The text that explains the forms, a section for each; every form shows its own."""
_OWN_ANCHOR: Final = re.compile(r"\s*\{#([a-z0-9_-]+)\}\s*$")
_OTHER_TEXT: Final = re.compile(r"^(?:guide:)?([a-z_]+)(?:\.md)?(#.*)?$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a guide; `level` is 2 or 3, the anchor is the same in every language."""

    level: int
    anchor: str
    text: str


@dataclass(slots=True)
class Guide:
    """A guide in one language. `sections`: anchor of a second-level heading -> what stands below it."""

    slug: str
    lang: Lang
    title: str = ""
    lede: str = ""
    html: Markup = field(default_factory=Markup)
    plain: str = ""
    headings: list[Heading] = field(default_factory=list)
    sections: dict[str, Markup] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)
    """Anchor of the heading above ("" before the first) and address, in their order."""
    pictures: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """Links and pictures that lead nowhere."""


def slugs(lang: Lang) -> list[str]:
    """The texts of a language, without the help on forms."""
    return sorted(file.stem for file in (FOLDER / lang).glob("*.md") if file.stem != FORMS)


@cache
def guide(slug: str, lang: Lang) -> Guide | None:
    """A guide ready to be shown, or None where there is no such text; it is read once."""
    if slug not in [*slugs(lang), FORMS]:
        return None
    tokens = _tokens(slug, lang)
    made = Guide(slug, lang)
    anchors = _anchors(slug, lang)
    _mark_headings(made, tokens, anchors)
    _follow(made, tokens)
    body = _without_title(tokens)
    made.html = _rendered(body)
    made.plain = " ".join(token.content for token in tokens if token.type == "inline")
    made.lede = _first_words(body)
    made.sections = dict(_sections(body))
    return made


@cache
def _reader() -> MarkdownIt:
    """Plain markdown with tables; what looks like html is shown as it is typed."""
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _tokens(slug: str, lang: Lang) -> list[Token]:
    return _reader().parse((FOLDER / lang / f"{slug}.md").read_text(encoding="utf-8"))


def _rendered(tokens: Sequence[Token]) -> Markup:
    reader = _reader()
    return Markup(reader.renderer.render(tokens, reader.options, {}))  # noqa: S704 (html in the texts is off)


def _titles(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """Each heading: its opening token and its words."""
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            yield token, tokens[place + 1]


def _plain(words: Token) -> str:
    """The words of a line without marks."""
    return "".join(" " if one.type == "softbreak" else one.content for one in words.children or [])


def _first_words(body: Sequence[Token]) -> str:
    """The first paragraph, if it stands before every heading."""
    return _plain(body[1]) if body and body[0].type == "paragraph_open" else ""


def _slug_of(text: str) -> str:
    own = _OWN_ANCHOR.search(text)
    return own[1] if own else re.sub(r"[^\w]+", "-", text.lower()).strip("-")


@cache
def _anchors(slug: str, lang: Lang) -> tuple[str, ...]:
    """The anchors of all headings: those of the English text, so that a link holds in both languages."""
    own = [_slug_of(_plain(words)) for _, words in _titles(_tokens(slug, lang))]
    if lang != "en" and (FOLDER / "en" / f"{slug}.md").exists():
        english = _anchors(slug, "en")
        if len(english) == len(own):
            return english
    seen: dict[str, int] = {}
    found = []
    for anchor in own:
        seen[anchor] = seen.get(anchor, 0) + 1
        found.append(anchor if seen[anchor] == 1 else f"{anchor}-{seen[anchor]}")
    return tuple(found)


def _mark_headings(made: Guide, tokens: Sequence[Token], anchors: Sequence[str]) -> None:
    for (opening, words), anchor in zip(_titles(tokens), anchors, strict=True):
        for part in words.children or []:
            part.content = _OWN_ANCHOR.sub("", part.content)
        level, text = int(opening.tag[1]), _plain(words)
        if level == 1:
            made.title = made.title or text
            continue
        opening.attrSet("id", anchor)
        if level <= 3:
            made.headings.append(Heading(level, anchor, text))


def _without_title(tokens: list[Token]) -> list[Token]:
    """The first heading is the page's own."""
    return tokens[3:] if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1" else tokens


def _follow(made: Guide, tokens: Sequence[Token]) -> None:
    """Turn links to other texts, terms and pictures into addresses of this portal."""
    at = ""
    for token in tokens:
        if token.type == "heading_open":
            at = str(token.attrGet("id") or "")
        for part in token.children or []:
            if part.type == "link_open":
                href = _address(made, unquote(str(part.attrGet("href") or "")))
                part.attrSet("href", href)
                made.links.append((at, href))
            elif part.type == "image":
                _picture(made, part)


def _address(made: Guide, href: str) -> str:
    if href.startswith("glossary:"):
        return f"/glossary#{href.removeprefix('glossary:')}"
    if href.startswith(("/", "https://", "mailto:", "tel:")):
        return href
    if href.startswith("#"):
        return f"#{_anchor_in(made, made.slug, href[1:])}"
    other = _OTHER_TEXT.match(href)
    if other is None or not (FOLDER / made.lang / f"{other[1]}.md").exists():
        made.broken.append(href)
        return "/guides"
    anchor = f"#{_anchor_in(made, other[1], other[2][1:])}" if other[2] else ""
    return f"/guides/{other[1]}{anchor}"


def _anchor_in(made: Guide, slug: str, wanted: str) -> str:
    """The anchor of a heading that a link names by its anchor or by its words in either language."""
    anchors, name = _anchors(slug, made.lang), _slug_of(wanted)
    if name in anchors:
        return name
    own = [_slug_of(_plain(words)) for _, words in _titles(_tokens(slug, made.lang))]
    if name in own:
        return anchors[own.index(name)]
    made.broken.append(f"{slug}#{wanted}")
    return name


def _picture(made: Guide, image: Token) -> None:
    name = str(image.attrGet("src") or "").removeprefix("guides:")
    path = f"guides/{made.lang}/{name}.webp"
    if re.fullmatch(r"[a-z0-9_-]+", name) and (STATIC / path).exists():
        made.pictures.append(name)
        image.attrSet("src", static_url(path))
        image.attrSet("loading", "lazy")
        with Image.open(STATIC / path) as picture:
            width, height = picture.size
        image.attrSet("width", str(width))
        image.attrSet("height", str(height))
    else:
        made.broken.append(f"picture {name}")
        image.type, image.content = "text", str(escape(image.content))


def _sections(body: Sequence[Token]) -> Iterator[tuple[str, Markup]]:
    """What stands below each second-level heading."""
    starts = [place for place, token in enumerate(body) if token.type == "heading_open" and token.tag == "h2"]
    for start, end in pairwise([*starts, len(body)]):
        yield str(body[start].attrGet("id")), _rendered(body[start + 3 : end])
