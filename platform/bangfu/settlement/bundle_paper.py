"""The quarterly report of a statement: its figures worded in Chinese for the A4 paper, and its check code.

Everything on the paper comes from the bundle, whose hash the code stands for (PRODUCT.md, every printable page).
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.settlement.bundle_files import BundleIn
from bangfu.settlement.bundle_tables import SettlementPaper
from bangfu.settlement.held_rules import outcomes
from bangfu.settlement.tables import Statement
from bangfu.shared.civil_time import civil_date
from bangfu.shared.i18n import Lang, current, use, word
from bangfu.shared.printing import pdf, qr_svg

TEMPLATE: Final = "settlement/bundle/report.typ"
_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without the characters that are mistaken for others on paper."""
SIGNERS: Final = {"compiler": "编制", "reviewer": "审核", "leader": "负责人"}
QS: Final = tuple(f"Q{number}" for number in range(1, 11))


@dataclass(frozen=True, slots=True)
class Report:
    """What the paper and the workbook are made of."""

    row: Mapping[str, Any]
    """bundle_reading.statement_for."""
    bundle: BundleIn
    weights: Mapping[str, str]
    standard: str
    facts_hash: str
    bundle_hash: str
    signers: Mapping[str, tuple[str, str]]
    """compiler, reviewer, leader -> name and day; both "" while nobody has."""
    code: str


def check_code() -> str:
    """Twelve letters in three groups: 60 bits from the system's source of randomness."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return "-".join((drawn[:4], drawn[4:8], drawn[8:]))


async def code_of(row: Mapping[str, Any], bundle_hash: str, at: datetime) -> str:
    """The code of a statement in this state; made when it is first asked for. The same state has one code, also when
    two ask at once."""
    await SettlementPaper.raw(
        "INSERT INTO settlement_paper (id, code, statement, number, year, quarter, revision, total, held, bundle_hash,"
        " made_at) VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT (statement, bundle_hash) DO NOTHING",
        uuid4(), check_code(), row["id"], row["contract_number"], row["year"], row["quarter"], row["revision"],
        row["total"], row["held"], bundle_hash, at,
    )  # fmt: skip
    rows = await SettlementPaper.raw(
        "SELECT code FROM settlement_paper WHERE statement = {} AND bundle_hash = {}", row["id"], bundle_hash
    )
    return str(rows[0]["code"])


async def by_code(code: str) -> dict[str, Any] | None:
    """What the public check tells of a paper: number, quarter, total, hashes, and whether a newer state was printed."""
    rows = await SettlementPaper.raw(
        "SELECT p.number, p.year, p.quarter, p.total, p.held, p.bundle_hash, p.made_at,"
        " coalesce(r.facts_hash, '') AS facts_hash, EXISTS (SELECT 1 FROM"
        " settlement_paper n WHERE n.statement = p.statement AND n.made_at > p.made_at) AS older, s.kind"
        " FROM settlement_paper p JOIN settlement_statement s ON s.id = p.statement"
        " LEFT JOIN score_revision r ON r.score = s.score AND r.revision = p.revision WHERE p.code = {}",
        code,
    )
    return rows[0] if rows else None


async def newest_paper(statement: UUID) -> dict[str, Any] | None:
    """Code, bundle hash and day of the newest report of a statement, if one was printed."""
    rows = await SettlementPaper.raw(
        "SELECT code, bundle_hash, made_at FROM settlement_paper WHERE statement = {}"
        " ORDER BY made_at DESC, code LIMIT 1",
        statement,
    )
    return rows[0] if rows else None


async def signers_of(statement: UUID) -> dict[str, tuple[str, str]]:
    """Who scored, who reviewed the first claim, who approved it; with the days."""
    rows = await Statement.raw(
        "SELECT u.display_name AS compiler, q.confirmed_at AS compiler_at, r.display_name AS reviewer,"
        " c.reviewed_at AS reviewer_at, l.display_name AS leader, c.approved_at AS leader_at"
        " FROM settlement_statement s"
        " LEFT JOIN quarter_score q ON q.id = s.score LEFT JOIN app_user u ON u.id = q.confirmed_by"
        " LEFT JOIN LATERAL (SELECT * FROM settlement_claim WHERE statement = s.id ORDER BY part LIMIT 1) c ON true"
        " LEFT JOIN app_user r ON r.id = c.reviewed_by LEFT JOIN app_user l ON l.id = c.approved_by WHERE s.id = {}",
        statement,
    )
    row = rows[0]
    return {who: (row[who] or "", _day(row[f"{who}_at"])) for who in ("compiler", "reviewer", "leader")}


def _day(at: datetime | None) -> str:
    if at is None:
        return ""
    day = civil_date(at)
    return f"{day.year}年{day.month}月{day.day}日"


async def paper(report: Report, address: str) -> bytes:
    """The PDF; `address` is the page that takes the code."""
    return await pdf(TEMPLATE, paper_of(report, address))


def paper_of(report: Report, address: str) -> dict[str, Any]:
    """What the template shows: texts and rows of texts, in Chinese in either language of the portal."""
    lang: Lang = current()
    use("zh")
    try:
        return _paper_of(report, address)
    finally:
        use(lang)


def _paper_of(report: Report, address: str) -> dict[str, Any]:
    row = report.row
    score: Mapping[str, Any] = report.bundle.revisions[-1].score if report.bundle.revisions else {}
    return {
        "title": "服务质量与结算季度报告", "unit": f"{row['county']}民政局", "number": f"结算编号：{row['number']}",
        "period": period_of(row),
        "check": {
            "code": report.code, "qr": qr_svg(f"{address}/{report.code}"),
            "note": f"核验：扫描二维码，或打开 {address}/{report.code}。"
                    f"核验包 MANIFEST 的 SHA-256：{grouped(report.bundle_hash)}",
        },
        "facts": _facts(report, score), "scored": bool(score.get("scored")),
        "indicators": indicator_rows(report, score), "lines": line_rows(report.bundle.lines),
        "held_notes": [f"第{place}项{text}。" for place, text in held_notes(report.bundle.lines).items()],
        "total": f"{row['total']:,.2f}", "held": f"{row['held']:,.2f}", "claims": _claims(report.bundle.claims),
        "adding": _adding(report), "hash": grouped(report.facts_hash),
        "signers": [[label, *report.signers[who]] for who, label in SIGNERS.items()],
    }  # fmt: skip


def grouped(digest: str) -> str:
    """Hexadecimal digits in groups of eight, to be compared by eye."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


def period_of(row: Mapping[str, Any]) -> str:
    """2026年第3季度; an advance belongs to no quarter."""
    return f"{row['year']}年第{row['quarter']}季度" if row["quarter"] else f"{row['year']}年预付款"


def _facts(report: Report, score: Mapping[str, Any]) -> list[list[str]]:
    row = report.row
    caps = "、".join(word("report_cap", cap) for cap in score.get("caps", [])) or "无"
    band = word("report_band", score["final_band"]) if score.get("final_band") else "不评分"
    return [
        ["合同（协议）编号", row["contract_number"]], ["结算期间", period_of(row)],
        ["购买方", row["buyer"] or f"{row['county']}民政局"], ["承接方", row["provider"] or "照料护理人"],
        ["评分标准", report.standard or "无"], ["数据版本", f"第 {row['revision']} 版"],
        ["得分", score.get("score") or "不评分"], ["等次", band], ["等次限制", caps],
        ["应付合计（元）", f"{row['total']:,.2f}"], ["暂缓金额（元）", f"{row['held']:,.2f}"],
    ]  # fmt: skip


def indicator_rows(report: Report, score: Mapping[str, Any]) -> list[list[str]]:
    """Code, name, weight, numerator, denominator, points; 不适用 where an indicator does not apply."""
    points: Mapping[str, Any] = score.get("points", {})
    return [
        [
            code, word("report_indicator", code), report.weights.get(code, ""), shown(points[code]["numerator"]),
            shown(points[code]["denominator"]),
            shown(points[code]["points"]) if points[code]["applicable"] else "不适用",
        ]
        for code in QS if code in points
    ]  # fmt: skip


def shown(value: Any) -> str:
    """An exact fraction as people read it: whole, or with three decimals."""
    exact = Fraction(str(value or 0))
    return str(exact.numerator) if exact.denominator == 1 else f"{float(exact):.3f}"


def line_rows(lines: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Place, kind, units, rate, share, factor, amount, state."""
    closed = {each["frees"]: next(int(one["place"]) for one in lines if one["id"] == each["frees"])
              for each in lines if each["frees"]}  # fmt: skip
    return [
        [
            str(line["place"]), word("report_line", line["kind"]), str(line["units"]), line["rate"],
            plain(line["share"]), plain(line["factor"]), f"{Decimal(line['amount']):,.2f}", _state(line, closed),
        ]
        for line in lines
    ]  # fmt: skip


def plain(value: str) -> str:
    """A share or factor without the zeros that say nothing: 0.8, 1."""
    return f"{Decimal(value).normalize():f}"


def _state(line: Mapping[str, Any], closed: Mapping[str, int]) -> str:
    if line["frees"]:
        return f"办结第{closed[line['frees']]}项"
    return "无争议" if line["status"] == "undisputed" else "暂缓，已办结" if line["id"] in closed else "暂缓"


def held_notes(lines: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """The place of each held line -> what became of its money, as a sentence without its end."""
    found = {}
    for one in outcomes([{**line, "of": _figure(line)} for line in lines]):
        said = [f"{amount:,.2f} 元计入第{place}项支付" for place, amount in one.paid]
        if one.further:
            said.append(f"{one.further[1]:,.2f} 元转入第{one.further[0]}项继续暂缓")
        if one.refused:
            said.append(f"{one.refused:,.2f} 元不予支付（第{one.closed}项办结）")
        text = "，".join(said) or ("尚待决定" if one.closed is None else "已办结")
        found[int(one.line["place"])] = f"暂缓 {Decimal(one.line['amount']):,.2f} 元：{text}"
    return found


def _figure(line: Mapping[str, Any]) -> str:
    """Of a correction the figure that it corrects."""
    return str((line["detail"] or {}).get("of", line["kind"]))


def _claims(claims: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    return [
        [
            claim["number"], word("claim_status", claim["status"]), f"{Decimal(claim['amount']):,.2f}",
            claim["invoice"] or "无", claim["due_on"] or "无", claim["paid_on"] or "未付",
        ]
        for claim in claims
    ]  # fmt: skip


def _adding(report: Report) -> str:
    """The sums of the paper, added up once more: what they come to, and that nothing is missing."""
    plain = sum((Decimal(each["amount"]) for each in report.bundle.lines if each["status"] == "undisputed"), Decimal(0))
    claimed = sum((Decimal(each["amount"]) for each in report.bundle.claims), Decimal(0))
    same = "相符" if plain == report.row["total"] else "不符"
    return f"无争议明细合计 {plain:,.2f} 元，与应付合计{same}；各笔付款申请合计 {claimed:,.2f} 元。"
