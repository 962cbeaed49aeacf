"""What waits for a person about scores, for the start page: each with its clock, the numbers open the lists."""

from dataclasses import dataclass
from datetime import datetime

from bangfu.quality.life_appeal_rules import reviews_for_city
from bangfu.quality.life_moves import after_quarter
from bangfu.quality.life_reading import in_area, is_township
from bangfu.quality.life_rules import CARER, MANAGER, PUBLISH_DAYS
from bangfu.quality.tables import QuarterScore
from bangfu.shared.actor import Actor
from bangfu.shared.i18n import _
from bangfu.shared.web.frame import Todo, TodoCount, TodoRow, rows_wanted
from bangfu.supervision.calendar import current_calendar

ROWS = 3
"""Rows of one kind; the number above them opens the list."""


@dataclass(frozen=True, slots=True)
class Waits:
    """One kind of matter: `since` and `until` are SQL, "" where the clock is the publication's; `href` is the list."""

    role: str
    label: str
    button: str
    table: str
    condition: str
    base: str
    href: str
    since: str
    until: str
    of: str
    """The page of exactly these rows: the lists have no filter for whose turn it is."""


async def todo(actor: Actor, at: datetime) -> Todo:
    """Scores to confirm or to publish, facts to state, appeals, vetoes and rectifications to decide, own ones."""
    result = Todo()
    for each in (*_office(), *_own()):
        if not actor.has(each.role):
            continue
        if "review_asked" in each.condition and not (actor.has("assessor") or reviews_for_city(actor.scope)):
            continue
        await _add(result, actor, each)
    return result


def _office() -> list[Waits]:
    other = "t.status = 'scored' AND t.confirmed_by IS DISTINCT FROM {me}"
    free = "t.status = 'answered' AND (SELECT s.confirmed_by FROM quarter_score s WHERE s.id = t.score) <> {me}"
    new = ("t.status = 'review_asked' AND t.decided_by IS DISTINCT FROM {me} AND (SELECT s.confirmed_by"
           " FROM quarter_score s WHERE s.id = t.score) <> {me}")  # fmt: skip
    look, decide, review = _("Look at the score"), _("Decide the appeal"), _("Review the appeal")
    appeals, open_veto, open_matter = "score_appeal", _("Open the veto"), _("Open the matter")
    return [
        Waits("assessor", _("Scores to confirm"), look, "quarter_score", "t.status = 'frozen'", "/scores",
              "/scores?status=frozen", "t.frozen_at", "", "scores-to-confirm"),
        Waits("bureau_officer", _("Scores to publish"), look, "quarter_score", other, "/scores",
              "/scores?status=scored", "t.confirmed_at", "", "scores-to-publish"),
        Waits("bureau_officer", _("Appeals to decide"), decide, appeals, free, "/appeals", "/appeals?status=answered",
              "t.answered_at", "t.decide_until", "appeals-to-decide"),
        *(Waits(role, _("Appeals to review"), review, appeals, new, "/appeals", "/appeals?status=review_asked",
                "t.asked_at", "t.review_until", "appeals-to-review") for role in ("bureau_officer", "assessor")),
        Waits("bureau_officer", _("Hearings to set or to record"), open_veto, "score_veto",
              "t.status IN ('proposed', 'summoned')", "/vetoes", "/vetoes", "t.proposed_at", "t.hearing_at",
              "hearings"),
        Waits("bureau_officer", _("Rectifications to check"), _("Check the rectification"), "score_follow",
              "t.status = 'handed_in'", "/rectifications", "/rectifications", "t.handed_in_at", "t.due_at",
              "rectifications-to-check"),
        Waits("bureau_officer", _("Reports to the authority"), open_matter, "score_follow",
              "t.status = 'open' AND t.kind = 'report'", "/rectifications", "/rectifications?kind=report",
              "t.opened_at", "t.due_at", "reports"),
        Waits("bureau_lead", _("Vetoes to decide on"), open_veto, "score_veto", "t.status = 'heard'", "/vetoes",
              "/vetoes", "t.heard_at", "NULL::timestamptz", "vetoes-to-decide"),
        Waits("bureau_lead", _("Reviews to decide"), open_matter, "score_follow",
              "t.status = 'open' AND t.kind IN ('termination_review', 'contract_review', 'blacklist')",
              "/rectifications", "/rectifications", "t.opened_at", "t.due_at", "reviews-to-decide"),
        Waits("township_officer", _("Facts to state"), _("State the facts"), appeals, "t.status = 'opened'",
              "/appeals", "/appeals?status=opened", "t.opened_at", "t.facts_until", "facts-to-state"),
    ]  # fmt: skip


def _own() -> list[Waits]:
    manager, matter = "provider_manager", _("Open the matter")
    return [
        *(Waits(role, _("Scores you may object to"), _("Look at the score"), "quarter_score",
                "t.status IN ('published_prelim', 'appealed') AND t.appeal_until > now()", "/my-scores", "/my-scores",
                "t.published_at", "t.appeal_until", "scores-to-object") for role in CARER),
        Waits(manager, _("Scores you may object to"), _("Look at the score"), "quarter_score",
              "t.status IN ('published_prelim', 'appealed') AND t.appeal_until > now()", "/my-scores", "/my-scores",
              "t.published_at", "t.appeal_until", "scores-to-object"),
        Waits(manager, _("Rectifications to hand in"), matter, "score_follow",
              "t.status IN ('open', 'returned') AND t.kind = 'rectification'", "/my-rectifications",
              "/my-rectifications", "t.opened_at", "t.due_at", "rectifications-to-hand-in"),
        Waits(manager, _("Vetoes on which you are heard"), matter, "score_veto", "t.status = 'summoned'",
              "/my-vetoes", "/my-rectifications", "t.summoned_at", "t.hearing_at", "vetoes-heard"),
    ]  # fmt: skip


async def _add(result: Todo, actor: Actor, each: Waits) -> None:
    where, values = _whose(actor, each)
    condition = each.condition
    values = [*values, *[actor.user] * condition.count("{me}")]
    named = "s" if each.table == "score_appeal" else "t"
    rows = await QuarterScore.raw(
        f"SELECT t.id, t.number, {named}.year, {named}.quarter, coalesce(o.name, '') AS who, {each.since} AS since,"  # noqa: S608 (constants)
        f" {each.until or 'NULL::timestamptz'} AS until, count(*) OVER () AS n FROM {each.table} t"
        + (" JOIN quarter_score s ON s.id = t.score" if named == "s" else "")
        + f" LEFT JOIN organization o ON o.id = t.organization WHERE {where} AND {condition.replace('{me}', '{}')}"
        f" ORDER BY until NULLS LAST, t.number, t.id LIMIT {rows_wanted(ROWS)}",
        *values,
    )
    if not rows:
        return
    result.counts.append(TodoCount(each.label, rows[0]["n"], each.href, "info", of=each.of))
    calendar = await current_calendar()
    for row in rows:
        until = row["until"] if each.until else after_quarter(row["year"], row["quarter"], PUBLISH_DAYS, calendar)
        quarter = _("Quarter %(quarter)s of %(year)s", quarter=row["quarter"], year=row["year"])
        who = " · ".join(part for part in (quarter, "" if each.role in MANAGER else row["who"]) if part)
        what, href = f"{each.label} · {row['number']}", f"{each.base}/{row['id']}"
        result.rows.append(TodoRow(what, who, href, each.button, row["since"], until, of=each.of))


def _whose(actor: Actor, each: Waits) -> tuple[str, list[object]]:
    """The condition on the rows of somebody's own organisation, township or area."""
    if each.role == "provider_manager":
        return "t.organization = {}", [actor.organization]
    if each.role in CARER:
        return "t.carer = {}", [actor.carer]
    if is_township(actor):
        column = "t.township" if each.table == "score_appeal" else "t.division"
        return f"{column} LIKE {{}}", [f"{actor.scope}%"]
    return in_area(actor)
