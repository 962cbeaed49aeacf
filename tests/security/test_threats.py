"""The threat model names tests that exist, and every threat names one."""

import re

from tests.security.audit import ROOT

DOCUMENT = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")


def test_every_threat_is_shown_by_a_test_that_exists() -> None:
    rows = DOCUMENT.split("## Threats and controls")[1].split("## Not covered")[0].splitlines()
    threats = [line for line in rows if line.startswith("| ") and not line.startswith(("| Threat", "|---"))]
    assert len(threats) > 25
    for line in threats:
        named = re.findall(r"`(tests/[^`]+)`", line.rstrip(" |").rsplit("|", 1)[1])
        assert named, line
        assert all((ROOT / path).exists() for path in named), line
