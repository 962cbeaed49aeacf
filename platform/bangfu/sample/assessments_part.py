"""Assessments of the sample: in force, due, waiting for a signature, disputed, reckoned; by the sample's people."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bangfu.assessments.carrying import carry_over
from bangfu.assessments.disputing import dispute
from bangfu.assessments.library import upload_form
from bangfu.assessments.loading import shipped_forms
from bangfu.assessments.recording import Circumstances, begin, save_answers
from bangfu.assessments.scoring import items_of, options_of
from bangfu.assessments.signing import sign_first, sign_second
from bangfu.assessments.tables import Assessment, AssessmentForm
from bangfu.households.tables import Person
from bangfu.sample.accounts import actor_of
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date

_FORMS = {document["code"]: document for document in shipped_forms()}
_PEOPLE = (
    "SELECT p.id FROM person p JOIN household h ON h.id = p.household WHERE h.division LIKE {} AND h.status = 'active'"
    " AND h.category = {} AND p.is_head AND p.birth_date < {}::date - 60 * 365 ORDER BY h.number LIMIT {}"
)
_CHILDREN = (
    "SELECT DISTINCT ON (h.number) p.id FROM person p JOIN household h ON h.id = p.household WHERE h.division LIKE {}"
    " AND h.status = 'active' AND p.birth_date > {}::date - 16 * 365 ORDER BY h.number LIMIT {}"
)


async def load(at: datetime) -> None:
    """A dozen assessments and a form that waits for publication, once."""
    if await Assessment.exists():
        return
    first, second = await actor_of("assessor1"), await actor_of("assessor2")
    special = await _found(_PEOPLE, OFFICER_TOWN, "tekun", civil_date(at), 4)
    poor = await _found(_PEOPLE, OFFICER_TOWN, "dibao", civil_date(at), 4)
    children = await _found(_CHILDREN, OFFICER_TOWN, civil_date(at), 2)
    for place, person in enumerate(special):
        await _complete(first, second, person, "six_indicators", _six(2 * place), at, 20 + 15 * place)
    for place, person in enumerate(poor[:2]):
        key = await _complete(first, second, person, "gbt42195", _lowered("gbt42195", 4 + 9 * place), at, 172)
        if place:
            await carry_over(second, uuid4(), key, first.me, at)
    for place, person in enumerate(children):
        answers = {**_lowered("child_risk", 3), **({"guardian": "medium", "mood": "medium"} if place else {})}
        await _complete(first, second, person, "child_risk", answers, at, 10)
    await _waiting(first, second, special, poor, at)
    await _form_to_publish(at)


async def _waiting(first: Actor, second: Actor, special: list[UUID], poor: list[UUID], at: datetime) -> None:
    """A signature, an objection, a half-filled draft and a household's income."""
    if special:
        key = await _draft(second, special[0], "barthel", _lowered("barthel", 2), at, 1)
        await sign_first(second, key, first.me, "近两天感冒卧床，洗澡需人帮助，平时可自理。", at)
        last = await Assessment.select(Assessment.id).where(
            (Assessment.person == special[-1]) & (Assessment.form_code == "six_indicators")
        )
        officer = await actor_of("coordinator")
        await dispute(officer, uuid4(), last[0]["id"], "child", "老人能自己吃饭和穿衣，认为等级定得过重。", at)
    for place, person in enumerate(poor[2:]):
        if place:
            await _draft(first, person, "four_areas", {}, at, 0)
            continue
        amounts = {"members": "2", "labour": "0.50", "wages": "900", "pension": "210.00", "allowance": "100",
                   "medical": "260.40"}  # fmt: skip
        await _complete(first, second, person, "income_calculation", amounts, at, 5)


async def _complete(
    first: Actor, second: Actor, person: UUID, code: str, answers: Mapping[str, str], at: datetime, days_ago: int
) -> UUID:
    key = await _draft(first, person, code, answers, at, days_ago)
    await sign_first(first, key, second.me, "", at)
    await sign_second(second, key, at)
    return key


async def _draft(
    actor: Actor, person: UUID, code: str, answers: Mapping[str, str], at: datetime, days_ago: int
) -> UUID:
    rows = await AssessmentForm.select(AssessmentForm.id).where(
        (AssessmentForm.code == code) & (AssessmentForm.status == "published")
    )
    facts = Circumstances("first", civil_date(at) - timedelta(days=days_ago))
    key = await begin(actor, uuid4(), person, rows[0]["id"], facts, at)
    for area in _FORMS[code]["areas"]:
        if answers:
            await save_answers(actor, key, area["code"], answers, at)
    return key


def _six(unable: int) -> dict[str, str]:
    items = _FORMS["six_indicators"]["areas"][0]["items"]
    return {item["code"]: "unable" if place < unable else "able" for place, item in enumerate(items)}


def _lowered(code: str, steps: int) -> dict[str, str]:
    """The best answers, the first `steps` scored choices one step lower."""
    answers: dict[str, str] = {}
    for place, item in enumerate(item for area in _FORMS[code]["areas"] for item, _ in items_of(area)):
        if item["kind"] == "number":
            answers[item["code"]] = "0"
            continue
        options = options_of(_FORMS[code], item)
        answers[item["code"]] = options[1 if place < steps and item.get("scored", True) else 0]["code"]
    return answers


async def _form_to_publish(at: datetime) -> None:
    """The bureau's own standard: a new version of the income form that a second person has to publish."""
    document: dict[str, Any] = json.loads(json.dumps(_FORMS["income_calculation"]))
    document["version"] = "2026-2"
    document["constants"]["standard"]["value"] = "1180.00"
    await upload_form(await actor_of("bureau"), uuid4(), document, at)


async def _found(sql: str, *values: object) -> list[UUID]:
    """The ids of a few people of the officer's township."""
    rows = await Person.raw(sql, f"{values[0]}%", *values[1:])
    return [row["id"] for row in rows]
