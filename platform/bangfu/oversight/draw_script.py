#!/usr/bin/env python3
"""draw.py: make a secret, compute a seed, draw, and repeat a published draw of spot checks (DOMAIN.md 5.3).

One file, standard library only, Python 3.9 or newer. The portal draws with the very functions of this file, so that
whoever downloads it repeats what the portal did.

    python3 draw.py secret               make a secret of 32 bytes; print it and its SHA-256
    python3 draw.py seed B A FILE.json   the seeds of a file of closed lists under the bureau's and the auditor's secret
    python3 draw.py draw FILE.json       [{"seed": hex, "ids": [...], "n": 3}, ...] -> the chosen ids in draw order
    python3 draw.py check FILE.json      repeat a published draw: prints "same" or the first difference

Exit codes: 0 done or the same, 1 different, 2 a file or an argument that cannot be used.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

SCHEMA = "bangfu-draw-1"
FULL = 10_000
LEAST = 1_000
"""Shares are counted in ten-thousandths: 1000 is ten per cent."""
SECOND = 3_000
SIDES = ("bureau", "auditor")
"""The holders of the two secrets, in the order in which the seed takes them."""
INSPECTORS = 2
"""How many check each drawn visit or survey; fewer only where the pool has no more without a link to it."""
Row = Sequence[str]
"""(id, stratum, marks): marks are some of urgent, flagged, afterwards, joined by "," in this order; "" for none."""


class Unusable(Exception):
    """An input that cannot be used: one sentence."""


def secret_bytes(text: str, what: str = "the secret") -> bytes:
    """The 32 bytes that 64 hexadecimal digits stand for, written with or without spaces.

    Raises:
        Unusable: for anything else.
    """
    text = "".join(text.split())
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise Unusable(f"{what} is not 64 hexadecimal digits")
    return bytes.fromhex(text)


def commitment(secret: bytes) -> str:
    """What is published of a secret before the list closes: the SHA-256 of its 32 bytes, as hex."""
    return hashlib.sha256(secret).hexdigest()


def list_hash(ids: Iterable[str]) -> str:
    """SHA-256 of the ids, sorted by code point, joined by one line feed each, as UTF-8; nothing stands for no id."""
    return hashlib.sha256("\n".join(sorted(ids)).encode("utf-8")).hexdigest()


def frame_hash(rows: Iterable[Row], share: int, n: int, pool: Iterable[str]) -> str:
    """SHA-256 of all that decides the draw beside the seed: the lines `share <ten-thousandths>`, `n <number>`,
    `inspector <id>` (sorted) and `<id> <stratum> <marks or ->` (sorted by id), joined by line feeds, as UTF-8."""
    lines = [f"share {share}", f"n {n}", *(f"inspector {each}" for each in sorted(pool))]
    lines += [f"{row[0]} {row[1]} {row[2] or '-'}" for row in sorted(rows, key=lambda row: row[0])]
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()


def seed_of(bureau: bytes, auditor: bytes, closed: str) -> bytes:
    """SHA-256(bureau's secret, auditor's secret, SHA-256 of the closed sorted list of ids): 32 bytes after another."""
    return hashlib.sha256(bureau + auditor + bytes.fromhex(closed)).digest()


def order(seed: bytes, ids: Iterable[str]) -> list[str]:
    """The ids by SHA-256(seed, id as UTF-8), ascending."""
    return sorted(ids, key=lambda each: hashlib.sha256(seed + each.encode("utf-8")).digest())


def sample_size(number: int, share: int = LEAST) -> int:
    """The share of a number, rounded up, at least ten per cent: (10 N + 99) div 100."""
    return max((number * 10 + 99) // 100, (number * share + FULL - 1) // FULL)


def quotas(seed: bytes, sizes: Mapping[str, int], n: int) -> dict[str, int]:
    """How many of each stratum are drawn: proportional by largest remainder.

    Equal remainders go in the order of SHA-256(seed, "stratum", line feed, name), so that no stratum is favoured.
    """
    total = sum(sizes.values())
    n = min(n, total)
    if not n:
        return dict.fromkeys(sizes, 0)
    found = {name: n * size // total for name, size in sizes.items()}
    tie = {name: hashlib.sha256(seed + b"stratum\n" + name.encode("utf-8")).digest() for name in sizes}
    by_remainder = sorted(sizes, key=lambda name: (-(n * sizes[name] % total), tie[name]))
    for name in by_remainder[: n - sum(found.values())]:
        found[name] += 1
    return found


def choose(seed: bytes, rows: Sequence[Row], share: int, n: int, first: str = "regular") -> list[tuple[str, str]]:
    """The drawn ids with the reason for each, in the order in which they are drawn.

    1. regular: `n` of all, each stratum (township and service, sorted by name) its quota, by the order of the seed;
    2. urgent: every urgent one on top; 3. flagged: 20 % of the flagged ones, rounded up, on top;
    4. afterwards: of those entered afterwards as many as three times the share asks, what is drawn already counts.
    """
    chosen: dict[str, str] = {}
    ordered = order(seed, (row[0] for row in rows))
    by_id = {row[0]: row for row in rows}
    strata: dict[str, list[str]] = {}
    for each in ordered:
        strata.setdefault(by_id[each][1], []).append(each)
    quota = quotas(seed, {name: len(ids) for name, ids in strata.items()}, n)
    for name in sorted(strata):
        chosen.update(dict.fromkeys(strata[name][: quota[name]], first))
    marked = {mark: [each for each in ordered if mark in by_id[each][2].split(",")] for mark in _MARKS}
    chosen.update({each: "urgent" for each in marked["urgent"] if each not in chosen})
    fresh = [each for each in marked["flagged"] if each not in chosen]
    chosen.update(dict.fromkeys(fresh[: (len(marked["flagged"]) * 20 + 99) // 100], "flagged"))
    late = marked["afterwards"]
    fresh = [each for each in late if each not in chosen]
    missing = sample_size(len(late), min(FULL, 3 * max(share, LEAST))) - (len(late) - len(fresh))
    chosen.update(dict.fromkeys(fresh[: max(0, missing)], "afterwards"))
    return list(chosen.items())


_MARKS = ("urgent", "flagged", "afterwards")


def next_of(seed: bytes, rows: Sequence[Row], taken: Collection[str], unreachable: str) -> str | None:
    """Who stands in for an unreachable one: the next of its stratum in the same order that is not drawn yet, else the
    next of the whole list; None where all are drawn."""
    stratum = next((row[1] for row in rows if row[0] == unreachable), None)
    left = [each for each in order(seed, (row[0] for row in rows)) if each not in taken]
    same = {row[0] for row in rows if row[1] == stratum}
    return next((each for each in left if each in same), left[0] if left else None)


def inspector_order(seed: bytes, visit: str, pool: Iterable[str]) -> list[str]:
    """The pool in the order in which inspectors are taken for one check: by SHA-256(seed, id of the visit or survey, id
    of the inspector). Those with a link to it are passed over."""
    return sorted(pool, key=lambda each: hashlib.sha256(seed + visit.encode() + each.encode()).digest())


def drawn_cases(document: Any) -> list[list[str]]:
    """The chosen ids of each item {"seed": hex, "ids": [text], "n": whole number}; n larger than the list takes all.

    Raises:
        Unusable: naming the item (counted from 1) and what is wrong with it.
    """
    if not isinstance(document, list):
        raise Unusable("the file holds no list of items")
    found = []
    for number, item in enumerate(document, 1):
        seed, ids, n = _item(item, f"item {number}")
        found.append(order(seed, ids)[:n])
    return found


def _item(item: Any, where: str) -> tuple[bytes, list[str], int]:
    if not isinstance(item, dict) or not {"seed", "ids", "n"} <= set(item):
        raise Unusable(f"{where}: not an object with seed, ids and n")
    seed, ids, n = item["seed"], item["ids"], item["n"]
    if not isinstance(seed, str) or not re.fullmatch(r"([0-9a-fA-F]{2})*", seed):
        raise Unusable(f"{where}: the seed is not hexadecimal")
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        raise Unusable(f"{where}: ids is not a list of texts")
    if any("\ud800" <= sign <= "\udfff" for each in ids for sign in each):
        raise Unusable(f"{where}: an id is no text in Unicode")
    if len(set(ids)) != len(ids):
        twice = next(each for each in ids if ids.count(each) > 1)
        raise Unusable(f"{where}: the id {twice!r} stands twice")
    if isinstance(n, bool) or not isinstance(n, int) or n < 0:
        raise Unusable(f"{where}: n is not a whole number of at least 0")
    return bytes.fromhex(seed), ids, n


def seeds(bureau: bytes, auditor: bytes, document: Any) -> dict[str, str]:
    """Contract/population -> seed as hex, of a published file of closed lists (or of a whole draw)."""
    return {_name(draw): seed_of(bureau, auditor, list_hash(_ids(draw))).hex() for draw in document["draws"]}


def difference(document: Any) -> str:
    """The first thing in a published draw that does not follow from its secrets and lists; "" where all does."""
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise Unusable(f"this is no published draw ({SCHEMA})")
    try:
        return _of_secrets(document) or next(filter(None, map(_with(document), document["draws"])), "")
    except (KeyError, TypeError, IndexError, AttributeError, ValueError) as fault:
        raise Unusable(f"the published draw is not complete: {type(fault).__name__} {fault}") from fault


def _of_secrets(document: Any) -> str:
    for side in SIDES:
        told = document["commitments"][side]
        made = commitment(secret_bytes(document["secrets"][side], f"the {side}'s secret"))
        if told != made:
            return f"the {side}'s secret does not have the committed SHA-256: {made} instead of {told}"
    if document["secrets"]["bureau"].lower() == document["secrets"]["auditor"].lower():
        return "both secrets are the same"
    return _of_closing(document)


def _of_closing(document: Any) -> str:
    """The hashes must be those that the audit chain wrote down when the lists were closed."""
    closing = document["closing"]
    for side in SIDES:
        here, there = document["commitments"][side], closing["commitments"][side]
        if here != there:
            return f"the {side}'s commitment is {here}; at the closing of the lists it was {there}"
    for name, key in (("list", "list_hash"), ("frame", "frame_hash")):
        here, there = {_name(draw): draw[key] for draw in document["draws"]}, closing[name + "s"]
        for each in sorted({*here, *there}):
            if here.get(each) != there.get(each):
                return f"{each}: the {name} hash is {here.get(each)}; at the closing it was {there.get(each)}"
    return ""


def _name(draw: Any) -> str:
    return str(draw["contract"]) + "/" + str(draw["population"])


def _with(document: Any) -> Any:
    bureau, auditor = (bytes.fromhex(document["secrets"][side]) for side in SIDES)
    return lambda draw: _of_draw(draw, bureau, auditor, document["kind"])


def _of_draw(draw: Any, bureau: bytes, auditor: bytes, kind: str) -> str:
    """The first difference in one contract's draw: list, size, seed, drawn ones, later ones, inspectors."""
    where = f"contract {_name(draw)}: "
    ids, rows, share, n = _ids(draw), draw["rows"], draw["share"], draw["n"]
    if len(set(ids)) != len(ids):
        return f"{where}an id stands twice on the list"
    closed, frame = list_hash(ids), frame_hash(rows, share, n, draw["pool"])
    if closed != draw["list_hash"]:
        return f"{where}the list of ids is not the closed one: SHA-256 {closed} instead of {draw['list_hash']}"
    if frame != draw["frame_hash"]:
        return f"{where}strata, marks, size or pool are not the closed ones: {frame} instead of {draw['frame_hash']}"
    if kind == "month" and n != sample_size(len(ids), share):
        return f"{where}{n} are drawn of {len(ids)}; {sample_size(len(ids), share)} must be"
    seed = seed_of(bureau, auditor, closed)
    if seed.hex() != draw["seed"]:
        return f"{where}the seed is {seed.hex()}, not {draw['seed']}"
    made = choose(seed, rows, share, n, draw["first"])
    return _of_chosen(where, made, draw["chosen"]) or _of_later(where, seed, draw) or _of_inspectors(where, seed, draw)


def _ids(draw: Any) -> list[str]:
    return [row[0] for row in draw["rows"]]


def _of_chosen(where: str, made: Sequence[tuple[str, str]], told: Sequence[Sequence[str]]) -> str:
    for place in range(max(len(made), len(told))):
        here = list(made[place]) if place < len(made) else ["nothing", "drawn"]
        there = list(told[place]) if place < len(told) else ["nothing", "published"]
        if here != there:
            return f"{where}place {place + 1} is {' '.join(here)}, not {' '.join(there)}"
    return ""


def _of_later(where: str, seed: bytes, draw: Any) -> str:
    """Redraws must follow the order; what a full check adds is taken without choice."""
    taken = [each[0] for each in draw["chosen"]]
    for later in draw["later"]:
        if later["origin"] == "redraw":
            made = next_of(seed, draw["rows"], taken, later["replaces"])
            if made != later["id"]:
                return f"{where}{later['replaces']} is followed by {made}, not by {later['id']}"
        taken.append(later["id"])
    return ""


def _of_inspectors(where: str, seed: bytes, draw: Any) -> str:
    """Each drawn one has its two inspectors once, and nothing else has. Whoever was in the pool when the list closed
    comes first; who joined later follows, in the same order."""
    pool, told = set(draw["pool"]), [check["id"] for check in draw["inspectors"]]
    drawn = [each[0] for each in draw["chosen"]] + [each["id"] for each in draw["later"]]
    for each in [*drawn, *told]:
        if each not in drawn:
            return f"{where}{each} has inspectors, but is not drawn"
        if told.count(each) != 1:
            return f"{where}{each} is drawn; its inspectors stand {told.count(each)} times in the file, not once"
    for check in draw["inspectors"]:
        passed, joined = set(check["passed_over"]), set(check["joined"]) - pool
        made = [
            *inspector_order(seed, check["id"], pool - passed),
            *inspector_order(seed, check["id"], joined - passed),
        ]
        first = made[:INSPECTORS]
        if first != list(check["chosen"]):
            here, there = ", ".join(first) or "nobody", ", ".join(check["chosen"]) or "nobody"
            return f"{where}{check['id']} is checked by {here}, not by {there}"
    return ""


def read(path: str) -> Any:
    """A JSON file as it stands.

    Raises:
        Unusable: for one that cannot be read.
    """
    try:
        with open(path, encoding="utf-8-sig") as file:
            return json.load(file)
    except OSError as fault:
        raise Unusable(f"{path} cannot be read: {fault.strerror}") from fault
    except (ValueError, RecursionError) as fault:
        raise Unusable(f"{path} is no JSON in UTF-8: {fault}") from fault


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _secret() -> int:
    """The secret stands in groups of eight: easier to write down, and no form takes it for the hash."""
    made = secrets.token_bytes(32)
    _say(f"secret  {made.hex(' ', 4)}\nSHA-256 {commitment(made)}\n")
    _say("Give the portal the SHA-256 only. Keep the secret to yourself, on paper, until the portal asks for it.")
    return 0


def _seed(bureau: str, auditor: str, path: str) -> int:
    held = secret_bytes(bureau, "the bureau's secret"), secret_bytes(auditor, "the auditor's secret")
    for name, seed in sorted(seeds(*held, read(path)).items()):
        _say(f"{name} {seed}")
    return 0


def _draw(path: str) -> int:
    _say(json.dumps(drawn_cases(read(path))))
    return 0


def _check(path: str) -> int:
    found = difference(read(path))
    _say(found or "same")
    return 1 if found else 0


_COMMANDS = {"secret": (_secret, 0), "seed": (_seed, 3), "draw": (_draw, 1), "check": (_check, 1)}


def main(arguments: Sequence[str]) -> int:
    """Run one command; what cannot be used is one sentence on the error output and exit code 2."""
    command, count = _COMMANDS.get(arguments[0] if arguments else "", (None, 0))
    if command is None or len(arguments) != count + 1:
        sys.stderr.write(str(__doc__))
        return 2
    try:
        return int(command(*arguments[1:]))  # type: ignore[operator]
    except Unusable as fault:
        sys.stderr.write(f"draw.py: {fault}\n")
    except (KeyError, TypeError, IndexError, AttributeError, ValueError) as fault:
        sys.stderr.write(f"draw.py: the file is not complete: {fault}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
