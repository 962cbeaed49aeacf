# ruff: noqa: S608 (every SELECT is put together from constants)
"""The other sources: contracts, volunteers, children; and the register of all."""

from collections.abc import Mapping
from typing import Final

from bangfu.ledgers.score_sources import SCORES, TOWNS
from bangfu.ledgers.sheet_source import SHEET
from bangfu.ledgers.sources import (
    DONE,
    HOME,
    HOUSEHOLDS,
    NEEDS,
    PAID,
    PLACE,
    PLACES,
    VISITS,
    Column,
    Source,
    day_of,
    served,
)

CONTRACTS = Source(
    "contract_lines", "合同服务项", "Contract lines", ("contracts.read", "contracts.own"),
    "SELECT l.id::text AS key, c.division, l.contract_number AS number, c.project,"
    " coalesce(o.name, '') AS organization, l.service, l.unit_price, l.max_units,"
    " coalesce(w.planned, 0) AS planned, coalesce(w.done, 0) AS done, coalesce(w.verified, 0) AS verified,"
    " coalesce(w.served, 0) AS served, coalesce(w.amount, 0) AS amount, coalesce(w.units_to_date, 0) AS units_to_date,"
    " coalesce(w.amount_to_date, 0) AS amount_to_date, l.max_units - coalesce(w.units_to_date, 0) AS units_left"
    " FROM contract_line l JOIN contract c ON c.id = l.contract LEFT JOIN organization o ON o.id = l.organization"
    " LEFT JOIN (SELECT v.contract_line,"
    " count(*) FILTER (WHERE v.planned_start >= :start AND v.status <> 'cancelled') AS planned,"
    f" count(*) FILTER (WHERE v.planned_start >= :start AND v.status IN {DONE}) AS done,"
    f" count(*) FILTER (WHERE v.planned_start >= :start AND v.status IN {PAID}) AS verified,"
    f" coalesce(sum({served('v')}) FILTER (WHERE v.planned_start >= :start), 0) AS served,"
    f" coalesce(sum(v.unit_price) FILTER (WHERE v.planned_start >= :start AND v.payable AND v.status IN {PAID}), 0)"
    f" AS amount, count(*) FILTER (WHERE v.payable AND v.status IN {PAID}) AS units_to_date,"
    f" coalesce(sum(v.unit_price) FILTER (WHERE v.payable AND v.status IN {PAID}), 0) AS amount_to_date FROM visit v"
    " WHERE v.contract_line IN (SELECT m.id FROM contract_line m WHERE m.starts_on <= :last AND m.ends_on >= :first"
    " AND (:organization::uuid IS NULL OR m.organization = :organization::uuid))"
    " AND v.planned_start < :end AND v.division LIKE :area GROUP BY v.contract_line) w ON w.contract_line = l.id"
    " WHERE {seen} AND l.starts_on <= :last AND l.ends_on >= :first AND c.status NOT IN"
    " ('draft', 'budget_checked', 'under_approval', 'returned', 'approved')",
    (
        Column("number", "合同编号", "Contract"), Column("project", "项目名称", "Project"),
        Column("organization", "承接机构", "Provider"), Column("service", "服务项目", "Service", "word", "service"),
        Column("unit_price", "单价（元）", "Unit price (yuan)", "money"),
        Column("max_units", "合同数量", "Units agreed", "number"),
        Column("planned", "本期应服务次数", "Planned in the period", "number"),
        Column("done", "本期已服务次数", "Done in the period", "number"),
        Column("verified", "本期核实次数", "Verified in the period", "number"),
        Column("served", "本期服务时长（分钟）", "Minutes served", "minutes"),
        Column("amount", "本期计费金额（元）", "Amount of the period (yuan)", "money"),
        Column("units_to_date", "累计计费次数", "Units to date", "number"),
        Column("amount_to_date", "累计计费金额（元）", "Amount to date (yuan)", "money"),
        Column("units_left", "剩余数量", "Units left", "number"),
    ),
    "left(c.division, 6) = left(:scope::text, 6) OR c.division LIKE :area", "l.organization",
    ("service", "number"), order=("number", "organization", "service"), small=True,
)  # fmt: skip

VOLUNTEERS = Source(
    "volunteer_services", "志愿服务", "Voluntary services", ("volunteers.read",),
    "SELECT s.id::text AS key, s.division, c.number, c.name AS volunteer, coalesce(a.title, '') AS title, s.service,"
    f" {day_of('s.started_at')} AS day, coalesce(a.place, d.name, '') AS place, coalesce(a.target, '') AS target,"
    " coalesce(a.content, '') AS content, s.minutes, coalesce(a.in_charge, w.display_name, '') AS in_charge,"
    " coalesce(u.display_name, '') AS recorder, s.status FROM volunteer_service s JOIN carer c ON c.id = s.carer"
    " LEFT JOIN volunteer_activity a ON a.id = s.activity LEFT JOIN division d ON d.code = s.division"
    " LEFT JOIN app_user u ON u.id = s.recorded_by LEFT JOIN app_user w ON w.id = s.decided_by"
    " WHERE {seen} AND s.started_at >= :start AND s.started_at < :end",
    (
        Column("number", "志愿者编号", "Volunteer's number"), Column("volunteer", "志愿者", "Volunteer", "name"),
        Column("title", "项目名称", "Activity"), Column("service", "服务项目", "Service", "word", "service"),
        Column("day", "服务日期", "Day", "date"), Column("place", "服务地点", "Place"),
        Column("target", "服务对象", "Target"), Column("content", "服务内容", "Content"),
        Column("minutes", "服务时间（分钟）", "Minutes", "minutes"),
        Column("in_charge", "负责人", "In charge", "name"), Column("recorder", "记录人", "Recorder", "name"),
        Column("status", "状态", "Status", "word", "volunteer_service_status"),
    ),
    "s.division", "s.organization", ("status", "service", "number"), order=("number", "day", "key"),
)  # fmt: skip

CHILDREN = Source(
    "child_contacts", "儿童走访", "Contacts with children", ("children.read",),
    "SELECT k.id::text AS key, f.division, h.number AS household, coalesce(t.name, '') AS township,"
    " coalesce(d.name, '') AS village, f.color, k.kind,"
    f" {day_of('k.met_at')} AS day, k.child_seen AS seen, 1 AS contacts, coalesce(u.display_name, '') AS recorder"
    " FROM child_contact k JOIN child_file f ON f.id = k.file JOIN household h ON h.id = f.household"
    " LEFT JOIN app_user u ON u.id = k.recorded_by " + PLACE.format(of="f.division")
    + " WHERE {seen} AND k.met_at >= :start AND k.met_at < :end",
    (
        HOME[0], *PLACES, Column("color", "风险等级", "Risk colour", "word", "risk_color"),
        Column("kind", "走访方式", "Kind", "word", "child_contact"), Column("day", "走访日期", "Day", "date"),
        Column("seen", "见到儿童", "Child seen", "yes"), Column("contacts", "次数", "Contacts", "number"),
        Column("recorder", "走访人", "Recorder", "name"),
    ),
    "f.division", "", ("kind", "color"), order=("division", "day", "household", "key"),
)  # fmt: skip

SOURCES: Final[Mapping[str, Source]] = {
    each.key: each for each in (VISITS, HOUSEHOLDS, NEEDS, CONTRACTS, SCORES, VOLUNTEERS, CHILDREN, TOWNS, SHEET)
}
