"""The audit of what the portal stands on: every lock has hashes, and a known weakness is found."""

from pathlib import Path

import pytest

from tests.security.audit import LOCKED, ROOT, concerns, findings, pins

ADVISORY = """
id: PYSEC-0000-1
affected:
- package: {name: Some_Package, ecosystem: PyPI}
  ranges:
  - {type: ECOSYSTEM, events: [{introduced: '0'}, {fixed: 1.4.2}, {introduced: '2.0'}, {last_affected: '2.1'}]}
"""


@pytest.mark.parametrize(
    ("version", "is_concerned"),
    [("1.0", True), ("1.4.1", True), ("1.4.2", False), ("1.9", False), ("2.0", True), ("2.1", True), ("2.1.1", False)],
)
def test_a_version_inside_a_range_is_named(version: str, is_concerned: bool, tmp_path: Path) -> None:
    (tmp_path / "PYSEC-0000-1.yaml").write_text(ADVISORY)
    lock = tmp_path / "lock.txt"
    lock.write_text(f"some-package=={version} \\\n    --hash=sha256:00\nother==1.0 \\\n    --hash=sha256:00\n")
    assert [one.advisory for one in findings(tmp_path, (lock,))] == (["PYSEC-0000-1"] if is_concerned else [])


def test_a_version_that_is_listed_is_named_without_a_range() -> None:
    assert concerns("1.0rc1", {"versions": ["1.0rc1"]})
    assert not concerns("1.0", {"versions": ["1.0rc1"], "ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]})


def test_every_lock_is_held_by_hashes() -> None:
    for name in LOCKED:
        assert len(pins(ROOT / name)) > 40


def test_a_lock_without_a_hash_is_told(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("some-package==1.0\n")
    with pytest.raises(SystemExit, match="some-package"):
        pins(lock)
