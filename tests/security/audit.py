"""Known weaknesses of what the portal stands on: `make audit`.

With ADVISORIES=FOLDER it reads a copy of the Python Packaging Advisory Database (the folder `vulns` of its repository)
and needs no network; otherwise it asks the database behind pip-audit. What was looked at and found harmless here
stands in accepted_advisories.json with the reason. Exit 0: nothing open; 1: something open; 2: nobody could be asked.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LOCKED = ("requirements.txt", "requirements-dev.txt", "requirements-ray.txt")
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.M)


@dataclass(frozen=True)
class Finding:
    """A locked version that an advisory names."""

    package: str
    version: str
    advisory: str
    file: str


def pins(path: Path) -> list[tuple[str, str]]:
    """(name, version) of every locked requirement.

    Raises:
        SystemExit: for one without a hash.
    """
    blocks = re.split(r"\n(?=[A-Za-z0-9])", path.read_text())
    unlocked = [block.split("==")[0] for block in blocks if _PIN.match(block) and "--hash=sha256:" not in block]
    if unlocked:
        sys.exit(f"{path.name}: without a hash: {', '.join(unlocked)}")
    return [(canonicalize_name(name), version) for name, version in _PIN.findall(path.read_text())]


def advisories(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Package -> advisories that were not withdrawn."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(folder.rglob("*.yaml")):
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        if told.get("withdrawn"):
            continue
        for one in told.get("affected", ()):
            found.setdefault(canonicalize_name(one["package"]["name"]), []).append({"id": told["id"], **one})
    return found


def concerns(version: str, affected: dict[str, Any]) -> bool:
    """Whether an advisory's `affected` part (OSV form) names a version."""
    if version in {str(one) for one in affected.get("versions", ())}:
        return True
    for each in affected.get("ranges", ()):
        if each.get("type") != "ECOSYSTEM":
            continue
        inside, at = False, Version(version)
        for event in each.get("events", ()):
            ((kind, text),) = event.items()
            try:
                reached = str(text) == "0" or at >= Version(str(text))
            except InvalidVersion:
                continue
            if kind == "introduced" and reached:
                inside = True
            elif (kind == "fixed" and reached) or (kind == "last_affected" and reached and at != Version(str(text))):
                inside = False
        if inside:
            return True
    return False


def findings(folder: Path, files: tuple[Path, ...]) -> Iterator[Finding]:
    """Every locked version that an advisory of the folder names."""
    known = advisories(folder)
    for path in files:
        for package, version in pins(path):
            for one in known.get(package, ()):
                if concerns(version, one):
                    yield Finding(package, version, one["id"], path.name)


def _offline(folder: Path) -> int:
    accepted = json.loads((HERE / "accepted_advisories.json").read_text())
    found = list(findings(folder, tuple(ROOT / name for name in LOCKED)))
    opened = [one for one in found if one.advisory not in accepted]
    for one in found:
        print(f"{one.advisory} {one.package} {one.version} ({one.file}): {accepted.get(one.advisory, 'OPEN')}")
    print(f"{len(found)} findings, {len(opened)} open; {sum(1 for _ in folder.rglob('*.yaml'))} advisories were read.")
    return 1 if opened else 0


def _online(tool: str) -> int:
    accepted, code = json.loads((HERE / "accepted_advisories.json").read_text()), 0
    ignored = [part for one in accepted for part in ("--ignore-vuln", one)]
    for name in LOCKED:
        asked = [tool, "-r", str(ROOT / name), "--require-hashes", "--disable-pip", "--format", "json", *ignored]
        told = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=900)
        try:
            packages = json.loads(told.stdout)["dependencies"]
        except (ValueError, KeyError):
            packages = []
        asked_of = [one for one in packages if "skip_reason" not in one]
        if not asked_of:
            print(f"{name}: the database of weaknesses cannot be reached; use ADVISORIES=FOLDER.")
            return 2
        for one in asked_of:
            for weakness in one.get("vulns", ()):
                code = 1
                print(f"{weakness['id']} {one['name']} {one['version']} ({name}): OPEN")
        print(f"{name}: {len(asked_of)} of {len(packages)} packages were looked up.")
    return code


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--advisories", type=Path)
    parser.add_argument("--tool", default="pip-audit")
    chosen = parser.parse_args()
    sys.exit(_offline(chosen.advisories) if chosen.advisories else _online(chosen.tool))


if __name__ == "__main__":
    main()
