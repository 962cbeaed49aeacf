# ruff: noqa: S608 (every SELECT is put together from constants)
"""Quarters with their ten indicators, and townships as the evaluation of funds reads them (DOMAIN.md 6.1, 6.2)."""

from typing import Final

from bangfu.ledgers.sources import DONE, PAID, Column, Source, day_of, served
from bangfu.quality.towns import FEW_HOMES
from bangfu.quality.voices import FEW_VOICES

INDICATORS: Final = (
    ("1", "完成率", "Completion"), ("2", "准时率", "Punctuality"), ("3", "时长达标率", "Duration"),
    ("4", "记录完整率", "Records"), ("5", "抽查合格率", "Spot checks"), ("6", "满意度", "Satisfaction"),
    ("7", "回访核实率", "Call-backs"), ("8", "目标达成率", "Goals"), ("9", "投诉", "Complaints"),
    ("10", "资质合规", "Credentials"),
)  # fmt: skip
"""DOMAIN.md 6.1. Points are the frozen ones, to three digits as the score's own page has them."""


def _points(number: str) -> str:
    """The frozen fraction ("59/3") as a number; nothing where the indicator is not applicable."""
    text = f"r.points->'Q{number}'->>'points'"
    return (
        f"CASE WHEN r.scored AND {text} <> '' THEN round(split_part({text}, '/', 1)::numeric"
        f" / coalesce(nullif(split_part({text}, '/', 2), ''), '1')::numeric, 3)::text END AS q{number}"
    )


def _counted(number: str) -> str:
    """What was counted out of what."""
    one = f"r.points->'Q{number}'"
    return (
        f"CASE WHEN coalesce({one}->>'points', '') <> '' THEN ({one}->>'numerator') || ' : '"
        f" || ({one}->>'denominator') END AS n{number}"
    )


SCORES = Source(
    "scores", "季度考评", "Scores of quarters", ("quality.read", "quality.own"),
    "SELECT s.id::text AS key, s.division, s.number, coalesce(o.name, '') AS organization,"
    " s.year || 'Q' || s.quarter AS period, CASE WHEN r.scored THEN r.score_value::text ELSE '' END AS score, CASE"
    " WHEN r.scored THEN r.band ELSE '' END AS band, CASE WHEN r.scored THEN r.final_band ELSE '' END AS final_band,"
    f" s.status, s.revision, {day_of('s.published_at')} AS published, {day_of('s.final_at')} AS final, "
    + ", ".join(f"{_points(number)}, {_counted(number)}" for number, _zh, _en in INDICATORS)
    + " FROM quarter_score s JOIN score_revision r ON r.score = s.id AND r.revision = s.revision"
    " LEFT JOIN organization o ON o.id = s.organization"
    " WHERE {seen} AND s.kind = 'contract' AND make_date(s.year, s.quarter * 3 - 2, 1) BETWEEN :first AND :last",
    (
        Column("number", "合同编号", "Contract"), Column("organization", "承接机构", "Provider"),
        Column("period", "考评期间", "Quarter"),
        *(Column(f"q{number}", zh, en, "figure") for number, zh, en in INDICATORS),
        Column("score", "总分", "Score", "figure"),
        Column("band", "初评等次", "Band by points", "word", "score_band"),
        Column("final_band", "最终等次", "Final band", "word", "score_band"),
        Column("status", "状态", "Status", "word", "score_status"),
        Column("revision", "数据版本", "Revision", "number"),
        Column("published", "公布日期", "Published", "date"), Column("final", "定案日期", "Final since", "date"),
        *(Column(f"n{number}", f"{zh}计数", f"{en}, counted") for number, zh, en in INDICATORS),
    ),
    "left(s.division, 6) = left(:scope::text, 6) OR s.division LIKE :area",
    "s.published_at IS NOT NULL AND s.organization", ("status", "final_band", "number"), "quarter",
    ("number", "organization", "period"), small=True,
)  # fmt: skip

# One reading of the visits: first by home, line and quarter, then by town. A distinct home is a group of its own.
_WORK: Final = (
    "work AS MATERIALIZED (SELECT left(v.division, 9) AS town, v.household, v.contract_line, date_trunc('quarter',"
    " v.planned_start AT TIME ZONE 'Asia/Shanghai')::date AS quarter,"
    " count(*) FILTER (WHERE v.status <> 'cancelled') AS planned,"
    " count(*) FILTER (WHERE v.status NOT IN ('cancelled', 'excused')) AS due,"
    f" count(*) FILTER (WHERE v.status IN {DONE}) AS done, count(*) FILTER (WHERE v.status IN {PAID}) AS verified,"
    f" coalesce(sum({served('v')}), 0) AS served,"
    f" coalesce(sum(v.unit_price) FILTER (WHERE v.payable AND v.status IN {PAID}), 0) AS amount FROM visit v"
    " WHERE v.division LIKE :area AND v.planned_start >= :start AND v.planned_start < :end GROUP BY 1, 2, 3, 4)"
)
_TOWN_WORK: Final = (
    "town_work AS (SELECT town, count(DISTINCT household) FILTER (WHERE done > 0) AS served_homes,"
    " sum(planned) AS planned, sum(due) AS due, sum(done) AS done, sum(verified) AS verified, sum(served) AS served,"
    " sum(amount) AS amount FROM work GROUP BY town)"
)
_SCORE: Final = (
    "town_score AS (SELECT w.town, round(sum(w.done * r.score_value) / nullif(sum(w.done), 0), 1) AS score FROM ("
    "SELECT k.town, l.contract, k.quarter, sum(k.done) AS done FROM work k JOIN contract_line l"
    " ON l.id = k.contract_line GROUP BY 1, 2, 3) w JOIN quarter_score s ON s.kind = 'contract'"
    " AND s.subject = w.contract AND s.year = extract(year FROM w.quarter)"
    " AND s.quarter = extract(quarter FROM w.quarter) AND s.published_at IS NOT NULL"
    " JOIN score_revision r ON r.score = s.id AND r.revision = s.revision AND r.scored GROUP BY w.town)"
)
_VOICES: Final = (
    "town_voice AS (SELECT town, count(*) AS respondents, CASE WHEN count(*) >= "
    f"{FEW_VOICES} THEN round(avg(stars), 2) END AS stars FROM (SELECT left(g.division, 9) AS town, g.household,"
    " avg(g.stars) AS stars FROM rating g WHERE g.division LIKE :area AND NOT g.replaced"
    " AND make_date(g.year, g.quarter * 3 - 2, 1) BETWEEN date_trunc('quarter', :first::date)::date AND :last"
    " GROUP BY 1, 2) h GROUP BY town)"
)
TOWNS = Source(
    "towns", "分镇绩效", "Performance by township", ("contracts.read",),
    f"WITH {_WORK}, {_TOWN_WORK}, {_SCORE}, {_VOICES}, homes AS (SELECT left(h.division, 9) AS town, count(*) AS n"
    " FROM household h WHERE h.division LIKE :area AND h.status IN ('active', 'grace') GROUP BY 1),"
    " complaints AS (SELECT left(q.division, 9) AS town, count(*) AS n,"
    " count(*) FILTER (WHERE q.result IN ('substantiated', 'partly')) AS founded FROM complaint q"
    " WHERE q.division LIKE :area AND q.intake = 'complaint' AND NOT q.confidential"
    " AND q.entered_at >= :start AND q.entered_at < :end GROUP BY 1)"
    " SELECT x.code AS key, x.code AS division, x.name AS township, coalesce(homes.n, 0) AS households,"
    " coalesce(w.served_homes, 0) AS served_homes, coalesce(w.planned, 0) AS planned, coalesce(w.due, 0) AS due,"
    " coalesce(w.done, 0) AS done, coalesce(w.verified, 0) AS verified, CASE WHEN w.due > 0 THEN"
    " least(100.0, round(100.0 * w.verified / w.due, 1))::numeric(5, 1)::text END AS completion,"
    " coalesce(w.served, 0) AS served, coalesce(w.amount, 0) AS amount, coalesce(y.respondents, 0) AS respondents,"
    " y.stars::text AS stars, round(25 * (y.stars - 1), 1)::text AS satisfaction,"
    " coalesce(complaints.n, 0) AS complaints, coalesce(complaints.founded, 0) AS founded,"
    " CASE WHEN w.served_homes >= "
    f"{FEW_HOMES} THEN s.score::text END AS score FROM division x LEFT JOIN homes ON homes.town = left(x.code, 9)"
    " LEFT JOIN town_work w ON w.town = left(x.code, 9) LEFT JOIN town_score s ON s.town = left(x.code, 9)"
    " LEFT JOIN town_voice y ON y.town = left(x.code, 9) LEFT JOIN complaints ON complaints.town = left(x.code, 9)"
    " WHERE {seen} AND x.level = 4",
    (
        Column("township", "乡镇（街道）", "Township"), Column("households", "在册家庭", "Households", "number"),
        Column("served_homes", "已服务家庭", "Households served", "number"),
        Column("planned", "计划次数", "Visits planned", "number"), Column("due", "应服务次数", "Visits due", "number"),
        Column("done", "已服务次数", "Visits done", "number"),
        Column("verified", "已核实次数", "Visits verified", "number"),
        Column("completion", "完成率（%）", "Completion (%)", "figure"),
        Column("served", "服务时长（分钟）", "Minutes served", "minutes"),
        Column("amount", "服务金额（元）", "Amount (yuan)", "money"),
        Column("respondents", "评价户数", "Respondents", "number"),
        Column("stars", "平均评分（1–5）", "Mean stars (1–5)", "figure"),
        Column("satisfaction", "满意度（%）", "Satisfaction (%)", "figure"),
        Column("complaints", "投诉数", "Complaints", "number"),
        Column("founded", "属实投诉", "Complaints upheld", "number"),
        Column("score", "考评得分", "Score of quarters", "figure"),
    ),
    "x.code", "", (), "quarter", ("division",), small=True,
)  # fmt: skip
"""Score: the published scores of the contracts, weighted by their visits done in the town. Few voices or homes tell
nothing (样本不足): the cell stays empty."""
