"""What the 1,500 needs of the sample city are: how many of which service, where, for whom, how often and when.

Rows with a `trap` cannot be served, each for one of the reasons of MATCHING.md:
no_kind (nobody is paid for day care any more), no_qualified (the assessors' certificates ran out), excluded (a man is
required where only women nurse), too_far (Liyang is 40 km and more from rehabilitation, lawyers and case workers) and
no_time (Sunday evening, before seven). Jintan asks for more care than its home can give (no_capacity); home adaptation
and charity meals cost more than their lines hold (budget).
"""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Demand:
    """`count` needs of a service in an area, for households of these sorts; visits in four weeks, minutes a visit."""

    service: str
    area: str
    count: int
    sorts: tuple[str, ...]
    visits: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: str = "day"
    trap: str = ""
    gender_required: str = ""


ELDER, DISABLED, CHILD, WORKER, ILL, SUDDEN = "elder", "disabled", "child", "worker", "ill", "sudden"
FRAIL = (ELDER, DISABLED, ILL)

DEMAND = (
    Demand("visit_check", "centre", 214, (ELDER, ELDER, DISABLED, CHILD), (2, 4), (30,)),
    Demand("visit_check", "jintan", 26, (ELDER, DISABLED), (2, 4), (30,)),
    Demand("visit_check", "liyang", 26, (ELDER, DISABLED), (2, 4), (30,)),
    Demand("phone_check", "centre", 70, (ELDER, ILL), (4,), (10,)),
    Demand("phone_check", "jintan", 14, (ELDER,), (4,), (10,)),
    Demand("phone_check", "liyang", 14, (ELDER,), (4,), (10,)),
    Demand("daily_care", "centre", 180, FRAIL, (4, 8, 8, 12, 12), (60, 90)),
    Demand("daily_care", "jintan", 38, FRAIL, (8, 12, 12), (90, 120)),
    Demand("daily_care", "liyang", 18, FRAIL, (4, 8), (60, 90)),
    Demand("nursing_care", "centre", 42, FRAIL, (8, 12), (90,)),
    Demand("nursing_care", "centre", 9, FRAIL, (8, 12), (90,), trap="excluded", gender_required="m"),
    Demand("nursing_care", "centre", 5, FRAIL, (20,), (60,), hours="dawn", trap="no_time"),
    Demand("nursing_care", "jintan", 16, FRAIL, (12, 20), (90,)),
    Demand("meal", "centre", 76, (ELDER, ELDER, DISABLED), (12, 16, 20), (30,), hours="noon"),
    Demand("meal", "jintan", 10, (ELDER,), (12, 20), (30,), hours="noon"),
    Demand("meal", "liyang", 8, (ELDER,), (12, 16), (30,), hours="noon"),
    Demand("medical_help", "centre", 66, FRAIL, (1, 2), (180,)),
    Demand("medical_help", "liyang", 6, FRAIL, (1, 2), (180,)),
    Demand("rehab", "centre", 44, (DISABLED, ILL), (4, 8), (60,)),
    Demand("rehab", "liyang", 7, (DISABLED, ILL), (4,), (60,), trap="too_far"),
    Demand("day_care", "centre", 10, (DISABLED,), (20,), (480,), hours="whole_day", trap="no_kind"),
    Demand("home_adapt", "centre", 24, (ELDER, DISABLED), (1,), (240,), hours="whole_day"),
    Demand("home_adapt", "jintan", 4, (ELDER,), (1,), (240,), hours="whole_day"),
    Demand("tutoring", "centre", 92, (CHILD,), (4, 4, 8), (90,), hours="school"),
    Demand("tutoring", "liyang", 8, (CHILD,), (4,), (90,), hours="school"),
    Demand("companion_child", "centre", 80, (CHILD,), (2, 4), (90,), hours="after_school"),
    Demand("companion_child", "liyang", 6, (CHILD,), (2, 4), (90,), hours="after_school"),
    Demand("child_case", "centre", 36, (CHILD,), (1, 2), (60,)),
    Demand("psych", "centre", 78, (ELDER, CHILD, ILL, SUDDEN), (2, 4), (50,)),
    Demand("psych", "centre", 9, (WORKER, SUDDEN), (4,), (50,), hours="sunday_evening", trap="no_time"),
    Demand("psych", "liyang", 6, (ELDER, ILL), (2, 4), (50,)),
    Demand("social_inclusion", "centre", 36, (DISABLED, WORKER), (2,), (120,)),
    Demand("employment", "centre", 34, (WORKER,), (2, 4), (180,)),
    Demand("resource_link", "centre", 40, (ILL, SUDDEN, WORKER), (1,), (60,)),
    Demand("capacity", "centre", 24, (WORKER, CHILD), (2,), (90,)),
    Demand("legal_aid", "centre", 22, (WORKER, SUDDEN), (1,), (60,)),
    Demand("legal_aid", "liyang", 5, (WORKER,), (1,), (60,), trap="too_far"),
    Demand("survey", "centre", 28, (WORKER, ILL), (1,), (90,)),
    Demand("ability_assess", "centre", 11, (ELDER, DISABLED), (1,), (60,), trap="no_qualified"),
    Demand("wish", "centre", 58, (ELDER, CHILD, SUDDEN), (1,), (60,)),
)

_WEEK = (0, 1, 2, 3, 4, 5, 6)
_DAY_NAMES = "一二三四五六日"


def windows(random: Random, hours: str, visits: int) -> str:
    """The weekly hours in which a household can receive help, as lists write them: days enough for the visits."""
    if hours == "sunday_evening":
        return "周日 19:00-21:00"
    if hours == "dawn":
        return "每天 05:30-06:45"
    least = -(-visits // 4)
    if hours == "whole_day":
        return "周一至周六 08:30-17:00"
    if hours == "noon":
        days = sorted(random.sample(_WEEK[:6], min(6, least + 1)))
        return _text(days, ("10:30-13:00",))
    if hours == "school":
        days = sorted({5, *random.sample(_WEEK, min(6, least + 2))})
        return ";".join(_text([day], ("09:00-11:30", "14:00-17:00") if day >= 5 else ("16:00-20:30",)) for day in days)
    if hours == "after_school":
        days = sorted({5, *random.sample(_WEEK, min(6, least + 2))})
        return ";".join(_text([day], ("09:00-17:00",) if day >= 5 else ("15:30-20:00",)) for day in days)
    days = sorted(random.sample(_WEEK[:5], min(5, max(least + 1, random.randint(3, 5)))))
    if random.random() < 0.4:
        days.append(5)
    spans = random.choice(
        (("08:30-11:30", "14:00-17:30"), ("08:00-11:30", "13:30-17:00"), ("09:00-12:00",), ("14:00-17:30",))
    )
    return _text(days, spans)


def _text(days: list[int], spans: tuple[str, ...]) -> str:
    return "周" + "、周".join(_DAY_NAMES[day] for day in days) + " " + "、".join(spans)
