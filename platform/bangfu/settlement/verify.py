"""Check a settlement bundle of Bangfu without Bangfu: every count, point, line and claim is computed anew.

    python3 -I verify.py BUNDLE.zip [HASH]     or, inside the unpacked folder:     python3 -I verify.py [HASH]

HASH is what the printed report, or the portal's page of its check code (/check/<code>), says of this bundle: the
SHA-256 of MANIFEST, or of the frozen facts. Without it only the bundle itself is computed anew: somebody who changed
all of its files together would go unseen, so that the hashes printed at the end are still to be compared by eye.

Python 3.9 or newer, its standard library only; nothing is sent or written. Says `equal` (exit 0), or names the first
difference: file, row, column, expected, found (exit 1). docs/bundle.md describes every file. This script shares no code
with the portal: it was written from the published rules (QS-1), so that a fault of one is not a fault of both.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import sys
import zipfile
import zlib
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, NoReturn

Row = dict[str, Any]
LISTS = ("lines", "windows", "visits", "checks", "ratings", "callbacks", "goals", "complaints", "vetoes")
HEAD = ["schema", "kind", "subject", "number", "organization", "division", "year", "quarter", "checks_required",
        "ratings_withheld", "draws"]  # fmt: skip
HIDDEN = ("grade", "area", "township")  # of windows and visits: neither counts nor pays, and stands in facts.json alone
FEW = 5  # below so many homes that rated no voice is listed

NO_BUNDLE = "there is no MANIFEST in it; name the zip of a settlement, or its unpacked folder"
BROKEN = (
    OSError, KeyError, ValueError, TypeError, IndexError, AttributeError, ArithmeticError, RuntimeError, EOFError,
    csv.Error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What reading something that is no bundle, or is damaged, may end with."""


class Difference(Exception):
    """The first thing that is not as it must be."""

    def __init__(self, file: str, row: object, column: str, expected: object, found: object) -> None:
        super().__init__(file)
        self.said = (file, row, column, expected, found)


def differ(file: str, row: object, column: str, expected: object, found: object) -> NoReturn:
    raise Difference(file, row, column, expected, found)


# --- reading


def load(place: str) -> dict[str, bytes]:
    """Name -> content of a zip or of an unpacked folder.

    A folder without a MANIFEST is not looked through: it may be anybody's downloads.
    """
    if os.path.isdir(place):
        if not os.path.exists(os.path.join(place, "MANIFEST")):
            raise ValueError(NO_BUNDLE)
        found = {}
        for folder, _, names in os.walk(place):
            for name in names:
                path = os.path.join(folder, name)
                if not name.startswith(".") and "__pycache__" not in path:
                    with open(path, "rb") as file:
                        found[os.path.relpath(path, place).replace(os.sep, "/")] = file.read()
        return found
    with zipfile.ZipFile(place) as packed:
        names = [name for name in packed.namelist() if not name.endswith("/")]
        if len(names) != len(set(names)):
            differ(place, "", "name", "every file once", "a file twice")
        return rooted({name: packed.read(name) for name in names})


def rooted(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files as the bundle names them: whoever packed its folder again has put one name before all of them."""
    if "MANIFEST" in files:
        return files
    tops = [name[: -len("MANIFEST")] for name in files if name.endswith("/MANIFEST") and name.count("/") == 1]
    if len(tops) != 1:
        raise ValueError(NO_BUNDLE)
    return {name[len(tops[0]) :]: content for name, content in files.items() if name.startswith(tops[0])}


def table(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    """The rows of a CSV; row numbers as a spreadsheet shows them begin with 2."""
    return list(csv.DictReader(io.StringIO(files[name].decode("utf-8"), newline=""), strict=True))


def typed(name: str, number: int, row: dict[str, str], like: Row) -> Row:
    """A row of texts with the types that the frozen facts have in the same place."""
    made: Row = {}
    for column, value in like.items():
        text = row.get(column)
        if text is None:
            differ(name, number, column, shown(value), "no such column")
        if isinstance(value, bool):
            if text not in ("true", "false"):
                differ(name, number, column, "true or false", text)
            made[column] = text == "true"
        elif isinstance(value, int):
            made[column] = int(text)
        else:
            made[column] = (text.split("|") if text else []) if isinstance(value, list) else text
    return made


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def moment(text: str) -> datetime | None:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ") if text else None  # noqa: DTZ007 (all are UTC)


def half_up(value: Fraction, places: int) -> str:
    """A fraction as decimal text, halves away from zero."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    text = str(whole).rjust(places + 1, "0")
    sign = "-" if value < 0 and whole else ""
    return sign + (text[:-places] + "." + text[-places:] if places else text)


# --- the facts: the tables must say what was frozen


def facts_of(files: dict[str, bytes], folder: str) -> Row:
    """The frozen facts, put together from rules.json and the tables, compared value by value with facts.json."""
    frozen = json.loads(files[folder + "facts.json"].decode("utf-8"))
    rules = json.loads(files[folder + "rules.json"].decode("utf-8"))
    made = {name: rules.get(name) for name in [*HEAD, "standard", "terms"]}
    for name in made:
        compare(folder + "rules.json", name, frozen.get(name), made[name])
    for name in LISTS:
        file = f"{folder}{name}.csv"
        rows = table(files, file)
        made[name] = []
        for number, (was, row) in enumerate(zip(frozen[name], rows), 2):  # noqa: B905 (Python 3.9)
            listed = {column: value for column, value in was.items() if column not in HIDDEN}
            now = typed(file, number, row, listed)
            for column, value in listed.items():
                if value != now[column]:
                    differ(file, number, column, shown(value), shown(now[column]))
            made[name].append({**was, **now})
        if len(frozen[name]) != len(rows):
            differ(file, "", "number of rows", len(frozen[name]), len(rows))
    if made["ratings_withheld"] and (made["ratings"] or not 0 < made["ratings_withheld"] < FEW):
        differ(folder + "rules.json", "", "ratings_withheld", f"0, or 1 to {FEW - 1} and no voice in ratings.csv",
               made["ratings_withheld"])  # fmt: skip
    score = json.loads(files[folder + "score.json"].decode("utf-8"))
    if files[folder + "facts.json"] != canonical(made).encode("utf-8"):
        differ(folder + "facts.json", "", "canonical text", "sorted keys, no spaces, nothing more", "another text")
    if sha(files[folder + "facts.json"]) != score["facts_hash"]:
        differ(folder + "score.json", "", "facts_hash", sha(files[folder + "facts.json"]), score["facts_hash"])
    made["elsewhere"] = {row["visit"] for row in table(files, "elsewhere.csv")}
    return made


def compare(file: str, place: str, expected: Any, found: Any) -> None:
    """Two pieces of JSON, down to the first value that differs."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted({*expected, *found}):
            compare(file, f"{place}.{key}", expected.get(key), found.get(key))
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for number, (one, other) in enumerate(zip(expected, found)):  # noqa: B905
            compare(file, f"{place}[{number}]", one, other)
    elif expected != found or isinstance(expected, bool) != isinstance(found, bool):
        differ(file, "", place, shown(expected), shown(found))


def shown(value: object) -> str:
    return value if isinstance(value, str) else canonical(value)


# --- the score (QS-1: ten indicators, exact fractions, one rounding)

BANDS = ["excellent", "good", "fair", "poor"]
QS = [f"Q{number}" for number in range(1, 11)]


def scored(counts: dict[str, tuple[Fraction, Fraction]], majors: int, vetoed: bool, rules: Row) -> Row:
    """Points, S, band, caps and final band from (numerator, denominator) of each indicator."""
    points: dict[str, Fraction | None] = {}
    due = counts["Q1"][1]
    for code in QS:
        top, bottom = counts[code]
        if not due or not bottom or (code == "Q6" and bottom < rules["ratings_least"]):
            points[code] = None
            continue
        share = top / bottom
        if code == "Q6":
            share = (share - 1) / 4
        elif code == "Q10":
            share = Fraction(int(top >= bottom))
        points[code] = Fraction(rules["weights"][code]) * min(Fraction(1), max(Fraction(0), share))
    if not due:
        return {"points": points, "score": None, "band": "", "final_band": "", "caps": []}
    weight = sum(Fraction(rules["weights"][code]) for code in QS if points[code] is not None)
    score = half_up(100 * sum((each for each in points.values() if each is not None), Fraction(0)) / weight, 1)
    band = next((name for name in BANDS[:3] if Fraction(score) >= Fraction(rules["bands"][name])), "poor")
    done = min(Fraction(1), counts["Q1"][0] / due)
    limits = [("completion", name) for below, name in rules["completion_caps"] if done < Fraction(below)][:1]
    limits += [("major_complaint", rules["major_cap"])] if majors else []
    limits += [("veto", "poor")] if vetoed else []
    final = max([band] + [name for _, name in limits], key=BANDS.index)
    caps = [why for why, name in limits if name == final != band]
    return {"points": points, "score": score, "band": band, "final_band": final, "caps": caps}


# --- the counts: which rows count for which indicator, and why not

SENT = {"submitted", "flagged", "verified", "disputed", "rejected", "settled"}
MARKED = {
    "windows": ["q1"], "visits": ["q2", "q3", "q4", "q10", "pay", "pay_reason"], "checks": ["q5"], "ratings": ["q6"],
    "callbacks": ["q7"], "goals": ["q8"], "complaints": ["q9"],
}  # fmt: skip


def delivered(visit: Row) -> bool:
    return visit["status"] in ("verified", "settled") and not visit["forged"]


def doubt(visit: Row) -> str:
    """Why a visit that was sent is not delivered."""
    if visit["forged"]:
        return "forged"
    return "not_judged" if visit["status"] in ("submitted", "flagged") else str(visit["status"])


def mark_visit(visit: Row, rules: Row) -> Row:
    """q2, q3, q4, q10: `1` counts, `0 reason` is in the denominator only, `- reason` is left out of both."""
    start, end, sent = moment(visit["started_at"]), moment(visit["ended_at"]), moment(visit["submitted_at"])
    marks = {}
    if visit["status"] not in SENT:
        return {"q2": "", "q3": "", "q4": "- " + visit["status"], "q10": ""}
    if visit.get("late"):
        return dict.fromkeys(("q2", "q3", "q4", "q10"), "- late")
    if not visit["record_complete"]:
        marks["q4"] = "0 incomplete"
    elif sent is None or end is None:
        marks["q4"] = "0 no_times"
    else:
        marks["q4"] = "1" if sent <= end + timedelta(hours=rules["sending_hours"]) else "0 sent_late"
    if not delivered(visit):
        return {**marks, **{code: "- " + doubt(visit) for code in ("q2", "q3", "q10")}}
    first, last = moment(visit["window_start"]), moment(visit["window_end"])
    slack = timedelta(minutes=rules["tolerance_minutes"])
    punctual = start is not None and first is not None and last is not None and first - slack <= start <= last + slack
    spent = Fraction(int((end - start).total_seconds())) if start and end else None
    enough = spent is not None and spent >= visit["standard_minutes"] * 60 * Fraction(rules["duration_share"])
    marks["q2"] = "1" if punctual else "0 off_window"
    marks["q3"] = "1" if enough else "0 too_short"
    marks["q10"] = "1" if visit["qualified"] else "0 cred_gap"
    return marks


def mark_others(name: str, row: Row, visits: dict[str, Row]) -> Row:
    if name == "windows":
        visit = visits.get(row["visit"])
        if row["state"] == "excused":
            return {"q1": "- " + (row["excuse"] or "excused")}
        if row["state"] != "filled" or visit is None:
            return {"q1": "0 missed" if row["state"] != "filled" else "0 no_visit"}
        return {"q1": "1" if delivered(visit) else "0 " + doubt(visit)}
    if name == "checks":
        if row["result"] == "pass":
            return {"q5": "1"}
        return {"q5": "0 " + (row["reason"] or "fail") if row["result"] == "fail" else "- " + (row["result"] or "open")}
    if name == "ratings":
        count = row["stars_count"]
        return {"q6": str(Fraction(row["stars_sum"], count)) if count else ""}
    if name == "callbacks":
        return {"q7": "- not_reached" if not row["reached"] else "1" if row["confirmed"] else "0 not_confirmed"}
    if name == "goals":
        return {"q8": "1" if row["met"] else "0 not_met"}
    if row["result"] in ("substantiated", "partly"):
        grave = "minor" if row["severity"] == "minor" else "major"
        return {"q9": f"0 {grave}_{row['result']}"}
    return {"q9": "- " + row["result"]}


def counted(facts: Row) -> tuple[dict[str, list[Row]], dict[str, tuple[Fraction, Fraction]], int]:
    """The marks of every table, (numerator, denominator) of each indicator, and the number of major complaints."""
    rules, visits = facts["standard"], {each["id"]: each for each in facts["visits"]}
    paid = {each["visit"]: each for each in judged(facts, facts["elsewhere"])} if facts["kind"] == "contract" else {}
    marks: dict[str, list[Row]] = {}
    for name in MARKED:
        marks[name] = [mark_others(name, row, visits) for row in facts[name]] if name != "visits" else []
    for visit in facts["visits"]:
        own = paid.get(visit["id"], {"pay": "", "pay_reason": ""})
        marks["visits"].append({**mark_visit(visit, rules), "pay": own["pay"], "pay_reason": own["pay_reason"]})
    every = [mark for name in marks for mark in marks[name]]
    cells = {code: [mark[code.lower()] for mark in every if code.lower() in mark] for code in QS}
    counts = {
        code: (Fraction(cells[code].count("1")), Fraction(sum(each[:1] in ("0", "1") for each in cells[code])))
        for code in QS
    }
    stars = [Fraction(each) for each in cells["Q6"] if each]
    counts["Q6"] = (sum(stars, Fraction(0)), Fraction(len(stars)))
    majors = sum(each.startswith("0 major") for each in cells["Q9"])
    minors = sum(each.startswith("0 minor") for each in cells["Q9"])
    left = 1 - minors * Fraction(rules["minor_cost"]) - majors * Fraction(rules["major_cost"])
    counts["Q9"] = (left, Fraction(1))
    return marks, counts, majors


# --- the money: which visit is paid, held or not, and what the lines come to


def judged(facts: Row, elsewhere: set[str]) -> list[Row]:
    """Each visit of a contract with pay (paid, held, unpaid, open) and pay_reason, in the order of line, start, id.

    `elsewhere`: visits that stand in another statement already; none is paid twice.
    """
    lines = {each["id"]: each for each in facts["lines"]}
    found = []
    for visit in sorted(facts["visits"], key=lambda each: (each["line"], each["window_start"], each["id"])):
        line, status = lines.get(visit["line"]), visit["status"]
        price = Fraction(visit["unit_price"])
        if price <= 0 and line:
            price = Fraction(line["unit_price"])
        pay, reason = "unpaid", ""
        if line is None:
            reason = "no_line"
        elif visit["id"] in elsewhere:
            reason = "paid_elsewhere"
        elif visit["forged"]:
            reason = "forged"
        elif status in ("submitted", "flagged"):
            pay, reason = "open", status
        elif status not in ("verified", "settled", "disputed"):
            reason = status
        elif not (visit["qualified"] and visit["payable"]):
            reason = visit["unpayable_reason"] or "cred_gap"
        else:
            pay, reason = ("held", "disputed") if status == "disputed" else ("paid", "")
        found.append({"visit": visit["id"], "line": visit["line"], "rate": price, "pay": pay, "pay_reason": reason})
    for line in lines.values():
        units, money = line["units_left"], Fraction(line["amount_left"])
        own = [each for each in found if each["line"] == line["id"]]
        for each in [x for x in own if x["pay"] == "paid"] + [x for x in own if x["pay"] == "held"]:
            if units >= 1 and money >= each["rate"]:
                units, money = units - 1, money - each["rate"]
            else:
                each.update(pay="unpaid", pay_reason="line_amount" if units >= 1 else "line_units")
    return found


def factor_of(facts: Row, made: Row) -> Fraction:
    """f of the performance part: nothing earned after a veto, 1 without a score; by band, or by the score alone."""
    rules = facts["standard"]
    if facts["vetoes"]:
        return Fraction(rules["factors"]["poor"])
    if not made["final_band"] or made["score"] is None:
        return Fraction(1)
    if facts["terms"].get("pay_rule", "steps") != "linear":
        return Fraction(rules["factors"][made["final_band"]])
    part = (Fraction(made["score"]) - Fraction(rules["linear_from"])) / Fraction(rules["linear_span"])
    return min(Fraction(1), max(Fraction(0), part))


def wanted(facts: Row, made: Row, review: str, back: set[str], doubted: set[str]) -> list[Row]:
    """The figures that the facts and the score come to; `back`: visits that were clawed back, `doubted`: visits that
    the facts pay and that were put in doubt since (held)."""
    terms, band = facts["terms"], made["final_band"]
    if facts["kind"] == "agreement":
        asked = band == "poor" or (not band and not facts["vetoes"])  # the township decides: held until then
        waiting = asked and review not in ("applied", "spared")
        counts = "fair" if band == "poor" and (waiting or review == "spared") else band
        rate, months = Fraction(terms["monthly_rate"]), Fraction(str(terms["months"]))
        factor = Fraction(facts["standard"]["factors"][counts]) if counts else factor_of(facts, made)
        if asked and review == "applied":
            factor = Fraction(0)
        return [{"kind": "subsidy", "contract_line": "", "units": int(months) if months.denominator == 1 else 0,
                 "rate": rate, "share": Fraction(1), "factor": factor, "status": "held" if waiting else "undisputed",
                 "amount": half_up(rate * months * factor, 2)}]  # fmt: skip
    units: dict[tuple[bool, str, Fraction], int] = {}
    for each in judged(facts, facts["elsewhere"]):
        if each["pay"] in ("paid", "held") and each["visit"] not in back:
            key = (each["pay"] == "held" or each["visit"] in doubted, each["line"], -each["rate"])
            units[key] = units.get(key, 0) + 1
    share, earned = Fraction(str(terms["perf_share"])), factor_of(facts, made)
    parts = [(key, number, "base", 1 - share, Fraction(1)) for key, number in units.items()]
    bound = band == "poor" and earned > 0 and review != "freed"  # held until what was poor is put right
    if bound:
        whole: dict[tuple[bool, str, Fraction], int] = {}
        for (_, line, below), number in units.items():
            whole[True, line, below] = whole.get((True, line, below), 0) + number
        units = whole
    parts += [(key, number, "perf", share, earned) for key, number in units.items()]
    return [
        {"kind": kind, "contract_line": line, "units": number, "rate": -below, "share": part, "factor": factor,
         "status": "held" if held else "undisputed", "bound": bound and kind == "perf",
         "amount": half_up(number * -below * part * factor, 2)}
        for (held, line, below), number, kind, part, factor in sorted(parts)
    ]  # fmt: skip


def check_money(files: dict[str, bytes], made: dict[int, tuple[Row, Row]]) -> Row:
    """Every line, the statement's sums and every claim, against what the facts and the score come to."""
    statement = json.loads(files["statement.json"].decode("utf-8"))
    lines: list[Row] = [{**row, "number": number} for number, row in enumerate(table(files, "statement.csv"), 2)]
    book: Row = {
        "lines": lines, "made": made, "statement": statement,
        "adjusted": [{**row, "number": number} for number, row in enumerate(table(files, "adjustments.csv"), 2)],
        "claims": [{**row, "number": number} for number, row in enumerate(table(files, "claims.csv"), 2)],
    }  # fmt: skip
    check_lines(book)
    check_adjusted(book)
    check_interest(book)
    sums = {"total": Fraction(0), "held": Fraction(0)}
    freed = {each["frees"] for each in lines if each["frees"]}
    for each in lines:
        if each["status"] == "undisputed":
            sums["total"] += Fraction(each["amount"])
        elif each["id"] not in freed:
            sums["held"] += Fraction(each["amount"])
    for name, value in sums.items():
        if half_up(value, 2) != statement[name]:
            differ("statement.json", "", name, half_up(value, 2), statement[name])
    check_claims(files, lines)
    return {"contract": statement["contract"], "period": f"{statement['year']} Q{statement['quarter']}",
            "total": statement["total"], "held": statement["held"],
            "given": taken_as_given(book, bool(table(files, "elsewhere.csv")))}  # fmt: skip


Figure = tuple[str, str, Fraction]
Part = tuple[object, int, Fraction]
FIGURES = ("base", "perf", "subsidy")
COUNTED = ("approved", "taken", "repaid")


def check_lines(book: Row) -> None:
    """Each line by itself; then, figure by figure, all lines together against the newest revision."""
    file = "statement.csv"
    lines, made, statement, adjusted = book["lines"], book["made"], book["statement"], book["adjusted"]
    sums: dict[Figure, list[Part]] = {}
    held: dict[Figure, list[Part]] = {}
    freed = {each["frees"] for each in lines if each["frees"]}
    for line in lines:
        number, detail = line["number"], json.loads(line["detail"] or "{}")
        if line["frees"] and not any(each["id"] == line["frees"] and each["status"] == "held" for each in lines):
            differ(file, number, "frees", "a held line of this statement", line["frees"])
        amount = amount_of(line, detail, book)
        if line["amount"] != amount:
            differ(file, number, "amount", amount, line["amount"])
        of = detail.get("of", line["kind"]) if line["kind"] == "correction" else line["kind"]
        key = (of, line["contract_line"], Fraction(line["rate"]))
        if of in FIGURES and line["status"] == "undisputed":
            sums.setdefault(key, []).append((number, int(line["units"]), Fraction(line["amount"])))
        elif of in FIGURES and line["id"] not in freed and line["reason"] != "appealed":
            held.setdefault(key, []).append((number, int(line["units"]), Fraction(line["amount"])))
        elif of in FIGURES and line["id"] not in freed and statement["stage"] == "final":
            differ(file, number, "status", "freed or dropped: the score is final", "held")
    back = clawed(book)
    for each in adjusted:
        if (
            each["kind"] in ("clawback", "revision")
            and each["status"] in COUNTED
            and each["about"] == statement["number"]
        ):
            for part in json.loads(each["parts"] or "[]"):
                key = (part["of"], part["line"], Fraction(part["rate"]))
                sums.setdefault(key, []).append(("", int(part["units"]), Fraction(part["amount"])))
    if made:
        facts, score = made[max(made)]
        if max(made) != statement["revision"]:
            differ("statement.json", "", "revision", max(made), statement["revision"])
        want = wanted(facts, score, statement["review"], back, doubted_in(book))
        for state, found in (("undisputed", sums), ("held", held)):
            check_figures(state, found, [each for each in want if each["status"] == state])


def check_figures(state: str, found: dict[Figure, list[Part]], want: list[Row]) -> None:
    target = {(each["kind"], each["contract_line"], each["rate"]): each for each in want}
    for key in sorted({*found, *target}, key=str):
        rows = found.get(key, [])
        units, amount = sum(each[1] for each in rows), sum((each[2] for each in rows), Fraction(0))
        due: Row = target.get(key) or {"units": 0, "amount": "0.00"}
        where = f"{state} {key[0]} of line {key[1] or '-'} at {half_up(key[2], 2)}"
        if units != due["units"]:
            differ("statement.csv", rows[-1][0] if rows else "", f"units, {where}", due["units"], units)
        if half_up(amount, 2) != due["amount"]:
            differ("statement.csv", rows[-1][0] if rows else "", f"amount, {where}", due["amount"], half_up(amount, 2))


def clawed(book: Row, before: str = "") -> set[str]:
    """The visits of this statement that were clawed back; `before`: by then."""
    found: set[str] = set()
    for each in book["adjusted"]:
        counts = each["kind"] == "clawback" and each["status"] in COUNTED
        if counts and each["about"] == book["statement"]["number"] and (not before or each["decided_at"] < before):
            found.update(each["visits"].split("|") if each["visits"] else [])
    return found


def doubted_in(book: Row, before: str = "") -> set[str]:
    """The visits that were put in doubt after the freeze and are held for it; `before`: by then."""
    lines = [each for each in book["lines"] if not before or each["made_at"] < before]
    freed = {each["frees"] for each in lines}
    held = [each for each in lines if each["status"] == "held" and each["id"] not in freed]
    return {visit for each in held for visit in json.loads(each["detail"] or "{}").get("doubted", [])}


def wanted_at(facts: Row, score: Row, book: Row, before: str) -> list[Row]:
    """The figures as they were when a line was written or a penalty proposed."""
    return wanted(facts, score, review_at(book, before), clawed(book, before), doubted_in(book, before))


def review_at(book: Row, before: str) -> str:
    """How a poor quarter was looked at by then: what is held of it may have been freed only later."""
    bound = {each["id"] for each in book["lines"] if each["reason"] == "rectification"}
    freed = any(each["frees"] in bound and each["made_at"] < before for each in book["lines"])
    review = str(book["statement"]["review"])
    return review if review != "freed" or freed else ""


def amount_of(line: Row, detail: Row, book: Row) -> str:
    """What a line comes to by its own arithmetic."""
    made = book["made"]
    kind, reason, revision = line["kind"], line["reason"], int(line["revision"])
    if kind in FIGURES and reason == "dropped":
        return "0.00"
    if kind == "correction" or (kind in FIGURES and reason == "freed"):
        if int(detail["units_now"]) - int(detail["units_was"]) != int(line["units"]):
            differ("statement.csv", line["number"], "units", detail["units_now"] - detail["units_was"], line["units"])
        return half_up(Fraction(detail["now"]) - Fraction(detail["was"]), 2)
    if kind in FIGURES and reason == "appealed":
        return appealed_of(line, detail, book)
    if kind in FIGURES and revision in made:
        facts, score = made[revision]
        exact = Fraction(line["factor"]) if kind != "perf" else factor_of(facts, score)
        if half_up(exact, 6) != line["factor"]:
            differ("statement.csv", line["number"], "factor", half_up(exact, 6), line["factor"])
        units = Fraction(str(facts["terms"]["months"])) if kind == "subsidy" else Fraction(line["units"])
        return half_up(units * Fraction(line["rate"]) * Fraction(line["share"]) * exact, 2)
    if kind in ("advance", "true_up") and "left" in detail:
        before = [each for each in book["lines"] if int(each["place"]) < int(line["place"])]
        counted = [each for each in before if each["status"] == "undisputed" and each["kind"] in FIGURES]
        earned = half_up(sum((Fraction(each["amount"]) for each in counted), Fraction(0)), 2)
        if detail["earned"] != earned:
            differ("statement.csv", line["number"], "detail.earned", earned, detail["earned"])
        part = Fraction(earned) * (Fraction(line["share"]) if kind == "advance" else 1)
        return half_up(-max(Fraction(0), min(Fraction(half_up(part, 2)), Fraction(detail["left"]))), 2)
    if kind == "advance":
        return half_up(Fraction(line["rate"]) * Fraction(line["share"]), 2)
    if kind == "interest":
        return interest_of(line, detail, book)
    own = next((each for each in book["adjusted"] if each["line"] == line["id"]), None)
    if own is None:
        differ("adjustments.csv", "", "line", f"an adjustment that line {line['id']} takes", "none")
    return str(own["amount"])


def appealed_of(line: Row, detail: Row, book: Row) -> str:
    """What an appeal holds: the performance part in full less what the band gave of it."""
    facts, score = book["made"][int(line["revision"])]
    key = (line["contract_line"], Fraction(line["rate"]))
    for each in wanted_at(facts, score, book, line["made_at"]):
        withheld = each["kind"] == "perf" and (each["status"] == "undisputed" or each["bound"])
        if withheld and (each["contract_line"], each["rate"]) == key:
            full = half_up(each["units"] * each["rate"] * each["share"], 2)
            for column, value in (("full", full), ("published", each["amount"])):
                if detail[column] != value:
                    differ("statement.csv", line["number"], f"detail.{column}", value, detail[column])
            return half_up(Fraction(full) - Fraction(each["amount"]), 2)
    differ("statement.csv", line["number"], "contract_line", "a performance part that the band withholds", key[0])


# --- what is late, and what is taken off

USUAL_DAILY = Fraction("0.0005")  # where the contract agrees on no rate of late interest
LEAST_DAILY = Fraction("0.03") / 365  # an agreed one lies not below the one-year LPR
MOST_PENALTY = Fraction("0.3")  # all penalties of a quarter together, of what it earned


def days_late(claim: Row) -> int:
    """From the due day, or from the claim if that came later, to the day of payment."""
    if not (claim["due_on"] and claim["paid_on"]):
        return 0
    due = max(day(claim["due_on"]), day(claim["claimed_on"] or claim["due_on"]))
    return max(0, (day(claim["paid_on"]) - due).days)


def day(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007 (a day of the calendar)


def interest_of(line: Row, detail: Row, book: Row) -> str:
    """amount x daily rate x days of a claim that was paid late."""
    claim = next((each for each in book["claims"] if each["id"] == line["source"]), None)
    if claim is None:
        differ("statement.csv", line["number"], "source", "a claim of this statement", line["source"])
    agreed = detail.get("agreed", "")
    daily, days = max(Fraction(agreed), LEAST_DAILY) if agreed else USUAL_DAILY, days_late(claim)
    told = (("amount", claim["amount"]), ("due_on", claim["due_on"]), ("days", days), ("daily", str(daily)))
    for column, value in told:
        if detail[column] != value:
            differ("statement.csv", line["number"], f"detail.{column}", value, detail[column])
    if int(line["units"]) != days:
        differ("statement.csv", line["number"], "units", days, line["units"])
    return half_up(Fraction(claim["amount"]) * daily * days, 2)


def check_interest(book: Row) -> None:
    """Each claim that was paid late bears interest, once; interest itself and a caregiver's subsidy bear none."""
    sources = [each["source"] for each in book["lines"] if each["kind"] == "interest"]
    for claim in book["claims"]:
        bears = claim["kind"] != "interest" and book["statement"]["kind"] != "agreement"
        least = half_up(Fraction(claim["amount"]) * LEAST_DAILY * days_late(claim), 2) if bears else "0.00"
        lines = sources.count(claim["id"])
        if lines > 1 or (lines == 1 and not bears) or (lines == 0 and Fraction(least) > 0):
            expected = "one line of interest" if bears else "no interest"
            differ("claims.csv", claim["number"], "paid_on", expected, f"{lines} lines")


def check_adjusted(book: Row) -> None:
    """What is taken off: parts add up, penalties are what clause and facts give, an advance's rest is what is left."""
    for each in book["adjusted"]:
        own, expected = each["about"] == book["statement"]["number"], str(each["amount"])
        if each["kind"] in ("clawback", "revision"):
            parts = (Fraction(part["amount"]) for part in json.loads(each["parts"] or "[]"))
            expected = half_up(sum(parts, Fraction(0)), 2)
        elif each["kind"] == "penalty" and own:
            expected = penalty_of(each, book)
        elif each["kind"] == "true_up" and own:
            for line in book["lines"]:
                detail = json.loads(line["detail"] or "{}")
                if line["kind"] == "true_up" and "left" in detail:
                    expected = half_up(-Fraction(detail["left"]) - Fraction(line["amount"]), 2)
        if each["amount"] != expected:
            differ("adjustments.csv", each["number"], "amount", expected, each["amount"])


def penalty_of(own: Row, book: Row) -> str:
    """value x units, or value x what the quarter earned; with those proposed before at most the cap."""
    if int(own["revision"] or 0) not in book["made"]:
        differ("adjustments.csv", own["number"], "revision", "a revision of this bundle", own["revision"])
    facts, score = book["made"][int(own["revision"])]
    units = penalised(facts, own["code"])
    if own["units"] != str(units):
        differ("adjustments.csv", own["number"], "units", units, own["units"])
    figures = wanted_at(facts, score, book, own["proposed_at"])
    earned = sum((Fraction(each["amount"]) for each in figures if each["status"] == "undisputed"), Fraction(0))
    taken = sum((
        -Fraction(each["amount"]) for each in book["adjusted"]
        if each["kind"] == "penalty" and each["about"] == own["about"] and each["proposed_at"] < own["proposed_at"]
        and not (each["status"] == "refused" and each["decided_at"] < own["proposed_at"])
    ), Fraction(0))  # fmt: skip
    amount = half_up(Fraction(own["value"]) * (units if own["basis"] == "per_unit" else earned), 2)
    room = Fraction(half_up(max(earned, Fraction(0)) * MOST_PENALTY, 2)) - taken
    return half_up(-max(Fraction(0), min(Fraction(amount), room)), 2)


def penalised(facts: Row, code: str) -> int:
    """How often it happened: windows missed without an excuse, records sent late."""
    if code == "missed_visit":
        return sum(each["state"] == "missed" for each in facts["windows"])
    if code != "late_record":
        return 0
    found, hours = 0, facts["standard"]["sending_hours"]  # a record sent later may be penalised
    for visit in facts["visits"]:
        end, sent = moment(visit["ended_at"]), moment(visit["submitted_at"])
        late = end is not None and sent is not None and sent - end > timedelta(hours=hours)
        found += late or "late_record" in visit["missing"]
    return found


def taken_as_given(book: Row, elsewhere: bool) -> list[str]:
    """What nothing in this bundle proves: it lies outside of the quarter, or is a fact."""
    number, lines, adjusted = book["statement"]["number"], book["lines"], book["adjusted"]
    other = sorted({each["about"] for each in adjusted if each["about"] != number})
    kinds = {each["kind"] for each in lines}
    told = [
        ("that the facts are true (among them qualified, payable and unpayable_reason of each visit)",
         bool(book["made"])),
        ("units_left and amount_left in lines.csv: what earlier quarters left of the contract's ceilings",
         any(facts["lines"] for facts, _ in book["made"].values())),
        ("prices, shares, and values of clauses: they are the contract's", True),
        ("claimed_on, accepted_on, due_on and paid_on in claims.csv", bool(book["claims"])),
        ("left of an advance (detail in statement.csv), its share, and whether this is the year's last quarter",
         bool(kinds & {"advance", "true_up"})),
        ("the rate of late interest that the contract agrees on (agreed in statement.csv)", "interest" in kinds),
        ("amounts in adjustments.csv that are about other statements, computed in their bundles: " + ", ".join(other),
         bool(other)),
        ("the visits in elsewhere.csv, which stand in other statements", elsewhere),
        ("that the visits named as doubted (detail in statement.csv) were put in doubt after the facts were frozen",
         bool(doubted_in(book))),
    ]  # fmt: skip
    return [text for text, applies in told if applies]


def check_claims(files: dict[str, bytes], lines: list[Row]) -> None:
    """A claim is the sum of its lines; no line is claimed twice, no held one at all."""
    own = {each["id"]: each for each in lines}
    taken: dict[str, str] = {}
    for number, claim in enumerate(table(files, "claims.csv"), 2):
        amount = Fraction(0)
        for line in claim["lines"].split("|") if claim["lines"] else []:
            if line not in own or line in taken or own[line]["status"] != "undisputed":
                differ("claims.csv", number, "lines", "an undisputed line that no other claim has", line)
            taken[line], amount = claim["number"], amount + Fraction(own[line]["amount"])
        if half_up(amount, 2) != claim["amount"]:
            differ("claims.csv", number, "amount", half_up(amount, 2), claim["amount"])


def compare_score(files: dict[str, bytes], folder: str, facts: Row) -> Row:
    """Marks, counts, points, score, bands and caps against what the bundle says; the score as recomputed."""
    marks, counts, majors = counted(facts)
    for name, columns in MARKED.items():
        file = f"{folder}{name}.csv"
        for number, (row, mark) in enumerate(zip(table(files, file), marks[name]), 2):  # noqa: B905
            for column in columns:
                if row.get(column) != mark[column]:
                    differ(file, number, column, mark[column], row.get(column))
    file = folder + "score.json"
    told = json.loads(files[file].decode("utf-8"))
    made = scored(counts, majors, bool(facts["vetoes"]), facts["standard"])
    for code in QS:
        own, point = told["points"][code], made["points"][code]
        known = own["points"] is not None and own["applicable"]
        if own["applicable"] is not (point is not None):
            differ(file, "", f"points.{code}.applicable", point is not None, own["applicable"])
        for column, value in (("numerator", counts[code][0]), ("denominator", counts[code][1]), ("points", point)):
            if value is not None and (column != "points" or known) and Fraction(str(own[column])) != value:
                differ(file, "", f"points.{code}.{column}", value, own[column])
    for column in ("score", "band", "final_band", "caps"):
        if told[column] != made[column]:
            differ(file, "", column, shown(made[column]), shown(told[column]))
    return made


# --- the chain of the audit trail, the draws, the manifest


ANCHORS = ("settlement.anchored", "quarter_score.frozen", "quarter_score.revised")


def check_chain(files: dict[str, bytes], hashes: dict[int, str]) -> None:
    """Every event shown in full has its hash, neighbours follow from each other, and one anchors each revision."""
    file = "chain.json"
    anchored: dict[int, tuple[object, str]] = {}
    chain = json.loads(files[file].decode("utf-8"))
    last: Row = {}
    for number, each in enumerate(chain, 1):
        if each["text"]:
            made = sha(bytes.fromhex(each["previous"]) + each["text"].encode("utf-8"))
            if made != each["hash"]:
                differ(file, number, "hash", made, each["hash"])
            event = json.loads(each["text"])
            for column in ("stream", "seq", "at", "action", "subject"):
                if event[column] != each[column]:
                    differ(file, number, column, event[column], each[column])
            if event["action"] in ANCHORS:
                revision, told = event["data"]["revision"], event["data"]["facts_hash"]
                if anchored.setdefault(revision, (number, told))[1] != told:
                    differ(file, number, f"facts_hash of revision {revision}", anchored[revision][1], told)
        if last and each["seq"] <= last["seq"]:
            differ(file, number, "seq", f"more than {last['seq']}", each["seq"])
        if last and each["seq"] == last["seq"] + 1 and each["previous"] != last["hash"]:
            differ(file, number, "previous", last["hash"], each["previous"])
        last = each
    for revision, made in hashes.items():
        place, told = anchored.get(revision, ("", "no event anchors the facts"))
        if told != made:
            differ(file, place, f"facts_hash of revision {revision}", made, told)


def check_draws(files: dict[str, bytes], facts: Row) -> None:
    """Each draw that the facts name again: secrets, closed list, seed, sample; every visit drawn has its check.

    What was drawn only after the facts were gathered (a second draw, a late round) is not among them.
    """
    known = {each["id"] for each in facts["visits"]}
    checks = {(each["visit"], each["origin"]) for each in facts["checks"]}
    rounds = {json.loads(files[name].decode("utf-8"))["round"]: name for name in files if name.startswith("draws/")}
    for each in sorted({*rounds, *facts["draws"]}):
        if each not in rounds:
            differ("draws/", "", "round", f"the draw {each} that the facts name", "none")
        if each not in facts["draws"]:
            differ(rounds[each], "", "round", "a draw that the facts name", each)
    for file in sorted(name for name in files if name.startswith("draws/")):
        draw = json.loads(files[file].decode("utf-8"))
        for side in ("bureau", "auditor"):
            made = sha(bytes.fromhex(draw["secrets"][side]))
            if made != draw["commitments"][side]:
                differ(file, "", f"commitments.{side}", made, draw["commitments"][side])
        for one in draw["draws"]:
            check_draw(file, draw, one)
            for place, (visit, origin) in enumerate(one["chosen"], 1):
                if visit in known and (visit, origin) not in checks:
                    differ("checks.csv", "", f"{file}, place {place}", f"a check of {visit} ({origin})", "none")


def check_draw(file: str, draw: Row, one: Row) -> None:
    ids = sorted(row[0] for row in one["rows"])
    closed = sha("\n".join(ids).encode("utf-8"))
    lines = [f"share {one['share']}", f"n {one['n']}"] + ["inspector " + each for each in sorted(one["pool"])]
    lines += [f"{row[0]} {row[1]} {row[2] or '-'}" for row in sorted(one["rows"])]
    two = bytes.fromhex(draw["secrets"]["bureau"]) + bytes.fromhex(draw["secrets"]["auditor"])
    seed = hashlib.sha256(two + bytes.fromhex(closed)).digest()
    for column, value in (("list_hash", closed), ("frame_hash", sha("\n".join(lines).encode("utf-8"))),
                          ("seed", seed.hex())):  # fmt: skip
        if one[column] != value:
            differ(file, one["contract"], column, value, one[column])
    if len(ids) and one["n"] * 10 < len(ids):
        differ(file, one["contract"], "n", f"at least {(len(ids) + 9) // 10}", one["n"])

    def rank(each: str) -> bytes:
        return hashlib.sha256(seed + each.encode("utf-8")).digest()

    strata: dict[str, list[str]] = {}
    for row in one["rows"]:
        strata.setdefault(row[1], []).append(row[0])
    size, want = len(ids), min(one["n"], len(ids))
    share = {name: want * len(own) // size for name, own in strata.items()}
    spare = sorted(strata, key=lambda name: (-(want * len(strata[name]) % size), rank("stratum\n" + name)))
    for name in spare[: want - sum(share.values())]:
        share[name] += 1
    made = [each for name in sorted(strata) for each in sorted(strata[name], key=rank)[: share[name]]]
    told = [each[0] for each in one["chosen"] if each[1] == one["first"]]
    for place in range(max(len(made), len(told))):
        one_made, one_told = (x[place] if place < len(x) else "nothing" for x in (made, told))
        if one_made != one_told:
            differ(file, one["contract"], f"chosen, place {place + 1}", one_made, one_told)


def check_manifest(files: dict[str, bytes]) -> dict[str, tuple[int, str, str]]:
    """File -> (row, SHA-256 found, SHA-256 listed) of what differs; raises for files that are missing or not listed."""
    listed: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(files["MANIFEST"].decode("utf-8").splitlines(), 1):
        digest, _, name = line.partition("  ")
        listed[name] = (number, digest)
    for name in sorted({*listed, *files} - {"MANIFEST"}):
        if name not in listed:
            differ("MANIFEST", "", "name", f"a line for {name}", "none")
        if name not in files:
            differ("MANIFEST", listed[name][0], "name", f"the file {name}", "it is missing")
    return {
        name: (row, sha(files[name]), digest) for name, (row, digest) in listed.items() if sha(files[name]) != digest
    }


# --- all of it


def verify(files: dict[str, bytes]) -> Row:
    """Everything, in an order in which the first difference says most; what was found equal, in figures."""
    changed = check_manifest(files)
    try:
        folders = {json.loads(files[name])["revision"]: name[: -len("score.json")] for name in files
                   if name.split("/")[-1] == "score.json"}  # fmt: skip
        hashes, made = {}, {}
        for revision in sorted(folders):
            facts = facts_of(files, folders[revision])
            hashes[revision] = sha(files[folders[revision] + "facts.json"])
            made[revision] = (facts, compare_score(files, folders[revision], facts))
        money = check_money(files, made)
        check_chain(files, hashes)
        if made:
            check_draws(files, made[max(made)][0])
        money.update(bundle=sha(files["MANIFEST"]), facts=hashes[max(made)] if made else "")
    except BROKEN:
        if not changed:
            raise
    for name, (row, expected, listed) in sorted(changed.items()):
        differ("MANIFEST", row, f"SHA-256 of {name}", expected, listed)
    return money


HERE = os.path.dirname(os.path.abspath(__file__))


def asked(arguments: list[str]) -> tuple[str, str]:
    """(the bundle's place, the hash to compare with or ""); a hash may be written in groups, as on paper."""
    first = "".join(arguments).lower()
    if not arguments or (len(first) == 64 and not set(first) - set("0123456789abcdef")):
        return HERE, first
    return arguments[0], "".join("".join(arguments[1:]).split()).lower()


def check_hash(money: Row, given: str) -> str:
    """What a hash from outside shows; raises if it is neither this bundle's nor its facts'."""
    if given == money["bundle"]:
        return "the whole bundle is the one that this hash was published of"
    if given and given == money["facts"]:
        return ("the facts are the ones that this hash was published of, and so are score and lines; not covered are "
                "claims.csv and adjustments.csv: compare the bundle hash for these")  # fmt: skip
    differ("MANIFEST", "", "SHA-256 of MANIFEST (or of facts.json)", given, f"{money['bundle']} ({money['facts']})")


def report(money: Row, given: str) -> str:
    """What is printed of a bundle that is equal."""
    found = ["equal"] + [f"{name}: {money[name]}" for name in ("contract", "period", "total", "held")]
    found += [f"bundle hash (SHA-256 of MANIFEST): {money['bundle']}"]
    found += [f"facts hash (SHA-256 of facts.json): {money['facts']}"] if money["facts"] else []
    if given:
        found += [f"compared with {given}: {check_hash(money, given)}"]
    else:
        found += ["still to compare: only the bundle itself was looked at; if all of its files were changed together, "
                  "this cannot show. Compare the bundle hash with the printed report or with the portal's page of its "
                  "check code (/check/<code>), or run: python3 -I verify.py BUNDLE.zip HASH"]  # fmt: skip
    return "\n".join(found + ["taken as given: " + text for text in money["given"]]) + "\n"


def main(arguments: list[str]) -> int:
    place, given = asked(arguments)
    if hasattr(sys.stdout, "reconfigure"):  # a console that lacks a sign shows its number
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        said = report(verify(load(place)), given)
    except Difference as difference:
        for name, value in zip(("file", "row", "column", "expected", "found"), difference.said):  # noqa: B905
            sys.stdout.write(f"{name}: {value}\n")
        return 1
    except BROKEN as fault:
        sys.stdout.write(f"not readable as a bundle: {type(fault).__name__}: {fault}\n")
        return 1
    sys.stdout.write(said)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
