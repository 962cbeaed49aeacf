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
def title_forms(title: str) -> tuple[str, ...]:
    """Forms to look for, best first: the whole title, with its remark in brackets, the lower part of a joined one."""
    text = unicodedata.normalize("NFKC", title).lower()
    forms = [normal_title(title), _MARKS.sub("", text)]
    if "/" in title:
        forms.append(normal_title(title.rpartition("/")[2]))
    return tuple(dict.fromkeys(form for form in forms if form))
