"""Files of others are the ones that were reviewed, carry their licence and load nothing from elsewhere."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / "static" / "vendor", ROOT / "tests" / "vendor"]


def packages(folder: Path) -> list[dict[str, Any]]:
    """The packages of a manifest: name, version, licence, home, files {path: sha256}."""
    found: list[dict[str, Any]] = json.loads((folder / "manifest.json").read_text())["packages"]
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_vendored_file_is_the_one_in_the_manifest(folder: Path) -> None:
    listed = {name: digest for package in packages(folder) for name, digest in package["files"].items()}
    present = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert present == listed


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_package_says_its_version_and_brings_its_licence_text(folder: Path) -> None:
    for package in packages(folder):
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"]), package["name"]
        assert package["licence"], package["name"]
        assert any(name.endswith("/LICENSE") for name in package["files"]), package["name"]


def test_styles_load_nothing_from_another_host() -> None:
    for sheet in (ROOT / "static").rglob("*.css"):
        text = sheet.read_text()
        assert "@import" not in text, sheet.name
        for target in re.findall(r"url\(\s*['\"]?([^)'\"]+)", text):
            if target.startswith(("data:", "#")):
                continue
            assert not re.match(r"(https?:)?//", target), f"{sheet.name}: {target}"
            assert (sheet.parent / target).is_file(), f"{sheet.name}: {target} is missing"


def test_own_scripts_evaluate_nothing_and_name_no_host() -> None:
    for script in (ROOT / "static" / "js").glob("*.js"):
        text = script.read_text()
        assert not re.search(r"\beval\(|new Function|https?://|document\.write", text), script.name
