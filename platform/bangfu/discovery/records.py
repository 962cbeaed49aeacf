"""What the steps of one report recorded: visits, reviews, tellings, reasons, needs, duplicates. The caller has checked
that the report is to be seen."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.discovery.tables import Report, ReportReason, ReportReview, ReportTelling, ReportVisit
from bangfu.households.sealing import unseal
from bangfu.shared.masking import mask_name


@dataclass(frozen=True, slots=True)
class VisitView:
    """A home visit; `visitors` are staff names."""

    visited_on: date
    visitors: tuple[str, ...]
    met: str
    findings: str
    need_kinds: tuple[str, ...]
    confirmed: bool


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A joint review; `departments` are names of organisations."""

    held_on: date
    form: str
    departments: tuple[str, ...]
    participants: str
    conclusion: str
    convened_by: str


@dataclass(frozen=True, slots=True)
class TellingView:
    """How the household or the caller was told."""

    subject: str
    told_on: date
    way: str
    receipt: str
    received_by: str
    text: str
    told_by: str


@dataclass(frozen=True, slots=True)
class ReasonView:
    """Why somebody decided so."""

    event: str
    text: str
    who: str
    at: datetime


async def visits(report: UUID) -> list[VisitView]:
    """The home visits, the newest first."""
    rows = await ReportVisit.raw("SELECT * FROM report_visit WHERE report = {} ORDER BY recorded_at DESC", report)
    names = await _names("app_user", "display_name", [user for row in rows for user in row["visitors"]])
    return [
        VisitView(
            row["visited_on"], tuple(names.get(user, "") for user in row["visitors"]),
            unseal("report_visit", row, "met_enc"), unseal("report_visit", row, "findings_enc"),
            tuple(row["need_kinds"]), row["confirmed"],
        )
        for row in rows
    ]  # fmt: skip


async def reviews(report: UUID) -> list[ReviewView]:
    """The joint reviews, the newest first."""
    rows = await ReportReview.raw(
        "SELECT v.*, coalesce(u.display_name, '') AS who FROM report_review v"
        " LEFT JOIN app_user u ON u.id = v.convened_by WHERE v.report = {} ORDER BY v.recorded_at DESC",
        report,
    )
    names = await _names("organization", "name", [body for row in rows for body in row["departments"]])
    return [
        ReviewView(
            row["held_on"], row["form"], tuple(names.get(body, "") for body in row["departments"]),
            unseal("report_review", row, "participants_enc"), unseal("report_review", row, "conclusion_enc"),
            row["who"],
        )
        for row in rows
    ]  # fmt: skip


async def _names(table: str, column: str, ids: list[UUID]) -> dict[UUID, str]:
    rows = await Report.raw(f"SELECT id, {column} AS name FROM {table} WHERE id = ANY({{}}::uuid[])", ids)  # noqa: S608
    return {row["id"]: row["name"] for row in rows}


async def tellings(report: UUID) -> list[TellingView]:
    """Who was told what, the newest first."""
    rows = await ReportTelling.raw(
        "SELECT t.*, coalesce(u.display_name, '') AS who FROM report_telling t"
        " LEFT JOIN app_user u ON u.id = t.told_by WHERE t.report = {} ORDER BY t.recorded_at DESC",
        report,
    )
    return [
        TellingView(
            row["subject"], row["told_on"], row["way"], row["receipt"],
            unseal("report_telling", row, "received_by_enc"), unseal("report_telling", row, "text_enc"),
            row["who"],
        )
        for row in rows
    ]  # fmt: skip


async def reasons(report: UUID) -> list[ReasonView]:
    """Why it was decided so, the newest first."""
    rows = await ReportReason.raw(
        "SELECT s.*, coalesce(u.display_name, '') AS who FROM report_reason s"
        " LEFT JOIN app_user u ON u.id = s.written_by WHERE s.report = {} ORDER BY s.written_at DESC",
        report,
    )
    return [
        ReasonView(row["event"], unseal("report_reason", row, "text_enc"), row["who"], row["written_at"])
        for row in rows
    ]


async def needs_from(report: UUID) -> list[dict[str, Any]]:
    """The needs that came from the report: id, number, service, status."""
    rows: list[dict[str, Any]] = await Report.raw(
        "SELECT n.id, n.number, n.service, n.status FROM report_need l JOIN need n ON n.id = l.need"
        " WHERE l.report = {} ORDER BY l.recorded_at",
        report,
    )
    return rows


async def duplicates_of(report: UUID) -> list[dict[str, Any]]:
    """What else was reported of the same: number, source, when, who (masked), and what was seen."""
    rows = await Report.raw(
        "SELECT r.id, r.number, r.source, r.created_at, r.seen_enc, r.reporter_name_enc, coalesce(u.display_name, '')"
        " AS user_name FROM report r LEFT JOIN app_user u ON u.id = r.reporter WHERE r.duplicate_of = {}"
        " ORDER BY r.created_at",
        report,
    )
    return [
        {
            "id": row["id"], "number": row["number"], "source": row["source"], "created_at": row["created_at"],
            "seen": unseal("report", row, "seen_enc"),
            "who": row["user_name"] or mask_name(unseal("report", row, "reporter_name_enc")),
        }
        for row in rows
    ]  # fmt: skip
