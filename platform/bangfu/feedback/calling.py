"""The call itself: a number shown once and on record, attempts, what was said (DOMAIN.md 5.3, 9.3).

Who serves does not call: not the organisation's people, not a station that it runs, not who served this home in the
quarter, no near relative of the home. Code refuses it here, a trigger whatever wrote it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.errors import N_, FormError, NotAllowed, NotYours
from bangfu.feedback import policy, questions, rating, rounds, rules
from bangfu.feedback.rules import CALLBACK_MACHINE
from bangfu.feedback.serving import on_serving_side
from bangfu.feedback.tables import Callback, CallbackAttempt, CallbackRound
from bangfu.households.kinship import refuse_relative
from bangfu.households.reading import note_read
from bangfu.households.sealing import seal, unseal
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import age_on, civil_date
from bangfu.shared.database import transaction
from bangfu.shared.phones import national_phone

YOUNGEST = 14
"""Nobody under 14 is called (DOMAIN.md 9.1)."""
OWN_SIDE = N_("You stand on the side that serves this home: somebody else calls it.")


@dataclass(frozen=True, slots=True)
class Said:
    """What was said in a call. `answers`: question -> yes, no or unsure; `stars`: 1 to 5, or None for no score."""

    spoken_with: str
    answers: Mapping[str, str] = field(default_factory=dict)
    danger: bool = False
    words: str = ""
    stars: int | None = None


async def entry_for(actor: Actor, callback: UUID) -> dict[str, Any]:
    """One entry of a list with its round, in the actor's area; never to who serves.

    Raises:
        NotYours: if it is not the actor's to see.
    """
    rows: list[dict[str, Any]] = await Callback.raw(
        "SELECT c.*, r.kind, r.subject, r.number, r.organization, r.year, r.quarter, r.policy,"
        " r.status AS round_status,"
        " feedback_side({}, r.kind, r.subject, c.household, r.year, r.quarter) AS own_side"
        " FROM callback c JOIN callback_round r ON r.id = c.round WHERE c.id = {}",
        actor.user, callback,
    )  # fmt: skip
    if not rows or not actor.sees(rows[0]["division"]) or rows[0]["own_side"]:
        raise NotYours
    return rows[0]


async def show_number(actor: Actor, callback: UUID, which: str, at: datetime) -> str:
    """One whole number of the home, for the call; who saw which is on record before it is shown.

    Args:
        which: "person:<id>" or "contact:<id>", as the page offers them.

    Raises:
        NotYours, NotAllowed: as `answer`; NotYours for a number of another home or a member who left.
        Refused: where the call-back has ended.
    """
    row = await _ready(actor, callback, "callback.number", at)
    CALLBACK_MACHINE.step(row["status"], "try")
    phones = await numbers_of(row["household"], at)
    if which not in phones:
        raise NotYours
    table, _, key = which.partition(":")
    async with transaction():
        person = UUID(key) if table == "person" else None
        await note_read(actor, row["household"], person, "contact", "callback", at)
        await _note(actor, row, "number_shown", at, {"which": table, "id": key})
    return national_phone(phones[which]["phone"])


async def numbers_of(household: UUID, at: datetime) -> dict[str, dict[str, Any]]:
    """Whose phones may be called: members of 14 and older and the contacts; key -> name, relation, kind, phone."""
    people = await Callback.raw(
        "SELECT id, name, relation, birth_date, phone_enc FROM person WHERE household = {} AND left_on IS NULL"
        " AND phone_enc <> '' ORDER BY is_head DESC, created_at, id",
        household,
    )
    contacts = await Callback.raw(
        "SELECT id, kind, relation, name_enc, phone_enc FROM contact WHERE household = {} AND ended_at IS NULL"
        " AND phone_enc <> '' ORDER BY sort, created_at, id",
        household,
    )
    day, found = civil_date(at), {}
    for row in people:
        if row["birth_date"] is None or age_on(day, row["birth_date"]) >= YOUNGEST:
            found[f"person:{row['id']}"] = {
                "name": row["name"], "relation": row["relation"], "kind": "",
                "phone": unseal("person", row, "phone_enc"),
            }  # fmt: skip
    for row in contacts:
        found[f"contact:{row['id']}"] = {
            "name": unseal("contact", row, "name_enc"), "relation": row["relation"], "kind": row["kind"],
            "phone": unseal("contact", row, "phone_enc"),
        }  # fmt: skip
    return found


async def note_attempt(actor: Actor, callback: UUID, key: UUID, result: str, at: datetime) -> bool:
    """Nobody was reached, or nobody wishes to talk. After three days without a call, or at once where the person
    declines, the entry ends and another recipient is put on the list. The same key is the same attempt.

    Returns:
        Whether the entry has ended.

    Raises:
        NotYours, NotAllowed, Refused: as `answer`.
        FormError: for an unknown result.
    """
    entry = await _ready(actor, callback, "callback.attempt", at)
    if result not in {*rules.MISSED, rules.DECLINED}:
        raise FormError({"result": (N_("Please choose one of the list."), {})})
    async with transaction():
        row = await _locked(entry)
        known = await CallbackAttempt.objects().get(CallbackAttempt.id == key)
        if known is not None:
            if known.callback != callback or known.made_by != actor.user:
                raise NotYours
            return row.status == "unreachable"
        CALLBACK_MACHINE.step(row.status, "try")
        await CallbackAttempt(
            id=key, callback=callback, day=civil_date(at), result=result, made_by=actor.me, at=at
        ).save()
        await _note(actor, entry, "tried", at, {"result": result})
        days = [each["day"] for each in await CallbackAttempt.raw(
            "SELECT day FROM callback_attempt WHERE callback = {}", callback)]  # fmt: skip
        if result != rules.DECLINED and not rules.gives_up(days, policy.VERSIONS[entry["policy"]].attempts):
            return False
        await _move(actor, row, "give_up", {"caller": actor.user, "called_at": at})
        await _note(actor, entry, "unreachable", at, {"result": result, "days": len(set(days))})
        await rounds.fill(row.round, at, origin="instead")
        return True


async def answer(actor: Actor, callback: UUID, said: Said, at: datetime) -> None:
    """Keep what was said; stars become the caller's score of this household. A repeat by the same caller changes
    nothing.

    Raises:
        NotYours: for another area, or who serves.
        NotAllowed: for other roles, and near relatives of the home (logged).
        FormError: for an unanswered question.
        Refused: where the entry has ended.
    """
    entry = await _ready(actor, callback, "callback.answer", at)
    asked = questions.in_force(civil_date(at))
    _check(said, asked)
    async with transaction():
        row = await _locked(entry)
        if row.status == "done" and row.caller == actor.user:
            return
        answers = {code: said.answers[code] for code in asked.codes}
        await _move(
            actor, row, "answer",
            {
                "caller": actor.user, "called_at": at, "spoken_with": said.spoken_with, "questions": asked.version,
                "answers": json.dumps(answers), "danger": said.danger, "confirmed": rules.confirms(answers),
                "words_enc": seal("callback", "words_enc", callback, said.words),
            },
        )  # fmt: skip
        await _note(
            actor,
            entry,
            "answered",
            at,
            {"spoken_with": said.spoken_with, "confirmed": rules.confirms(answers), "danger": said.danger},
        )
        if said.stars is not None:
            await rating.give_by_caller(actor, entry, said.stars, said.words, at)


def _check(said: Said, asked: questions.Questions) -> None:
    faults: dict[str, tuple[str, dict[str, object]]] = {}
    if said.spoken_with not in rules.SPOKEN_WITH:
        faults["spoken_with"] = (N_("Please choose one of the list."), {})
    for code in asked.codes:
        if said.answers.get(code) not in rules.ANSWERS:
            faults[f"q_{code}"] = (N_("Please choose yes, no or unsure."), {})
    if said.stars is not None and said.stars not in rules.STARS:
        faults["stars"] = (N_("Please choose 1 to 5 stars."), {})
    if faults:
        raise FormError(faults)


async def _ready(actor: Actor, callback: UUID, tried: str, at: datetime) -> dict[str, Any]:
    """The entry, once it is clear that this person may call."""
    entry = await entry_for(actor, callback)
    if not actor.has(*rules.CALLERS):
        raise NotAllowed
    if await on_serving_side(
        actor.user, entry["kind"], entry["subject"], entry["household"], entry["year"], entry["quarter"]
    ):
        raise NotAllowed(OWN_SIDE)
    await refuse_relative(actor, entry["household"], tried, at)
    return entry


async def _locked(entry: Mapping[str, Any]) -> Callback:
    """The entry, with the county's chain and its round locked before it: always in this order."""
    await audit.hold(entry["division"])
    await CallbackRound.raw("SELECT id FROM callback_round WHERE id = {} FOR UPDATE", entry["round"])
    row: Callback | None = await Callback.objects().where(Callback.id == entry["id"]).first().lock_rows("UPDATE")
    if row is None:
        raise NotYours
    return row


async def _move(actor: Actor, row: Callback, action: str, columns: dict[str, Any]) -> None:
    step = CALLBACK_MACHINE.step(row.status, action)
    changes: dict[Any, Any] = {**columns, "status": step.target, "version": row.version + 1}
    await Callback.update(changes).where(Callback.id == row.id)


async def _note(actor: Actor, entry: Mapping[str, Any], event: str, at: datetime, data: dict[str, object]) -> None:
    await audit.record(
        actor, f"callback.{event}", "callback", entry["id"], division=entry["division"], at=at,
        data={"household": str(entry["household"]), "number": entry["number"], **data},
    )  # fmt: skip
