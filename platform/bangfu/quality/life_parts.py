"""Panels on the page of a score: whose turn it is with the buttons, its objections, what follows from it."""

from datetime import datetime

from bangfu.quality.life import checks_of, revision_of
from bangfu.quality.life_history import revisions_since
from bangfu.quality.life_reading import listed
from bangfu.quality.life_rules import TOLD, why_not_publish
from bangfu.quality.score_parts import Panel, add
from bangfu.quality.tables import QuarterScore
from bangfu.shared.actor import Actor
from bangfu.shared.permissions import allows


async def turn(actor: Actor, score: QuarterScore, at: datetime) -> Panel | None:
    """State, names, deadline, and the steps that this person may take."""
    names = await QuarterScore.raw(
        "SELECT id, display_name FROM app_user WHERE id = ANY({}::uuid[])",
        [each for each in (score.confirmed_by, score.published_by) if each],
    )
    known = {row["id"]: row["display_name"] for row in names}
    office = allows(actor.roles, "quality.read")
    done, required = checks_of(await revision_of(score))
    values = {
        "confirmed": known.get(score.confirmed_by, ""), "published": known.get(score.published_by, ""), "at": at,
        "done": done, "required": required, "own": not office,
        "confirm": office and allows(actor.roles, "quality.score") and score.status == "frozen",
        "publish": office and allows(actor.roles, "quality.publish") and score.status == "scored",
        "barred": why_not_publish(score.confirmed_by, actor.user) if score.status == "scored" else "",
        "object": allows(actor.roles, "quality.own_score") and score.status in TOLD,
        "veto": allows(actor.roles, "quality.follow") and score.kind == "contract",
    }  # fmt: skip
    return Panel("quality/life/panel_turn.html", values, "top")


async def objections(actor: Actor, score: QuarterScore, at: datetime) -> Panel | None:
    """Appeals, revisions, vetoes and follow-ups of a score."""
    office = allows(actor.roles, "quality.read")
    if not office and score.status not in TOLD:
        return None
    hidden = "" if office else " AND t.status <> 'proposed'"
    vetoes = await listed(
        "score_veto", f"t.subject = {{}} AND t.year = {{}} AND t.quarter = {{}}{hidden} ORDER BY t.number",
        score.subject, score.year, score.quarter,
    )  # fmt: skip
    appeals = await listed("score_appeal", "t.score = {} ORDER BY t.number", score.id)
    follows = await listed("score_follow", "t.score = {} ORDER BY t.number", score.id)
    if not office:
        follows = [each for each in follows if each["kind"] == "rectification"]
    history = await revisions_since(score, 1)
    if not (appeals or vetoes or follows or len(history) > 1):
        return None
    values = {
        "appeals": appeals, "vetoes": vetoes, "follows": follows, "history": history if len(history) > 1 else [],
        "own": not office, "at": at,
    }  # fmt: skip
    return Panel("quality/life/panel_objections.html", values, "foot")


def register() -> None:
    """Put the panels on the page; repeating it changes nothing."""
    add(10, turn)
    add(30, objections)
