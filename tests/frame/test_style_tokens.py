"""Colours keep their contrast in both schemes, and the styles stay readable for Chromium 86 (LOOK: tokens)."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
TEXT_ON_GROUND = [
    *[(text, ground) for text in ("ink", "muted", "brand", "warm", "ok", "warn", "bad", "info")
      for ground in ("paper", "ground")],
    *[(level, f"{level}-ground") for level in ("ok", "warn", "bad", "info")],
    ("ink", "neutral-ground"), ("muted", "neutral-ground"), ("brand-strong", "brand-tint"), ("ink", "brand-tint"),
    ("on-brand", "brand"), ("on-brand", "brand-strong"), ("on-warm", "warm"), ("on-warm", "warm-strong"),
    ("on-bad", "bad"), ("on-bad", "bad-strong"), ("on-bar", "bar"), ("on-bar-muted", "bar"),
]  # fmt: skip


def tokens(scheme: str) -> dict[str, str]:
    """The colour tokens of a scheme; dark ones replace light ones."""
    text = (CSS / "bangfu.css").read_text()
    light, dark = re.findall(r":root \{(.*?)\}", text, re.DOTALL)[:2]
    both = light if scheme == "light" else light + dark
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", both))


def luminance(colour: str) -> float:
    """WCAG relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_stands_out_from_its_ground(scheme: str, text: str, ground: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours[text], colours[ground]) >= 4.5


def test_styles_use_nothing_that_chromium_86_lacks() -> None:
    newer = (
        r":has\(|:is\(|:where\(|@container|@layer|\binset\s*:|color-mix|\d[dsl]v[hw]\b|(margin|padding)-(inline|block)"
    )
    for sheet in CSS.glob("*.css"):
        rules = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
        assert not re.search(newer, rules), sheet.name
        assert not re.search(r"[{;]\s*&", rules), f"{sheet.name}: nesting"


def test_the_large_type_and_motion_preferences_are_respected() -> None:
    text = (CSS / "bangfu.css").read_text()
    assert "html.large-type { font-size: 125%; }" in text
    moving = [sheet.name for sheet in CSS.glob("*.css") if "animation:" in sheet.read_text()]
    assert not moving
    assert text.index("prefers-reduced-motion: no-preference") < text.index("transition:")
