"""From the frozen facts of a quarter to the lines of its statement (DOMAIN.md 4.3, 6.3). Pure.

What is worked out, in this order:
1. `judge`: every visit of the facts is payable, held (disputed), not payable with its reason, or open (not judged yet).
   Payable is what was verified by staff with valid certificates, is proven by nobody to be forged, and lies within the
   limits of its contract line; of several the earlier visits come first, and what is undisputed before what is held.
2. `lines_of`: per contract line and price one line `base` = units x rate x (1 - p) and one line `perf` = units x rate x
   p x f, each product rounded half-up to a fen; the same two lines with the status held for the disputed units. Of a
   差 what the rule `linear` leaves of the performance part is held until it is rectified (6.6). For a caregiver one
   line `subsidy` = monthly rate x months x f; the township looks at a 差, and at a quarter that has no f.

All products are exact fractions until that one rounding. The same facts give the same lines in the same order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal

from bangfu.quality import score_rules, standard_rules
from bangfu.quality.snapshot import LineFact, Snapshot, VisitFact

PERF_SHARE: Final = "0.30"
DELIVERED: Final = frozenset({"verified", "settled"})
SPARED_BAND: Final = "fair"
"""What a caregiver is paid by where the township does not apply the zero of a 差 [D]."""

Verdict = Literal["paid", "held", "unpaid", "open"]


@dataclass(frozen=True, slots=True)
class Judged:
    """One visit with what it comes to; `reason` is a code, "" for what is paid without more ado."""

    visit: str
    line: str
    rate: Decimal
    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One line of the arithmetic: `amount` = units x rate x share x factor, rounded half-up to 0.01 CNY, signed."""

    kind: str
    """base, perf, subsidy, clawback, penalty, advance, true_up, correction or interest."""
    amount: Decimal
    line: str = ""
    """The contract line; "" for what belongs to the whole contract or to an agreement."""
    units: int = 0
    rate: Decimal = Decimal("0.00")
    share: Fraction = Fraction(1)
    factor: Fraction = Fraction(1)
    status: Literal["undisputed", "held"] = "undisputed"
    reason: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, Decimal]:
        """What it is about: lines with one key add up to one figure, whatever steps led there."""
        return str(self.detail.get("of", self.kind)), self.line, self.rate


def fen(value: Fraction) -> Decimal:
    """Rounded half-up to 0.01, away from zero for what is below it."""
    return score_rules.half_up(value, 2)


def product(units: int, rate: Decimal, share: Fraction, factor: Fraction = Fraction(1)) -> Decimal:
    """units x rate x share x factor as money: the one rounding of a line."""
    return fen(units * Fraction(rate) * share * factor)


def factor_of(snapshot: Snapshot, band: str, score: Decimal | None) -> Fraction:
    """f of the final band, or of the score under the rule `linear` (6.3, quality.score_rules.factor_of)."""
    standard = standard_rules.of_data(snapshot.standard) if snapshot.standard else standard_rules.default()
    rule = str(snapshot.terms.get("pay_rule", "steps"))
    if band and (rule != "linear" or score is None):
        return standard.factors[band]
    return score_rules.factor_of(band, score, rule, standard, veto=bool(snapshot.vetoes))


def perf_share_of(snapshot: Snapshot) -> Fraction:
    """p: the share of the price that depends on performance."""
    return Fraction(str(snapshot.terms.get("perf_share", PERF_SHARE)))


def judge(
    snapshot: Snapshot, elsewhere: frozenset[str] = frozenset(), doubted: frozenset[str] = frozenset()
) -> tuple[Judged, ...]:
    """Every visit of a contract's facts with its verdict, in the order of line, start and id.

    Args:
        elsewhere: visits that stand in another statement already: none is paid twice.
        doubted: visits that were put in doubt after the facts were frozen: held, in the place that they had.
    """
    lines = {line.id: line for line in snapshot.lines}
    ordered = sorted(snapshot.visits, key=lambda visit: (visit.line, visit.window_start, visit.id))
    first = {visit.id: _by_itself(visit, lines, visit.id in elsewhere) for visit in ordered}
    within = _within_limits(lines.values(), ordered, first)
    judged = (within.get(visit.id, first[visit.id]) for visit in ordered)
    return tuple(
        Judged(each.visit, each.line, each.rate, "held", "doubted")
        if each.visit in doubted and each.verdict == "paid"
        else each
        for each in judged
    )


def lines_of(
    snapshot: Snapshot, band: str, score: Decimal | None = None, *, spared: bool = False, reviewed: bool = False,
    rectified: bool = False, elsewhere: frozenset[str] = frozenset(), back: frozenset[str] = frozenset(),
    doubted: frozenset[str] = frozenset(),
) -> tuple[LineDraft, ...]:  # fmt: skip
    """The lines of the statement.

    Args:
        band: the final band (excellent, good, fair, poor); "" where nothing was scored: then nothing is withheld of
            what was delivered; a subsidy waits for the township.
        score: S, for the rule `linear`.
        reviewed: of a caregiver's 差, or a quarter without a score: the township has decided; until then it is held.
        spared: it decided that something is paid.
        rectified: of a contract's 差: what was wrong was put right, and the bureau has looked at it.
        elsewhere, doubted: see `judge`.
        back: visits that were clawed back: no later step pays them again.
    """
    if snapshot.kind == "agreement":
        return _subsidy(snapshot, band, spared=spared, reviewed=reviewed)
    share, factor = perf_share_of(snapshot), factor_of(snapshot, band, score)
    found = []
    stays = [each for each in judge(snapshot, elsewhere, doubted) if each.visit not in back]
    bound = band == "poor" and factor > 0 and not rectified
    for (line, rate, verdict), units in sorted(_units(stays).items(), key=lambda each: _place(each[0])):
        status: Literal["undisputed", "held"] = "held" if verdict == "held" else "undisputed"
        reason = "disputed" if verdict == "held" else ""
        detail = _doubts(stays, line, rate) if verdict == "held" else {}
        base = product(units, rate, 1 - share)
        found.append(LineDraft("base", base, line, units, rate, 1 - share, Fraction(1), status, reason, detail))
        if not bound:
            amount = product(units, rate, share, factor)
            found.append(LineDraft("perf", amount, line, units, rate, share, factor, status, reason))
    return (*found, *(_bound(stays, share, factor) if bound else ()))


def _doubts(stays: Iterable[Judged], line: str, rate: Decimal) -> dict[str, list[str]]:
    """The visits of a held line that the frozen facts call verified: whoever recomputes it must know them."""
    late = sorted(each.visit for each in stays if (each.line, each.rate, each.reason) == (line, rate, "doubted"))
    return {"doubted": late} if late else {}


def _bound(stays: Iterable[Judged], share: Fraction, factor: Fraction) -> Iterable[LineDraft]:
    """The performance part of every unit of a line and price, held until the rectification."""
    units: dict[tuple[str, Decimal], int] = {}
    for (line, rate, _), count in _units(stays).items():
        units[line, rate] = units.get((line, rate), 0) + count
    for (line, rate), count in sorted(units.items(), key=lambda each: (each[0][0], -each[0][1])):
        amount = product(count, rate, share, factor)
        yield LineDraft("perf", amount, line, count, rate, share, factor, "held", "rectification")


def appealed_of(snapshot: Snapshot, lines: Iterable[LineDraft]) -> tuple[LineDraft, ...]:
    """What an appeal keeps open: the performance part that the band withholds, as held lines without units [D]."""
    share = perf_share_of(snapshot)
    found = []
    for line in lines:
        if line.kind != "perf" or line.factor >= 1 or line.reason == "disputed":
            continue
        amount = product(line.units, line.rate, share) - line.amount
        if amount > 0:
            detail = {"of": "perf", "full": str(product(line.units, line.rate, share)), "published": str(line.amount)}
            found.append(LineDraft("perf", amount, line.line, 0, line.rate, share, 1 - line.factor, "held", "appealed",
                                   detail))  # fmt: skip
    return tuple(found)


def total_of(lines: Iterable[LineDraft], status: str = "undisputed") -> Decimal:
    """The sum of the lines with a status."""
    return sum((line.amount for line in lines if line.status == status), Decimal("0.00"))


def corrections(
    wanted: Iterable[LineDraft], written: Iterable[tuple[str, str, Decimal, int, Decimal]]
) -> tuple[LineDraft, ...]:
    """What must be added so that the lines written add up to the lines wanted: one line per key that differs.

    Args:
        written: (key's kind, contract line, rate, units, amount) of every undisputed line there is.
    """
    has: dict[tuple[str, str, Decimal], tuple[int, Decimal]] = {}
    for kind, line, rate, units, amount in written:
        before = has.get((kind, line, rate), (0, Decimal("0.00")))
        has[kind, line, rate] = (before[0] + units, before[1] + amount)
    want = {line.key: line for line in wanted if line.status == "undisputed"}
    found = []
    for key in sorted({*want, *has}, key=lambda each: (each[1], -each[2], each[0])):
        target = want.get(key)
        units, amount = has.get(key, (0, Decimal("0.00")))
        more, money = (target.units if target else 0) - units, (target.amount if target else Decimal("0.00")) - amount
        if more or money:
            found.append(_correction(key, target, more, money, units, amount))
    return tuple(found)


def _correction(
    key: tuple[str, str, Decimal], target: LineDraft | None, more: int, money: Decimal, units: int, amount: Decimal
) -> LineDraft:
    detail = {"of": key[0], "units_now": units + more, "now": str(amount + money), "units_was": units,
              "was": str(amount)}  # fmt: skip
    share, factor = (target.share, target.factor) if target else (Fraction(1), Fraction(1))
    return LineDraft("correction", money, key[1], more, key[2], share, factor, "undisputed", "revision", detail)


def _by_itself(visit: VisitFact, lines: Mapping[str, LineFact], elsewhere: bool) -> Judged:
    rate = _rate(visit, lines)
    verdict: Verdict = "unpaid"
    if visit.line not in lines:
        reason = "no_line"
    elif elsewhere:
        reason = "paid_elsewhere"
    elif visit.forged:
        reason = "forged"
    elif visit.status not in DELIVERED | {"disputed"}:
        verdict, reason = ("open" if visit.status in {"submitted", "flagged"} else "unpaid"), visit.status
    elif not visit.qualified or not visit.payable:
        reason = visit.unpayable_reason or "cred_gap"
    else:
        verdict, reason = ("held", "disputed") if visit.status == "disputed" else ("paid", "")
    return Judged(visit.id, visit.line, rate, verdict, reason)


def _rate(visit: VisitFact, lines: Mapping[str, LineFact]) -> Decimal:
    own = Decimal(visit.unit_price)
    return own if own > 0 or visit.line not in lines else Decimal(lines[visit.line].unit_price)


def _within_limits(
    lines: Iterable[LineFact], ordered: Iterable[VisitFact], judged: Mapping[str, Judged]
) -> dict[str, Judged]:
    """The visits that go beyond what their line has left; the undisputed ones take the room first."""
    room = {line.id: (line.units_left, Decimal(line.amount_left)) for line in lines}
    beyond: dict[str, Judged] = {}
    ids = [visit.id for visit in ordered]
    for wanted in ("paid", "held"):
        for each in (judged[visit] for visit in ids if judged[visit].verdict == wanted):
            units, amount = room[each.line]
            if units < 1:
                beyond[each.visit] = Judged(each.visit, each.line, each.rate, "unpaid", "line_units")
            elif amount < each.rate:
                beyond[each.visit] = Judged(each.visit, each.line, each.rate, "unpaid", "line_amount")
            else:
                room[each.line] = (units - 1, amount - each.rate)
    return beyond


def _units(judged: Iterable[Judged]) -> dict[tuple[str, Decimal, str], int]:
    found: dict[tuple[str, Decimal, str], int] = {}
    for each in judged:
        if each.verdict in {"paid", "held"}:
            key = (each.line, each.rate, each.verdict)
            found[key] = found.get(key, 0) + 1
    return found


def _place(key: tuple[str, Decimal, str]) -> tuple[bool, str, Decimal]:
    return key[2] == "held", key[0], -key[1]


def needs_review(snapshot: Snapshot, band: str) -> bool:
    """Whether the township decides about a subsidy: before the zero of a 差 (6.3), and where nothing was due, so that
    there is no f to pay by (6.1). All of a subsidy depends on the quality (p = 1): without a score neither the whole
    nor nothing follows from the rule [D]."""
    return snapshot.kind == "agreement" and (band == "poor" or (not band and not snapshot.vetoes))


def _subsidy(snapshot: Snapshot, band: str, *, spared: bool, reviewed: bool) -> tuple[LineDraft, ...]:
    rate, months = Decimal(str(snapshot.terms["monthly_rate"])), Fraction(str(snapshot.terms["months"]))
    asked = needs_review(snapshot, band)
    waiting = asked and not reviewed
    counted = SPARED_BAND if band == "poor" and (waiting or spared) else band
    factor = factor_of(snapshot, counted, None) if not asked or waiting or spared else Fraction(0)
    detail = {"months": str(snapshot.terms["months"])}
    whole = int(months) if months.denominator == 1 else 0
    status: Literal["undisputed", "held"] = "held" if waiting else "undisputed"
    reason = "township_review" if waiting else "spared" if asked and spared else ""
    amount = fen(Fraction(rate) * months * factor)
    return (LineDraft("subsidy", amount, "", whole, rate, Fraction(1), factor, status, reason, detail),)
