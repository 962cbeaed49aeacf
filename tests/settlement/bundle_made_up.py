"""Made-up quarters and the bundles of them, for the tests of the checker; nobody in them exists."""

import hashlib
import random
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from bangfu.quality import snapshot as frozen
from bangfu.quality.counting import count
from bangfu.quality.score_rules import Scored, score
from bangfu.quality.snapshot import Snapshot
from bangfu.quality.standard_rules import DEFAULT, of_data
from bangfu.settlement import statement_rules
from bangfu.settlement.bundle_files import BundleIn, RevisionIn, files_of, packed
from bangfu.shared.audit import canonical, link

STATUSES = ("verified", "verified", "verified", "settled", "disputed", "flagged", "submitted", "rejected", "missed")
MADE = "2026-10-20T02:00:00.000000Z"
FIRST = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)


def named(dice: random.Random) -> str:
    return str(UUID(int=dice.getrandbits(128), version=4))


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def quarter(seed: int = 1, visits: int = 30, kind: str = "contract", **terms: Any) -> Snapshot:
    """A quarter drawn from a seed: every state, every kind of fault, two lines with limits."""
    dice = random.Random(seed)
    lines = tuple(
        frozen.LineFact(
            named(dice), service, "local_budget", dice.choice(("60.00", "33.33", "85.50")),
            dice.choice((visits // 3, visits)), dice.choice(("600.00", "99999.00")),
        )
        for service in ("home_care", "visit_check")
    )  # fmt: skip
    own = tuple(_visit(dice, lines, number) for number in range(visits))
    return Snapshot(
        kind, named(dice), "HT-2026-核-7", named(dice), "990100000000", 2026, 3,
        {"code": "QS-1", "version": 1, **DEFAULT},
        {"perf_share": "0.3000", "pay_rule": "steps", "monthly_rate": "120.00", "months": "3", **terms}, 3, lines,
        _windows(dice, own), own,
        tuple(_check(dice, each) for each in own[: visits // 5]),
        tuple(frozen.RatingFact(f"R{n}", dice.randint(n, 5 * n), n) for n in range(1, dice.randint(2, 9))),
        tuple(frozen.CallbackFact(named(dice), f"R{n}", dice.random() < 0.8, dice.random() < 0.9) for n in range(6)),
        tuple(frozen.GoalFact(named(dice), f"R{n}", dice.random() < 0.8) for n in range(dice.randint(0, 4))),
        tuple(_complaint(dice) for _ in range(dice.randint(0, 2))),
        (frozen.VetoFact(named(dice), "forged_visits"),) if dice.random() < 0.1 else (),
    )  # fmt: skip


def _visit(dice: random.Random, lines: tuple[frozen.LineFact, ...], number: int) -> frozen.VisitFact:
    line = dice.choice(lines)
    start = FIRST + timedelta(hours=number * 5)
    began = start + timedelta(minutes=dice.choice((-31, -30, 0, 5, 70, 91)))
    ended = began + timedelta(minutes=dice.choice((53, 54, 60, 75)))
    sent = ended + timedelta(hours=dice.choice((1, 5, 24, 25)))
    status = dice.choice(STATUSES)
    done = status != "missed"
    return frozen.VisitFact(
        named(dice), dice.choice((line.id, line.id, line.id, "")), line.service, f"R{dice.randint(1, 9)}",
        f"S{dice.randint(1, 4)}", "990101001", stamp(start), stamp(start + timedelta(minutes=60)),
        stamp(began) if done else "", stamp(ended) if done else "", 60, stamp(sent) if done else "", status,
        dice.choice(("location", "code")), dice.random() < 0.9, dice.choice(((), ("findings", "confirmation"))),
        dice.random() < 0.95, dice.random() < 0.95, "", dice.random() < 0.03, dice.choice((line.unit_price, "0.00")),
    )  # fmt: skip


def _windows(dice: random.Random, visits: tuple[frozen.VisitFact, ...]) -> tuple[frozen.WindowFact, ...]:
    found = []
    for each in visits:
        state = "missed" if each.status == "missed" else dice.choice(("filled", "filled", "filled", "excused"))
        found.append(frozen.WindowFact(
            named(dice), each.line, each.service, each.recipient, each.window_start, each.window_end, state,
            each.id if state == "filled" else "", "recipient_refused" if state == "excused" else "",
        ))  # fmt: skip
    return tuple(found)


def _check(dice: random.Random, visit: frozen.VisitFact) -> frozen.CheckFact:
    result = dice.choice(("pass", "pass", "pass", "fail", "unreachable", ""))
    return frozen.CheckFact(named(dice), visit.id, "regular", result, "shorter" if result == "fail" else "")


def _complaint(dice: random.Random) -> frozen.ComplaintFact:
    severity, result = (
        dice.choice(("minor", "major", "critical")),
        dice.choice(("substantiated", "partly", "withdrawn")),
    )
    return frozen.ComplaintFact(named(dice), severity, result, dice.random() < 0.3)


def scored(facts: Snapshot) -> Scored:
    return score(count(facts).counts, of_data(facts.standard))


def revision(facts: Snapshot, number: int = 1) -> RevisionIn:
    """A frozen revision as the product scores it."""
    made, text = scored(facts), frozen.text_of(facts)
    points = {
        each.code: {
            "applicable": each.points is not None, "numerator": str(each.numerator),
            "denominator": str(each.denominator), "points": None if each.points is None else str(each.points),
        }
        for each in made.indicators
    }  # fmt: skip
    said = {
        "scored": made.scored, "points": points, "score": None if made.score is None else str(made.score),
        "band": made.band, "final_band": made.final_band, "caps": list(made.caps), "reason": "freeze",
    }  # fmt: skip
    return RevisionIn(number, text, frozen.hash_of(text), said)


def event(seq: int, action: str, subject: str, data: Mapping[str, Any], previous: bytes) -> dict[str, Any]:
    """One event of the trail as the bundle shows it."""
    event = {
        "stream": "990100", "seq": seq, "at": "2026-10-15T01:00:00.000000+00:00", "actor": "", "actor_name": "",
        "role": "", "address": "", "action": action, "subject_type": "settlement_statement", "subject": subject,
        "data": dict(data), "reason": "", "before_hash": "", "after_hash": "",
    }  # fmt: skip
    told = {name: event[name] for name in ("stream", "seq", "at", "action", "subject")}
    return {**told, "previous": previous.hex(), "hash": link(previous, event).hex(), "text": canonical(event)}


def bundle(facts: Snapshot) -> BundleIn:
    """The bundle of a quarter that nobody appealed, with one claim."""
    own = revision(facts)
    made = scored(facts)
    drafts = statement_rules.lines_of(facts, made.final_band, made.score)
    dice = random.Random(frozen.hash_of(own.facts))
    lines = [line_row(named(dice), place, draft) for place, draft in enumerate(drafts, 1)]
    plain = [each for each in lines if each["status"] == "undisputed"]
    total = sum((Decimal(each["amount"]) for each in plain), Decimal("0.00"))
    claim = {
        "id": named(dice), "number": "JS-000001-1", "part": 1, "kind": "quarter", "status": "open",
        "amount": str(total), "lines": [each["id"] for each in plain], "invoice": "", "accepted_on": "",
        "claimed_on": "", "due_on": "", "paid_on": "", "bank_reference": "",
    }  # fmt: skip
    held = str(statement_rules.total_of(drafts, "held"))
    statement = {
        "number": "JS-000001", "kind": facts.kind, "contract": facts.number, "year": 2026, "quarter": 3,
        "total": str(total), "held": held, "stage": "preliminary", "revision": 1, "review": "",
    }  # fmt: skip
    first = event(7, "score.frozen", facts.subject, {}, hashlib.sha256(b"before").digest())
    second = event(8, "settlement.anchored", facts.subject, {"revision": 1, "facts_hash": own.facts_hash},
                   bytes.fromhex(first["hash"]))  # fmt: skip
    return BundleIn(statement, lines, [claim], [own], chain=[first, second])


def line_row(name: str, place: int, draft: statement_rules.LineDraft) -> dict[str, Any]:
    """A draft as the row that the database keeps of it."""
    return {
        "id": name, "place": place, "kind": draft.kind, "contract_line": draft.line, "units": draft.units,
        "rate": f"{draft.rate:.2f}", "share": str(statement_rules.score_rules.half_up(draft.share, 4)),
        "factor": str(statement_rules.score_rules.half_up(draft.factor, 6)), "amount": f"{draft.amount:.2f}",
        "status": draft.status, "frees": "", "revision": 1, "reason": draft.reason, "source": "",
        "detail": dict(draft.detail), "made_at": MADE,
    }  # fmt: skip


def check(folder: Path, files: Mapping[str, bytes], *more: str, python: str = sys.executable) -> tuple[int, str]:
    """What the checker says of a bundle, run by a fresh interpreter without site packages in an empty folder."""
    place = folder / "bundle.zip"
    place.write_bytes(packed(files))
    script = folder / "checker.py"
    script.write_bytes(files["verify.py"])
    done = subprocess.run(
        [python, "-I", "-S", str(script), str(place), *more], cwd=folder, env={}, capture_output=True, timeout=60,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.decode() + done.stderr.decode()


def with_rules(facts: Snapshot, **rules: Any) -> Snapshot:
    """The same quarter under another standard."""
    return replace(facts, standard={**facts.standard, **rules})


__all__ = ["BundleIn", "bundle", "check", "files_of", "quarter", "revision", "with_rules"]
