"""The wheel holds the pages, styles and migrations, and works outside the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)], cwd=ROOT, check=True,
        capture_output=True,
    )  # fmt: skip
    return next(target.glob("*.whl"))


def test_the_wheel_holds_what_the_portal_needs_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for needed in ("bangfu/templates/base.html", "bangfu/static/css/bangfu.css", "matching/__init__.py",
                   "bangfu/locale/zh_CN/frame.po", "bangfu/sample/places.csv", "bangfu/guides/glossary.toml",
                   "bangfu/guides/tour.toml", "bangfu/guides/texts/zh/forms.md"):  # fmt: skip
        assert needed in names
    assert any(name.startswith("bangfu/migrations/bangfu_") for name in names)
    assert not [name for name in names if name.split("/")[0] in {"tests", "platform", "docs"}]


def test_an_unpacked_wheel_finds_its_files(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = "from bangfu import paths; print(paths.TEMPLATES, paths.MIGRATIONS); from bangfu.app import FEATURES"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(tmp_path)}, cwd=tmp_path, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.split() == [str(tmp_path / "bangfu" / "templates"), str(tmp_path / "bangfu" / "migrations")]
