"""One form for each title, so that `身份证 号码（18位）*` and `身份证号码` are the same column."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_MARKS = re.compile(r"[\s*:：;,.、·_\-—/\\|?？!！\"'“”‘’()\[\]【】]+")


@lru_cache(maxsize=4096)
def normal_title(title: str) -> str:
    """Half-width, lower case, without spaces, punctuation and remarks in brackets."""
    text = unicodedata.normalize("NFKC", title).lower()
    return _MARKS.sub("", _BRACKETS.sub("", text)) or _MARKS.sub("", text)


@lru_cache(maxsize=4096)
def word_forms(word: str) -> tuple[str, ...]:
    """Forms to look for, most exact first: with the remark in brackets, and without it."""
    whole = _MARKS.sub("", unicodedata.normalize("NFKC", word).lower())
    return tuple(dict.fromkeys(form for form in (whole, normal_title(word)) if form))


@lru_cache(maxsize=4096)
def title_forms(title: str) -> tuple[str, ...]:
    """Like `word_forms`, and last the lower part of a title joined from two rows."""
    lower_part = word_forms(title.rpartition("/")[2]) if "/" in title else ()
    return tuple(dict.fromkeys((*word_forms(title), *lower_part)))
