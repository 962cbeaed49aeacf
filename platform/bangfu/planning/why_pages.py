"""What the templates of "why this carer" and "why nobody" need: the answers with names, in words."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from bangfu.planning import pages, proposals, queries, whys
from bangfu.planning.answer_wording import (
    binds_text,
    easing_text,
    effect_phrases,
    limit_text,
    limit_texts,
    names_in,
    plan_text,
)
from bangfu.planning.queries import RunView
from bangfu.planning.rules import LIVE
from bangfu.planning.whys import CarerAnswer, Effect, NobodyAnswer
from bangfu.shared.i18n import word
from bangfu.shared.masking import mask_name
from matching import ProblemError
from matching.why import Choice, Move, Verified

SHOWN_MOVES = 12


class Called:
    """Needs and carers as the page's reader may see them: masked heads of households, names of carers."""

    def __init__(self, needs: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]) -> None:
        self.needs, self.names = needs, names

    def need(self, need: str) -> dict[str, Any]:
        """Label and address of a need."""
        row = self.needs.get(need)
        if row is None:
            return {"label": "—", "href": "", "priority": ""}
        label = f"{mask_name(row['head_name'])} · {word('service', row['service'])} · {row['number']}"
        return {"label": label, "href": f"/needs/{row['id']}", "priority": word("priority", row["priority"])}

    def moves(self, moves: Sequence[Move]) -> dict[str, Any]:
        """Who would go to another carer, who would come in, and who would lose the carer."""
        listed = [
            {**self.need(move.need), "before": self.carer(move.before), "after": self.carer(move.after)}
            for move in moves[:SHOWN_MOVES]
        ]
        return {"rows": listed, "more": max(0, len(moves) - SHOWN_MOVES), "count": len(moves)}

    def carer(self, carer: str | None) -> str:
        """The name, "" for nobody."""
        return "" if carer is None else self.names.get(carer, "—")


async def called(needs: Iterable[str], carers: Iterable[str]) -> Called:
    """The names of what an answer speaks of."""
    return Called(await queries.needs_named(set(needs)), await queries.carer_names(set(carers)))


async def answer(run: RunView, proposal: UUID) -> dict[str, Any]:
    """The answer about one proposal of a run: why its carer, or why nobody; `unanswered` where there is none."""
    view = await proposals.one(run, proposal)
    shown: dict[str, Any] = {"p": pages.row_words(view, await pages.names_of(run, [view])), "unanswered": ""}
    need, served = str(view.row["need"]), view.row["carer"] is not None
    if view.row["status"] not in LIVE | {"unserved"}:
        return {**shown, "unanswered": "status"}
    try:
        if served:
            return {**shown, **await _carer(await whys.ask_carer(run.id, need))}
        return {**shown, **await _nobody(await whys.ask_nobody(run.id, need))}
    except ProblemError:
        return {**shown, "unanswered": "plan"}


async def _carer(found: CarerAnswer) -> dict[str, Any]:
    why = found.why
    moves = [move for choice in why.choices for move in choice.moves]
    carers = {choice.carer for choice in why.choices} | _carers_of(moves) | {str(why.carer)}
    by = await called((move.need for move in moves), carers)
    others = [_choice(choice, effect, by) for choice, effect in zip(why.choices, found.effects, strict=True)]
    return {
        "kind": "carer",
        "binds": binds_text(why, by.names),
        "limit": "" if why.limit is None else limit_text(why.limit),
        "parts": [(word("cost_part", name), value) for name, value in why.cost_parts.items() if value],
        "cost": why.cost,
        "candidates": why.candidates,
        "improvable": why.improvable,
        "others": others,
        "beyond": why.candidates - 1 - len(others),
    }


def _carers_of(moves: Iterable[Move]) -> set[str]:
    return {carer for move in moves for carer in (move.before, move.after) if carer is not None}


def _choice(choice: Choice, effect: Effect | None, by: Called) -> dict[str, Any]:
    return {
        "name": by.carer(choice.carer),
        "km": choice.km,
        "pair": choice.pair_difference,
        "difference": choice.plan_difference,
        "text": plan_text(choice),
        "phrases": effect_phrases(effect) if effect is not None else [],
        "moves": by.moves([move for move in choice.moves if move.after is not None]),
        "lost": [by.need(need) for need in choice.lost],
        "limits": limit_texts(choice.limits),
        "exact": choice.exact,
    }


async def _nobody(found: NobodyAnswer) -> dict[str, Any]:
    why = found.why
    verified = [*why.easings, *([why.rearranged] if why.rearranged else [])]
    moves = [move for each in verified for move in each.moves]
    steps = [step for each in verified for step in each.easing.steps]
    served = {str(each.served_by) for each in verified} - {"None"}
    steps += [step for easing in why.unverified for step in easing.steps]
    by = await called((move.need for move in moves), _carers_of(moves) | names_in(steps) | served)
    easings = [_verified(each, effect, by) for each, effect in zip(why.easings, found.effects, strict=True)]
    return {
        "kind": "nobody",
        "reason": why.reason,
        "carers": why.carers,
        "left": [(rule, why.carers_left[rule]) for rule in pages.PAIR_RULES if rule in why.carers_left],
        "easings": easings,
        "failed": [easing_text(easing, by.names) for easing in why.unverified],
        "rearranged": None if why.rearranged is None else _verified(why.rearranged, found.rearranged, by),
    }


def _verified(found: Verified, effect: Effect | None, by: Called) -> dict[str, Any]:
    return {
        "codes": [word("easing", code) for code in dict.fromkeys(step.code for step in found.easing.steps)],
        "text": easing_text(found.easing, by.names),
        "document": json.dumps(found.easing.to_document(), ensure_ascii=False),
        "key": str(uuid4()),
        "served_by": by.carer(found.served_by),
        "difference": found.plan_difference,
        "phrases": effect_phrases(effect) if effect is not None else [],
        "moves": by.moves([move for move in found.moves if move.after is not None]),
        "lost": [by.need(need) for need in found.lost],
        "first_choice": found.first_choice,
    }
