"""What waits for a person about scores, for the start page."""

from datetime import datetime

from bangfu.quality.life_reading import in_area, is_township
from bangfu.quality.tables import QuarterScore
from bangfu.shared.actor import Actor
from bangfu.shared.i18n import _
from bangfu.shared.web.frame import Todo, TodoCount, TodoRow

ROWS = 5


async def todo(actor: Actor, at: datetime) -> Todo:
    """Scores to confirm or to publish, facts to state, appeals, vetoes and rectifications to decide, own ones."""
    result = Todo()
    if actor.has("provider_manager"):
        await _own(result, actor)
    for role, label, button, table, condition, base in _lists():
        if actor.has(role):
            await _add(result, actor, label, button, table, condition, base)
    return result


def _lists() -> list[tuple[str, str, str, str, str, str]]:
    """(role, label, button, table, condition on t, address)."""
    other = "t.status = 'scored' AND t.confirmed_by IS DISTINCT FROM {me}"
    free = "t.status = 'answered' AND (SELECT s.confirmed_by FROM quarter_score s WHERE s.id = t.score) <> {me}"
    return [
        ("assessor", _("Scores to confirm"), _("Look at the score"), "quarter_score", "t.status = 'frozen'", "/scores"),
        ("bureau_officer", _("Scores to publish"), _("Look at the score"), "quarter_score", other, "/scores"),
        ("bureau_officer", _("Appeals to decide"), _("Decide the appeal"), "score_appeal", free, "/appeals"),
        ("bureau_officer", _("Hearings to set or to record"), _("Open the veto"), "score_veto",
         "t.status IN ('proposed', 'summoned')", "/vetoes"),
        ("bureau_officer", _("Rectifications to check"), _("Check the rectification"), "score_follow",
         "t.status = 'handed_in'", "/rectifications"),
        ("bureau_lead", _("Vetoes to decide on"), _("Open the veto"), "score_veto", "t.status = 'heard'", "/vetoes"),
        ("bureau_lead", _("Reviews to decide"), _("Open the matter"), "score_follow",
         "t.status = 'open' AND t.kind IN ('termination_review', 'contract_review', 'blacklist')", "/rectifications"),
        ("township_officer", _("Facts to state"), _("State the facts"), "score_appeal", "t.status = 'opened'",
         "/appeals"),
    ]  # fmt: skip


async def _add(result: Todo, actor: Actor, label: str, button: str, table: str, condition: str, base: str) -> None:
    where, values = in_area(actor)
    if is_township(actor):
        column = "t.township" if table == "score_appeal" else "t.division"
        where, values = f"{column} LIKE {{}}", [f"{actor.scope}%"]
    if "{me}" in condition:
        condition, values = condition.replace("{me}", "{}"), [*values, actor.user]
    number = "t.number || ' · ' || t.year || 'Q' || t.quarter" if table != "score_appeal" else "t.number"
    rows = await QuarterScore.raw(
        f"SELECT t.id, {number} AS number, coalesce(o.name, '') AS who, count(*) OVER () AS n FROM {table} t"  # noqa: S608 (constants)
        f" LEFT JOIN organization o ON o.id = t.organization WHERE {where} AND {condition}"
        f" ORDER BY t.number, t.id LIMIT {ROWS}",
        *values,
    )
    _put(result, rows, label, button, base)


async def _own(result: Todo, actor: Actor) -> None:
    scores = await QuarterScore.raw(
        "SELECT s.id, s.number || ' · ' || s.year || 'Q' || s.quarter AS number, '' AS who, count(*) OVER () AS n"
        " FROM quarter_score s WHERE s.organization = {} AND s.status IN ('published_prelim', 'appealed')"
        " AND s.appeal_until > now() ORDER BY s.appeal_until LIMIT {}",
        actor.organization, ROWS,
    )  # fmt: skip
    _put(result, scores, _("Scores you may object to"), _("Look at the score"), "/my-scores")
    for label, table, condition, base in (
        (_("Rectifications to hand in"), "score_follow",
         "t.status IN ('open', 'returned') AND t.kind = 'rectification'", "/my-rectifications"),
        (_("Vetoes on which you are heard"), "score_veto", "t.status = 'summoned'", "/my-vetoes"),
    ):  # fmt: skip
        rows = await QuarterScore.raw(
            "SELECT t.id, t.number, t.subject_number AS who, count(*) OVER () AS n"  # noqa: S608 (constants)
            f" FROM {table} t WHERE t.organization = {{}} AND {condition} ORDER BY t.number LIMIT {ROWS}",
            actor.organization,
        )
        _put(result, rows, label, _("Open the matter"), base)


def _put(result: Todo, rows: list[dict[str, object]], label: str, button: str, base: str) -> None:
    if not rows:
        return
    result.counts.append(TodoCount(label, int(str(rows[0]["n"])), f"{base}/{rows[0]['id']}", "info"))
    result.rows += [
        TodoRow(what=f"{label} · {row['number']}", who=str(row["who"]), href=f"{base}/{row['id']}", button=button)
        for row in rows
    ]
