"""The columns of a list of households that describe the ground and the need."""

from __future__ import annotations

from datetime import date

from bangfu.imports.kinds import choices
from bangfu.shared.faults import N_
from bangfu.shared.tabular import Field, parsers


def ground_fields(today: date) -> tuple[Field, ...]:
    """Consent or statutory ground of a household (DOMAIN.md 9.1)."""
    return (
        Field(
            "consent_ground",
            "处理依据",
            "Ground",
            parsers.choice(choices.GROUND),
            example="本人同意",
            aliases=("同意或法定依据", "个人信息处理依据", "授权情况", "是否同意", "依据类型"),
            hint=N_("Consent or statutory duty; a need can only be confirmed with one of them."),
        ),
        Field(
            "consent_giver", "同意人", "Consent given by", parsers.text(40), aliases=("授权人", "签字人", "同意人姓名")
        ),
        Field(
            "consent_relation",
            "同意人关系",
            "Giver's relation",
            parsers.choice(choices.RELATION),
            aliases=("授权人关系",),
        ),
        Field(
            "consent_method",
            "同意方式",
            "Method",
            parsers.choice(choices.METHOD),
            aliases=("授权方式",),
            example="书面签字",
        ),
        Field(
            "consent_on",
            "同意日期",
            "Consent on",
            parsers.day(date(2000, 1, 1), today),
            aliases=("授权日期", "签字日期"),
            example="2026-01-05",
        ),
        Field("statute", "法定依据", "Statute", parsers.text(200), aliases=("法律依据", "法规依据")),
    )


def need_fields() -> tuple[Field, ...]:
    """One need of the row\'s member, or of the household."""
    return (
        Field(
            "service",
            "服务",
            "Service",
            parsers.choice(choices.SERVICE),
            example="生活照料",
            aliases=("服务项目", "服务需求", "需求服务", "需求类型", "服务类型", "需求"),
        ),
        Field(
            "visits",
            "每四周次数",
            "Visits per 4 weeks",
            parsers.integer(1, 200),
            aliases=("次数", "每月次数", "服务次数", "频次"),
            example="12",
        ),
        Field(
            "minutes",
            "每次分钟",
            "Minutes per visit",
            parsers.integer(5, 1440),
            aliases=("分钟", "时长", "每次时长", "服务时长"),
            example="90",
        ),
        Field(
            "priority",
            "优先级",
            "Priority",
            parsers.choice(choices.PRIORITY),
            aliases=("紧急程度", "优先等级"),
            hint=N_("Empty: by category."),
        ),
        Field(
            "windows",
            "希望时间",
            "Wished hours",
            parsers.windows(),
            aliases=("服务时间", "希望服务时间", "上门时间"),
            example="周一至周五 08:00-12:00",
            hint=N_("Empty: any time."),
        ),
        Field(
            "gender_required",
            "要求性别",
            "Sex required",
            parsers.choice(choices.SEX),
            aliases=("必须性别", "服务人员性别要求"),
        ),
        Field("gender_wish", "希望性别", "Sex wished", parsers.choice(choices.SEX), aliases=("希望服务人员性别",)),
        Field(
            "language_wish",
            "希望语言",
            "Language wished",
            parsers.choice(choices.LANGUAGE),
            aliases=("方言要求", "希望方言"),
        ),
        Field(
            "current_carer",
            "现服务人员",
            "Present carer",
            parsers.code_text(32),
            aliases=("现服务人员编号", "当前服务人员"),
        ),
        Field(
            "excluded_carers",
            "排除人员",
            "Carers refused",
            parsers.text(300),
            aliases=("拒绝的服务人员", "排除人员编号"),
            hint=N_("Numbers of carers, parted by semicolons."),
        ),
        Field(
            "need_reason",
            "需求说明",
            "Reason",
            parsers.text(500),
            aliases=("需求原因", "需求描述", "情况说明", "申请理由"),
        ),
        Field(
            "need_number",
            "需求编号",
            "Need number",
            parsers.code_text(32),
            aliases=("需求号",),
            hint=N_("Empty: one is given."),
        ),
        Field(
            "need_status",
            "需求状态",
            "Need status",
            parsers.choice(choices.NEED_STATUS),
            aliases=("状态",),
            example="已提交",
        ),
    )
