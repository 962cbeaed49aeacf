"""The house stands as it was planned: folders, packaging, nothing that shadows the standard library."""

import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_source_root_never_shadows_the_standard_library() -> None:
    assert not list((ROOT / "platform").glob("*.py"))
    assert platform.python_implementation() == "CPython"
    names = {file.stem for file in (ROOT / "migrations").glob("*.py")}
    assert not names & sys.stdlib_module_names


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).exists()]


def test_no_tracked_file_names_a_registry_or_a_path_of_some_machine() -> None:
    traces = ["index" + "-url", "/sim" + "ple/", "pypi" + ".org", "regis" + "try.npmjs", "/ro" + "ot/", "/wo" + "rk/"]
    found = [
        f"{file.relative_to(ROOT)}: {trace}"
        for file in _tracked()
        if file.suffix in {".py", ".md", ".toml", ".txt", ".html", ".css", ".po", ".yml", ""}
        and "vendor" not in file.parts
        for trace in traces
        if trace in file.read_text(encoding="utf-8", errors="ignore") and file.name not in {"Makefile", "Dockerfile"}
    ]
    assert found == []


def test_modules_stay_small_enough_to_read() -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for folder in ("platform", "matching")
        for file in (ROOT / folder).rglob("*.py")
        # the checker of bundles is one file that an outsider reads and runs alone (decision 0047)
        if file.name != "verify.py" and (lines := len(file.read_text(encoding="utf-8").splitlines())) > 420
    }
    assert long == {}
