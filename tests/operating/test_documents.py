"""Units, container, dashboard, alerts and runbooks name what there is."""

import argparse
import asyncio
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bangfu.cli import _parser
from bangfu.operating.facts import FACTS
from bangfu.operating.metrics import Metrics

DOCS = Path(__file__).resolve().parents[2] / "docs"
RUNBOOKS = sorted((DOCS / "runbooks").glob("*.md"))
UNITS = sorted((DOCS / "operating" / "systemd").iterdir())
_METRIC = re.compile(r"\b(?:bangfu|process)_[a-z_]+")
_COMMAND = re.compile(r"(?<![=\w-])bangfu ((?:--?)?[a-z][a-z -]*)")


def _names(text: str) -> set[str]:
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in _METRIC.findall(text)}


async def _there() -> set[str]:
    metrics = Metrics(deployment=True)
    metrics.requests()
    metrics.periodic()
    lines = (await metrics.text()).decode().splitlines()
    return {line.split()[2] for line in lines if line.startswith("# TYPE")}


async def test_every_metric_of_dashboard_and_alerts_is_there(database: str) -> None:
    there = await _there()
    dashboard = json.loads((DOCS / "operating" / "dashboard.json").read_text())
    asked = "\n".join(target["expr"] for panel in dashboard["panels"] for target in panel["targets"])
    rules = (DOCS / "operating" / "alerts.yml").read_text()
    assert _names(asked) - there == set()
    expressions = "\n".join(line for line in rules.splitlines() if "expr:" in line)
    assert _names(expressions) - there == set()
    shown = _names(asked)
    assert {name for fact in FACTS for name, _ in fact.metrics.values()} - shown == set(), "not on the dashboard"


def test_every_alert_leads_to_a_runbook() -> None:
    rules = (DOCS / "operating" / "alerts.yml").read_text()
    named = re.findall(r"runbook: docs/runbooks/([\w-]+\.md)", rules)
    assert len(named) == rules.count("- alert:")
    assert set(named) <= {file.name for file in RUNBOOKS}


def _commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    found = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(found[0].choices) if found else {}


def _exists(words: list[str]) -> bool:
    """Whether the parser knows these words: commands from the left, then options."""
    parser = _parser()
    for place, word in enumerate(words):
        if word.startswith("-"):
            return all(option in parser._option_string_actions for option in words[place:] if option.startswith("-"))
        commands = _commands(parser)
        if not commands:
            return True  # what follows is an argument
        if word not in commands:
            return False
        parser = commands[word]
    return True


@pytest.mark.parametrize("file", [*RUNBOOKS, DOCS / "operating.md", *UNITS], ids=lambda file: file.name)
def test_every_command_that_is_named_exists(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    spoken = re.findall(r"`([^`]+)`", text) if file.suffix == ".md" else re.findall(r"^ExecStart=(.+)$", text, re.M)
    spoken += re.findall(r"^ {4,}(\S.*)$", text, re.M) if file.suffix == ".md" else []
    named = [found.split() for one in spoken for found in _COMMAND.findall(one)]
    assert [words for words in named if not _exists(words)] == []


def test_the_test_above_would_see_a_wrong_command() -> None:
    assert _exists(["keys", "rotate"])
    assert _exists(["serve", "--no-migrate"])
    assert not _exists(["keys", "forget"])
    assert not _exists(["serve", "--wrong"])


def test_a_runbook_is_one_page_and_its_links_lead_somewhere() -> None:
    assert len(RUNBOOKS) >= 9
    for file in [*RUNBOOKS, DOCS / "operating.md"]:
        text = file.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 66, file.name
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            assert (file.parent / target).exists(), f"{file.name}: {target}"
    index = (DOCS / "operating.md").read_text(encoding="utf-8")
    assert {file.name for file in RUNBOOKS} == set(re.findall(r"runbooks/([\w-]+\.md)", index))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
@pytest.mark.parametrize("unit", [file.name for file in UNITS])
def test_systemd_understands_the_units(unit: str, tmp_path: Path) -> None:
    for file in UNITS:
        text = file.read_text().replace("/opt/bangfu/bin/bangfu", "/bin/true")
        (tmp_path / file.name.replace("@.", "@1.")).write_text(text.replace("=/etc/bangfu/", "=-/etc/bangfu/"))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / unit.replace("@.", "@1."))],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.strip()) == (0, "")


@pytest.mark.parametrize("unit", [file for file in UNITS if file.suffix == ".service"], ids=lambda file: file.name)
def test_services_are_locked_up(unit: Path) -> None:
    lines = set(unit.read_text().splitlines())
    assert {
        "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes",
        "CapabilityBoundingSet=", "SystemCallFilter=@system-service", "RestrictSUIDSGID=yes", "User=bangfu",
    } <= lines  # fmt: skip
    assert any(line.startswith("MemoryMax=") for line in lines)


def test_the_container_runs_as_nobody_special_and_holds_no_secret() -> None:
    text = (DOCS / "operating" / "Containerfile").read_text()
    last = text.split("\nFROM ")[-1]
    assert re.search(r"^USER 10001", last, re.M)
    assert "HEALTHCHECK" in last
    assert "/healthz" in last
    assert "--require-hashes -r requirements.txt" in text
    assert not re.search(r"^(ARG|ENV)\b.*(PASSWORD|SECRET|KEY|DATABASE_URL)", text, re.M)
    root = DOCS.parent
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M)
    assert all((root / name).exists() for line in copied for name in line.split())


def test_the_loop_of_the_metrics_needs_no_database_to_be_made() -> None:
    assert b"bangfu_database_up 0.0" in asyncio.run(Metrics().text())
