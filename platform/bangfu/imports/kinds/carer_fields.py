"""The columns of a list of carers."""

from __future__ import annotations

from datetime import date

from bangfu.imports.kinds import choices
from bangfu.imports.kinds.places import LOCATION
from bangfu.imports.kinds.qualifications import certificates
from bangfu.shared.faults import N_
from bangfu.shared.tabular import Field, parsers

TRAINING_LEVEL = {
    "1": ("1", "一级", "平台基础培训", "基础"),
    "2": ("2", "二级", "县级岗前培训", "岗前"),
    "3": ("3", "三级", "提高培训", "提高"),
    "0": ("0", "无", "未定级"),
}
"""Level -> how lists write it (providers.carer_words "training_level")."""


def carer_fields(today: date) -> tuple[Field, ...]:
    """Fields by the rules of one day (nobody is born after it)."""
    return (
        Field(
            "number",
            "人员编号",
            "Number",
            parsers.code_text(32),
            aliases=("编号", "工号", "志愿者编号", "员工编号", "人员代码"),
            example="HL-001",
            hint=N_("Your own number; empty: one is given and the person is known by the ID number."),
        ),
        Field(
            "kind",
            "人员类别",
            "Kind",
            parsers.choice(choices.CARER_KIND),
            required=True,
            example="机构人员",
            aliases=("类别", "人员类型", "类型", "身份", "岗位"),
        ),
        Field(
            "organisation",
            "机构统一社会信用代码",
            "Organisation's credit code",
            parsers.uscc(),
            example="52990101A00000011F",
            aliases=("统一社会信用代码", "机构代码", "所属机构代码", "所属机构信用代码", "信用代码", "organization"),
            hint=N_("Needed for people who work for an organisation."),
        ),
        Field(
            "division",
            "所在区划",
            "Division",
            parsers.code_text(60),
            required=True,
            example="990101001000",
            aliases=("区划代码", "行政区划", "所属区划", "镇街", "居住区划", "区划", "所在镇街", "所在村居"),
            hint=N_("Code or name of the division."),
        ),
        Field(
            "name",
            "姓名",
            "Name",
            parsers.text(40),
            required=True,
            example="示例一",
            aliases=("人员姓名", "志愿者姓名", "护理员姓名", "服务人员"),
        ),
        Field("sex", "性别", "Sex", parsers.choice(choices.SEX), required=True, example="女"),
        Field(
            "birth_date", "出生日期", "Birth date", parsers.day(date(1900, 1, 1), today), aliases=("生日", "出生年月日")
        ),
        Field(
            "id_number",
            "身份证号",
            "ID number",
            parsers.resident_id(today),
            example="990101198001010022",
            aliases=("身份证号码", "公民身份号码", "身份证", "证件号码", "证件号"),
            hint=N_("18 characters, kept as text."),
        ),
        Field(
            "phone",
            "联系电话",
            "Phone",
            parsers.phone(),
            aliases=("手机号", "电话", "手机", "联系方式", "手机号码"),
            example="13812345678",
        ),
        Field(
            "languages",
            "语言",
            "Languages",
            parsers.choices(choices.LANGUAGE),
            aliases=("方言", "会说的语言"),
            example="普通话、吴语",
        ),
        Field(
            "travel_mode",
            "出行方式",
            "Travel mode",
            parsers.choice(choices.TRAVEL),
            aliases=("交通方式", "交通工具"),
            example="电动车",
        ),
        Field("speed_kmh", "速度(公里/小时)", "Speed (km/h)", parsers.decimal(1, 120, 1), aliases=("时速", "速度")),
        Field(
            "max_km",
            "最远距离(公里)",
            "Farthest distance (km)",
            parsers.decimal(0, 200, 1),
            example="10",
            aliases=("服务半径", "最大距离", "服务半径(公里)", "最远公里数"),
        ),
        Field(
            "hours_per_week",
            "每周服务小时数",
            "Hours per week",
            parsers.decimal(0, 100, 2),
            example="40",
            aliases=("每周小时", "周工时", "每周可服务小时"),
        ),
        Field(
            "max_households",
            "最多户数",
            "Most households",
            parsers.integer(0, 500),
            aliases=("户数上限", "最大户数"),
            example="20",
        ),
        Field(
            "qualifications",
            "资质",
            "Qualifications",
            certificates(),
            aliases=("资格证书", "资质证书", "证书", "资格", "持证情况"),
            example="C5:2027-06-30;H:2026-12-01",
            hint=N_("Code and last valid day, such as C5:2027-06-30; number, issuer and day of issue may follow."),
        ),
        Field(
            "training_level",
            "培训等级",
            "Training level",
            parsers.choice(TRAINING_LEVEL),
            aliases=("培训级别", "岗前培训等级"),
            hint=N_("1 platform basics, 2 county pre-job training, 3 advanced."),
        ),
        Field(
            "insurer",
            "保险公司",
            "Insurer",
            parsers.text(120),
            aliases=("意外险保险公司", "承保公司", "意外险公司"),
            hint=N_("Accident insurance of a volunteer; first and last day belong to it."),
        ),
        Field(
            "policy_number",
            "保单号",
            "Policy number",
            parsers.code_text(64),
            aliases=("意外险保单号", "保险单号"),
        ),
        Field(
            "insured_from",
            "保险起始日",
            "Insured from",
            parsers.day(date(2000, 1, 1)),
            aliases=("意外险起始日", "保险生效日", "保险开始日期"),
        ),
        Field(
            "insured_until",
            "保险截止日",
            "Insured until",
            parsers.day(date(2000, 1, 1)),
            aliases=("意外险截止日", "保险到期日", "保险有效期至", "意外险有效期至"),
        ),
        Field(
            "guardian",
            "监护人姓名",
            "Guardian",
            parsers.text(64),
            aliases=("监护人", "同意的监护人"),
            hint=N_("Of a volunteer of 8 to 17 years, with the day of the consent."),
        ),
        Field(
            "consent_on",
            "监护人同意日期",
            "Guardian's consent on",
            parsers.day(date(2000, 1, 1), today),
            aliases=("同意日期", "监护人同意书日期"),
        ),
        Field(
            "availability",
            "可服务时间",
            "Availability",
            parsers.windows(),
            aliases=("服务时间", "空闲时间", "可用时间", "排班时间"),
            example="周一至周五 08:00-12:00、13:30-17:00",
        ),
        *LOCATION,
        Field(
            "address",
            "住址",
            "Address",
            parsers.text(200),
            aliases=("地址", "家庭住址", "居住地址", "详细地址", "现住址"),
            hint=N_("Only used to find the place on the map; it is not kept."),
        ),
        Field("blacklist_until", "禁入期至", "Barred until", parsers.day(), aliases=("黑名单截止", "黑名单至")),
    )


EXAMPLE: dict[str, object] = {
    "number": "ZY-001",
    "kind": "志愿者",
    "division": "990101001000",
    "name": "示例一",
    "sex": "女",
    "id_number": "990101198001010022",
    "phone": "13812345678",
    "languages": "普通话、吴语",
    "travel_mode": "电动车",
    "max_km": 10,
    "hours_per_week": 8,
    "max_households": 5,
    "qualifications": "V:2027-12-31;T:2027-06-30",
    "training_level": "1",
    "insurer": "示例保险公司",
    "policy_number": "PA-2026-0001",
    "insured_from": "2026-01-01",
    "insured_until": "2026-12-31",
    "availability": "周六至周日 09:00-11:30、14:00-17:00",
    "lat": "31.7800",
    "lon": "119.9500",
    "datum": "WGS-84",
}
