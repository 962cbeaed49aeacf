"""The paper of a care agreement: its document worded in Chinese for the template (A4, check code, QR code).

A paper is the same in either language of the portal: what is signed is Chinese.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from bangfu.shared.i18n import Lang, current, use, word
from bangfu.shared.phones import national_phone
from bangfu.shared.printing import pdf, qr_svg

TEMPLATE: Final = "agreements/agreement.typ"
ROLE: Final = {
    "county_government": "县级人民政府", "township_government": "乡镇（街道）",
    "civil_affairs_bureau": "民政局", "village": "村（居）民委员会", "institution": "供养服务机构",
    "caregiver": "照料护理人", "person": "特困人员",
}  # fmt: skip
ORDINAL: Final = "甲乙丙丁戊己庚"
PER: Final = {"day": "每日", "week": "每周", "month": "每月", "quarter": "每季度"}
PLACE: Final = {"home": "本人家中", "caregiver": "照料人家中", "village": "村（居）", "institution": "机构"}
PAYER: Final = {
    "assistance": "特困人员救助供养资金", "care_subsidy": "护理补贴", "local_budget": "本级财政",
    "lottery": "福彩公益金", "charity": "慈善资金",
}  # fmt: skip
BASIS: Final = {"disabled_subsidy": "失能老年人护理补贴标准", "minimum_wage": "最低工资标准"}
CAPACITY: Final = {"self": "", "guardian": "（监护人代签）", "agent": "（委托代理人代签）"}
METHOD: Final = {"scan": "纸质签字", "thumbprint": "捺指印", "electronic": "电子签名"}
TRIGGER: Final = {
    "level": "自理能力明显变化", "hospital": "住院或出院", "fall": "跌倒等意外", "caregiver": "更换照料护理人",
    "wish": "本人提出要求",
}  # fmt: skip
STATE_NOTE: Final = {
    "draft": "草稿，未生效", "party_signing": "", "active": "", "renewal_due": "", "renewed": "已续签",
    "expired": "已到期", "terminated": "已终止",
}  # fmt: skip
NONE: Final = "无"


async def paper(printed: Mapping[str, Any], address: str) -> bytes:
    """The PDF of `queries.printed`; `address` is where the check code is looked up."""
    return await pdf(TEMPLATE, paper_of(printed, address))


def paper_of(printed: Mapping[str, Any], address: str) -> dict[str, Any]:
    """What the template shows: texts, rows of texts, the QR code as SVG."""
    place, code = printed["place"], printed["check_code"]
    return {
        "title": "特困人员照料服务协议", "number": f"协议编号：{printed['number']}",
        "unit": f"{place['county']}民政局", "state": STATE_NOTE[printed["status"]],
        "check": {"code": code, "qr": qr_svg(f"{address}?code={code}"), "note": _note(printed, address)},
        "facts": _facts(printed), "wish": printed["wish"] or NONE, "parties": _parties(printed),
        "lines": [
            [_zh("service", line["service"]), f"{PER[line['per']]} {line['times']} 次", f"{line['minutes']} 分钟",
             PLACE.get(line["place"], line["place"])]
            for line in printed["lines"]
        ],
        "pay": _pay(printed["pay"]),
        "triggers": "；".join(TRIGGER.get(each, each) for each in printed["triggers"]) or NONE,
        "signatures": _signatures(printed),
        "e_signing": "各方同意以电子签名方式签署本协议。" if printed["e_signing"] else "",
    }  # fmt: skip


def _note(printed: Mapping[str, Any], address: str) -> str:
    if not printed["hash"]:
        return "本件为草稿，尚无可核验内容。"
    mark = " ".join(printed["hash"][at : at + 8] for at in range(0, 32, 8))
    return f"核验：扫描二维码，或在 {address} 输入核验码 {printed['check_code']}。内容校验值（前 32 位）：{mark}"


def _facts(printed: Mapping[str, Any]) -> list[list[str]]:
    person, place, caregiver = printed["person"], printed["place"], printed["caregiver"]
    emergency, assessment = printed["emergency"], printed["assessment"]
    about = f"{assessment['number']}（{_day(assessment['assessed_on'])}）" if assessment["number"] else "登记信息"
    return [
        ["特困人员", person["name"]], ["性别", _zh("sex", person["sex"])],
        ["证件号码", person["id_number"] or NONE], ["出生日期", _day(person["birth_date"])],
        ["联系电话", national_phone(person["phone"]) or NONE], ["住址", person["address"] or place["village"]],
        ["供养方式", _zh("support_mode", printed["support_mode"])],
        ["自理能力", _zh("selfcare_level", printed["selfcare_level"])],
        ["评估依据", about], ["照料护理人", caregiver["name"] or NONE],
        ["护理人电话", national_phone(caregiver["phone"]) or NONE],
        ["供养服务机构", printed["institution"] or "由乡镇社工站代行"], ["紧急联系人", _contact(emergency)],
        ["协议期限", f"{_day(printed['starts_on'])}至{_day(printed['ends_on'])}"],
    ]  # fmt: skip


def _contact(emergency: Mapping[str, Any]) -> str:
    parts = (emergency.get("name", ""), national_phone(emergency.get("phone", "") or ""))
    return " ".join(part for part in parts if part) or NONE


def _parties(printed: Mapping[str, Any]) -> list[list[str]]:
    return [
        [f"{ORDINAL[place]}方", f"{ROLE[party['role']]}\n{party['name']}", party["duties"] or NONE,
         party["evidence"] or NONE]
        for place, party in enumerate(printed["parties"])
    ]  # fmt: skip


def _pay(pay: Mapping[str, Any]) -> str:
    if pay["month"] is None:
        return "本协议不约定照料护理费。"
    rate = pay["rate"] or {}
    payer = PAYER.get(pay["payer"], pay["payer"])
    text = f"照料护理费每月 {Decimal(pay['month']):,.2f} 元，由{payer}列支，直接发放至照料护理人账户。"
    if rate.get("base") and rate.get("factor"):
        base = f"{BASIS.get(rate.get('basis', ''), '基数')} {Decimal(rate['base']):,.2f} 元"
        text += f"（{base} × {Decimal(rate['factor']).normalize():f}）"
    return text


def _signatures(printed: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for place, (party, sign) in enumerate(zip(printed["parties"], printed["signatures"], strict=True)):
        found.append({
            "label": f"{ORDINAL[place]}方（{ROLE[party['role']]}）", "name": party["name"],
            "done": _done(sign) if sign["signed"] else "", "paper": sign["method"] != "electronic",
        })  # fmt: skip
    return found


def _done(sign: Mapping[str, Any]) -> str:
    witness = f"，见证人：{sign['witness']}" if sign["witness"] else ""
    who = f"{sign['signatory']}{CAPACITY[sign['capacity']]}"
    return f"{METHOD[sign['method']]}：{who}，{_day(sign['signed_on'] or sign['signed_at'][:10])}{witness}"


def _day(text: str) -> str:
    if not text:
        return NONE
    day = date.fromisoformat(text[:10])
    return f"{day.year}年{day.month}月{day.day}日"


def _zh(group: str, code: str) -> str:
    """A code in Chinese, whatever language the page is read in."""
    lang: Lang = current()
    use("zh")
    try:
        return word(group, code) if code else NONE
    finally:
        use(lang)
