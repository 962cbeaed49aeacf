"""The 21 kinds of service of DOMAIN.md 2.1 with their [D] defaults, loaded into the table where they are missing."""

import json
from dataclasses import dataclass

from bangfu.needs.tables import Service

WORKER, SOCIAL, VOLUNTEER = "worker", "social_worker", "volunteer"


@dataclass(frozen=True, slots=True)
class Default:
    """One service: minutes per visit, visits per four weeks, who may serve it and with which qualifications."""

    code: str
    zh: str
    en: str
    unit: str
    minutes: int
    visits: int
    kinds: tuple[str, ...]
    qualifications: tuple[tuple[str, ...], ...]
    with_minors: bool = False


_CARE_LEVELS = ("C5", "C4", "C3", "C2", "C1")
DEFAULTS = (
    Default("visit_check", "探访", "Visit and check", "visit", 30, 4, (WORKER, SOCIAL, VOLUNTEER), (("T", "V"),)),
    Default("phone_check", "电话探访", "Phone check", "visit", 10, 4, (WORKER, SOCIAL, VOLUNTEER), (("T",),)),
    Default("daily_care", "生活照料", "Daily care", "visit", 90, 12, (WORKER,), ((*_CARE_LEVELS, "G"), ("H",))),
    Default("nursing_care", "护理", "Nursing care", "visit", 90, 12, (WORKER,), (_CARE_LEVELS[1:], ("H",))),
    Default("meal", "助餐陪餐", "Meals and company", "visit", 30, 20, (WORKER, VOLUNTEER), (("H",),)),
    Default("medical_help", "助医", "Help at the clinic", "visit", 180, 2, (WORKER, SOCIAL, VOLUNTEER), (("T",),)),
    Default("rehab", "康复", "Rehabilitation", "session", 60, 8, (WORKER,), (("R",),)),
    Default("day_care", "托养", "Day care", "month", 480, 20, (WORKER,), (("T",),)),
    Default("home_adapt", "适老化改造", "Home adaptation", "item", 240, 1, (WORKER,), (("T",),)),
    Default("tutoring", "学业辅导", "Tutoring", "session", 90, 4, (WORKER, SOCIAL, VOLUNTEER), (("E",), ("M",)), True),
    Default(
        "companion_child",
        "亲情陪伴",
        "Company for children",
        "visit",
        90,
        4,
        (WORKER, SOCIAL, VOLUNTEER),
        (("M",),),
        True,
    ),
    Default("child_case", "困境儿童个案", "Child case work", "case", 60, 2, (WORKER, SOCIAL), (("S",), ("M",)), True),
    Default("psych", "心理疏导", "Psychological support", "session", 50, 4, (WORKER, SOCIAL), (("P", "S"),)),
    Default("social_inclusion", "社会融入", "Social inclusion", "session", 120, 2, (WORKER, SOCIAL), (("S",),)),
    Default("employment", "就业技能培训", "Skills training", "session", 180, 4, (WORKER,), (("TR",),)),
    Default("resource_link", "资源链接", "Linking resources", "case", 60, 1, (WORKER, SOCIAL), (("S",),)),
    Default("capacity", "能力提升", "Capacity building", "session", 90, 2, (WORKER, SOCIAL), (("S",),)),
    Default("legal_aid", "法律援助", "Legal aid", "case", 60, 1, (WORKER, VOLUNTEER), (("L",),)),
    Default("survey", "家庭经济状况调查评估", "Household survey", "case", 90, 1, (WORKER, SOCIAL), (("S", "T"),)),
    Default("ability_assess", "自理能力评估", "Ability assessment", "case", 60, 1, (WORKER,), (("A",),)),
    Default("wish", "圆梦关怀", "Wishes and festival care", "item", 60, 1, (SOCIAL, VOLUNTEER), (("V", "T"),)),
)
WORDS = {
    "service": {default.code: (default.zh, default.en) for default in DEFAULTS},
    "unit": {
        "visit": ("次", "visit"),
        "hour": ("小时", "hour"),
        "case": ("个案", "case"),
        "session": ("节", "session"),
        "item": ("项", "item"),
        "month": ("月", "month"),
    },
}


async def load_defaults() -> None:
    """Add the services that the table does not have yet; what an operator edited stays."""
    for place, default in enumerate(DEFAULTS):
        await Service.raw(
            "INSERT INTO service (code, zh, en, unit, minutes, visits, kinds, qualifications, with_minors, sort)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT (code) DO NOTHING",
            default.code, default.zh, default.en, default.unit, default.minutes, default.visits, list(default.kinds),
            json.dumps(default.qualifications), "y" if default.with_minors else "n", place,
        )  # fmt: skip
