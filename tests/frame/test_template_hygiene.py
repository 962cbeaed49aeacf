"""The content policy forbids inline styles and scripts, so no template may hold one."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FORBIDDEN = {
    "inline style": r"\sstyle\s*=|<style\b",
    "inline handler": r"\son[a-z]+\s*=\s*[\"']",
    "script body": r"<script(?![^>]*\bsrc=)[^>]*>",
    "evaluated htmx": r"hx-on|hx-vals=['\"]js:|hx-trigger=\"[^\"]*\[|javascript:",
    "another host": r"(?:src|href|action)=[\"'](?:https?:)?//",
}


def all_templates() -> list[Path]:
    """Every template of every feature."""
    return sorted(TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_no_template_breaks_the_content_policy(rule: str) -> None:
    broken = [
        f"{path.relative_to(TEMPLATES)}: {match.group().strip()}"
        for path in all_templates()
        for match in re.finditer(FORBIDDEN[rule], re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL))
    ]
    assert not broken


def test_every_post_form_carries_the_csrf_field() -> None:
    for path in all_templates():
        text = path.read_text()
        posts = len(re.findall(r"<form[^>]*method=\"post\"", text))
        assert text.count("csrf_field()") >= posts, path.relative_to(TEMPLATES)


def test_every_component_says_its_parameters_at_the_top() -> None:
    for path in (TEMPLATES / "components").glob("[!_]*.html"):
        assert path.read_text().startswith("{#- "), path.name
