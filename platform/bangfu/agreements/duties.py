"""The usual duties of the seven parties and what proves them, by version; each agreement may word its own.

The paper is Chinese; the English wording stands beside it for who reads the portal in English. A version is never
changed: agreements name the one that they began with.
"""

from collections.abc import Mapping
from typing import Final

VERSION: Final = "2026-1"

_2026_1: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "county_government": (
        "落实特困人员救助供养政府责任，保障照料护理经费列入预算并按时拨付；统筹养老、医疗、残联等部门资源。",
        "经费预算文件、拨付凭证",
        "Answers for the support of people in special difficulty; provides and pays the funds for care on time; brings"
        " the departments for elders, health and disability together.",
        "Budget papers, proof of payment",
    ),
    "township_government": (
        "确定照料护理人并组织签约；每季度检查协议履行；及时处理变更、投诉和突发情况；审核照料护理费发放。",
        "季度检查记录、发放审核表",
        "Chooses the caregiver and has the agreement signed; checks every quarter that it is kept; sees to changes,"
        " complaints and emergencies; checks the payment of the care money.",
        "Quarterly check records, payment lists",
    ),
    "civil_affairs_bureau": (
        "制定照料护理标准，指导签约和培训，监督协议履行，组织自理能力评估和质量评价。",
        "评估结论、抽查和评价记录",
        "Sets the standards of care, guides signing and training, oversees the agreement, has self-care and quality"
        " assessed.",
        "Assessments, records of spot checks and quality",
    ),
    "village": (
        "每周至少一次探访，发现情况变化当日报告乡镇；协助见证签约，听取本人意见。",
        "探访记录",
        "Visits at least once a week and reports changes to the township the same day; witnesses the signing, listens"
        " to the person.",
        "Visit records",
    ),
    "institution": (
        "为照料护理人提供技术指导和替代照料；需要时按程序接收入住；参加质量检查。",
        "指导记录、替代照料记录",
        "Advises the caregiver and stands in for them; admits the person where that is needed; takes part in the checks"
        " of quality.",
        "Records of advice and of standing in",
    ),
    "caregiver": (
        "按约定的项目、次数和时间提供照料，注意饮食、卫生、用药和用火用电安全；紧急情况立即送医并报告；如实记录，"
        "不得虐待、侵占财物。",
        "服务记录、本人或家属确认",
        "Gives the care that is agreed, as often and as long; looks after food, hygiene, medicine and safety; in an"
        " emergency fetches help and reports; keeps true records; never mistreats or takes what is not theirs.",
        "Service records, confirmed by the person or relatives",
    ),
    "person": (
        "如实说明身体状况和需要，配合照料和评估；对服务提出意见、确认服务记录；不满意时可要求更换照料人。",
        "服务确认、意见记录",
        "Tells truly how they are and what they need, takes part in care and assessments; says what they think and"
        " confirms the service; may ask for another caregiver.",
        "Confirmations, recorded wishes",
    ),
}
"""Role -> duties and evidence in Chinese, then in English."""
TABLE: Final[Mapping[str, Mapping[str, tuple[str, str, str, str]]]] = {VERSION: _2026_1}


def usual(role: str, version: str = VERSION) -> tuple[str, str]:
    """(duties, evidence) as the paper words them."""
    zh_duties, zh_evidence, _, _ = TABLE[version][role]
    return zh_duties, zh_evidence


def in_english(role: str, version: str, text: str) -> str:
    """The English wording of a usual text; "" for one that was changed."""
    known = TABLE.get(version, {}).get(role)
    if known is None or text not in known[:2]:
        return ""
    return known[2 + known.index(text)]
