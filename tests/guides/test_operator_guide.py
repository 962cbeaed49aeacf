"""The operator's guide names every setting that the portal reads."""

import re

import pytest

from bangfu.guides import texts
from bangfu.paths import PACKAGE
from bangfu.shared.i18n import LANGUAGES, Lang

READ = re.compile(r'"(BANGFU_[A-Z_]+|DATABASE_URL|HOST|PORT)"')


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_setting_is_explained_and_none_that_is_not_there(lang: Lang) -> None:
    guide = texts.guide("operator", lang)
    assert guide is not None
    known = set(READ.findall((PACKAGE / "settings.py").read_text(encoding="utf-8")))
    named = set(
        re.findall(
            r"`(BANGFU_[A-Z_]+|DATABASE_URL|HOST|PORT)(?:=[^`]*)?`", (texts.FOLDER / lang / "operator.md").read_text()
        )
    )
    assert named == known
