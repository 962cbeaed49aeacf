"""The columns of a list of households: the household, one member, the ground, one need per row."""

from __future__ import annotations

from datetime import date

from bangfu.imports.kinds import choices
from bangfu.imports.kinds.documents import bank_account, document_number
from bangfu.imports.kinds.household_need_fields import ground_fields, need_fields
from bangfu.imports.kinds.places import LOCATION
from bangfu.shared.faults import N_
from bangfu.shared.tabular import Field, parsers

HOUSEHOLD = (
    "division",
    "address",
    "lat",
    "lon",
    "datum",
    "category",
    "category_since",
    "admission_mode",
    "support_mode",
    "selfcare_level",
    "risk_color",
    "two_person_visits",
    "trained_only",
    "household_language",
)
GROUND = ("consent_ground", "consent_giver", "consent_relation", "consent_method", "consent_on", "statute")
MEMBER = ("member_name", "relation", "sex", "birth_date", "id_type", "id_number", "phone", "bank", "health", "tags")
NEED = (
    "service",
    "visits",
    "minutes",
    "priority",
    "windows",
    "gender_required",
    "gender_wish",
    "language_wish",
    "current_carer",
    "excluded_carers",
    "need_reason",
    "need_number",
    "need_status",
)


def household_fields(today: date) -> tuple[Field, ...]:
    """Fields by the rules of one day. Fields of the household may stay empty from its second row on."""
    return (*_household(today), *_member(today), *ground_fields(today), *need_fields())


def _household(today: date) -> tuple[Field, ...]:
    return (
        Field(
            "household_number",
            "家庭编号",
            "Household number",
            parsers.code_text(32),
            required=True,
            example="HH-0001",
            aliases=("户编号", "家庭号", "户号", "救助编号", "低保证号", "家庭代码", "档案号", "户籍编号"),
            hint=N_("Rows with the same number belong to one household."),
        ),
        Field(
            "division",
            "所在村居",
            "Village or community",
            parsers.text(80),
            example="990101001201",
            aliases=(
                "区划代码",
                "所属村居",
                "村居",
                "村(社区)",
                "村社区",
                "社区",
                "村",
                "所在区划",
                "行政区划",
                "居住地区划",
                "所属社区",
                "村/社区",
            ),
            hint=N_("Code of the village or township, or its name where it is the only one in your area."),
        ),
        Field(
            "address",
            "详细地址",
            "Address",
            parsers.text(200),
            example="柳树村一组 12 号",
            aliases=("地址", "家庭住址", "住址", "居住地址", "现住址", "家庭地址", "现居住地"),
        ),
        *LOCATION,
        Field(
            "category",
            "家庭类别",
            "Category",
            parsers.choice(choices.CATEGORY),
            example="低保家庭",
            aliases=("类别", "救助类别", "救助类型", "对象类别", "困难类型", "人员类别", "救助对象类别", "对象类型"),
        ),
        Field(
            "category_since",
            "认定日期",
            "Category since",
            parsers.day(date(1950, 1, 1), today),
            example="2024-05-01",
            aliases=("批准日期", "审批日期", "享受起始日期", "纳入日期", "认定时间"),
        ),
        Field(
            "admission_mode",
            "保障方式",
            "Admission",
            parsers.choice(choices.ADMISSION),
            aliases=("纳保方式", "低保方式"),
        ),
        Field("support_mode", "供养方式", "Support", parsers.choice(choices.SUPPORT), aliases=("特困供养方式",)),
        Field(
            "selfcare_level",
            "自理能力",
            "Self-care",
            parsers.choice(choices.SELFCARE),
            aliases=("自理能力等级", "生活自理能力", "护理等级"),
        ),
        Field(
            "risk_color",
            "风险等级",
            "Risk colour",
            parsers.choice(choices.RISK),
            aliases=("四色等级", "风险颜色", "儿童风险等级"),
        ),
        Field(
            "two_person_visits", "须两人上门", "Two-person visits", parsers.yes_no(), aliases=("双人上门", "两人上门")
        ),
        Field(
            "trained_only", "须经专门培训", "Trained people only", parsers.yes_no(), aliases=("须培训人员", "专门培训")
        ),
        Field(
            "household_language",
            "家庭语言",
            "Household language",
            parsers.choice(choices.LANGUAGE),
            aliases=("常用语言", "语言"),
        ),
    )


def _member(today: date) -> tuple[Field, ...]:
    return (
        Field(
            "member_name",
            "姓名",
            "Name",
            parsers.text(40),
            example="示例一",
            aliases=("成员姓名", "户主姓名", "救助对象姓名", "对象姓名", "家庭成员姓名", "户主", "申请人姓名"),
        ),
        Field(
            "relation",
            "与户主关系",
            "Relation",
            parsers.choice(choices.RELATION),
            example="本人",
            aliases=("关系", "家庭关系", "与申请人关系", "成员关系"),
        ),
        Field("sex", "性别", "Sex", parsers.choice(choices.SEX), example="女"),
        Field(
            "birth_date",
            "出生日期",
            "Birth date",
            parsers.day(date(1900, 1, 1), today),
            aliases=("出生年月日", "生日", "出生年月"),
        ),
        Field(
            "id_type",
            "证件类型",
            "Document",
            parsers.choice(choices.ID_TYPE),
            aliases=("证件种类",),
            example="居民身份证",
        ),
        Field(
            "id_number",
            "身份证号",
            "ID number",
            document_number(today),
            example="990101194503150035",
            aliases=("身份证号码", "公民身份号码", "身份证", "证件号码", "证件号", "身份号码", "户主身份证号"),
            hint=N_("18 characters, kept as text."),
        ),
        Field(
            "phone",
            "联系电话",
            "Phone",
            parsers.phone(),
            example="13812345678",
            aliases=("手机号", "电话", "手机", "联系方式", "手机号码"),
        ),
        Field(
            "bank",
            "银行账号",
            "Bank account",
            bank_account(),
            aliases=("银行卡号", "账号", "发放账号", "一卡通账号", "开户账号"),
        ),
        Field("health", "健康状况", "Health", parsers.text(500), aliases=("健康情况", "身体状况", "疾病情况", "病情")),
        Field(
            "tags",
            "人员标签",
            "Tags",
            parsers.choices(choices.TAG),
            example="独居",
            aliases=("标签", "特殊情况", "人员属性", "特殊身份"),
        ),
    )
