"""Words of households, members and grounds (DOMAIN.md 1.1, 1.2, 3.1, 9.1)."""

from bangfu.errors import N_

STATUTE_ZH = "《中华人民共和国个人信息保护法》第十三条第一款第（三）项、第三十四条（履行法定职责所必需）"
STATUTE_EN = "Personal Information Protection Law, art. 13 (1) no. 3 and art. 34 (statutory duty)"

SENTENCES = {
    "consent_withdrawn": N_("Household {number} withdrew a consent; what it no longer covers has been stopped."),
}
"""Message kind -> sentence of the inbox."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "household_category": {
        "dibao": ("低保家庭", "Minimum living allowance"),
        "tekun": ("特困人员", "Person in special difficulty"),
        "dibao_edge": ("低保边缘家庭", "Low income, just above the allowance"),
        "rigid_expense": ("刚性支出困难家庭", "Hardship through rigid expenses"),
        "emergency": ("急难型家庭", "Sudden emergency"),
    },
    "layer": {
        "key": ("重点保障层", "Key layer"),
        "edge": ("边缘延伸层", "Edge layer"),
        "general": ("普惠帮扶层", "General layer"),
    },
    "risk_color": {
        "red": ("红色（高风险）", "Red (high risk)"),
        "yellow": ("黄色（中风险）", "Yellow (medium risk)"),
        "blue": ("蓝色（低风险）", "Blue (low risk)"),
        "green": ("绿色（健康成长）", "Green (growing up well)"),
    },
    "household_status": {
        "active": ("在册", "In the register"),
        "grace": ("渐退期", "Gradual exit"),
        "left": ("已退出", "Left"),
        "closed": ("已终止", "Closed"),
        "merged": ("已合并", "Merged"),
    },
    "household_action": {
        "exit": ("转入渐退期", "Begin the gradual exit"),
        "leave": ("退出", "Leave"),
        "close": ("终止", "Close"),
        "expire": ("到期退出", "End"),
        "readmit": ("重新纳入", "Take in again"),
        "undo_active": ("撤销", "Take back"),
        "undo_grace": ("撤销", "Take back"),
    },
    "contact_channel": {
        "visit": ("上门", "Visit"),
        "phone": ("电话", "Phone"),
        "wechat": ("微信", "WeChat"),
    },
    "contact_kind": {
        "emergency": ("紧急联系人", "Emergency contact"),
        "guardian": ("监护人", "Guardian"),
        "relative": ("亲属", "Relative"),
        "neighbour": ("邻居", "Neighbour"),
        "other": ("其他", "Other"),
    },
    "kin_relation": {
        "spouse": ("配偶", "Spouse"),
        "child": ("子女", "Child"),
        "parent": ("父母", "Parent"),
        "grandchild": ("孙子女", "Grandchild"),
        "grandparent": ("祖父母", "Grandparent"),
        "sibling": ("兄弟姐妹", "Sibling"),
        "in_law": ("姻亲", "In-law"),
        "other": ("其他近亲属", "Other near relative"),
    },
    "leaving_reason": {
        "moved_out": ("迁出", "Moved out"),
        "died": ("去世", "Died"),
        "imprisoned": ("服刑", "Imprisoned"),
        "other": ("其他", "Other"),
    },
    "review_outcome": {"unchanged": ("无变化", "Unchanged"), "changed": ("有变化", "Changed")},
    "review_state": {
        "late": ("已超期", "Overdue"),
        "due": ("即将到期", "Due soon"),
        "later": ("未到期", "Not yet due"),
    },
    "age_tag": {
        "minor": ("未成年人", "Minor"),
        "minor_u14": ("不满14周岁", "Under 14"),
        "minor_u8": ("不满8周岁", "Under 8"),
        "elder": ("60周岁以上", "60 or older"),
        "elder80": ("80周岁以上", "80 or older"),
    },
    "child_type": {
        "orphan": ("孤儿", "Orphan"),
        "de_facto_unattended": ("事实无人抚养儿童", "Child without actual care"),
        "poverty": ("家庭贫困", "Family poverty"),
        "disability_illness": ("自身残疾或重病", "Own disability or serious illness"),
        "guardianship": ("监护缺失或不当", "Absent or improper guardianship"),
        "other": ("其他", "Other"),
    },
    "disability_type": {
        "1": ("视力", "Sight"),
        "2": ("听力", "Hearing"),
        "3": ("言语", "Speech"),
        "4": ("肢体", "Physical"),
        "5": ("智力", "Intellectual"),
        "6": ("精神", "Mental"),
        "7": ("多重", "Multiple"),
    },
    "disability_level": {
        "1": ("一级（最重）", "Level 1 (most severe)"),
        "2": ("二级", "Level 2"),
        "3": ("三级", "Level 3"),
        "4": ("四级", "Level 4"),
    },
    "ability_level": {
        "0": ("0级 能力完好", "0 intact"),
        "1": ("1级 轻度失能", "1 slight loss"),
        "2": ("2级 中度失能", "2 medium loss"),
        "3": ("3级 重度失能", "3 severe loss"),
        "4": ("4级 完全失能", "4 complete loss"),
    },
    "time_wish": {
        "morning": ("上午", "Morning"),
        "afternoon": ("下午", "Afternoon"),
        "evening": ("晚上", "Evening"),
    },
    "event_group": {
        "register": ("登记与状态", "Register and standing"),
        "needs": ("需求与服务", "Needs and services"),
        "visits": ("上门服务", "Visits"),
        "consent": ("同意与查看", "Consent and readings"),
        "other": ("其他", "Other"),
    },
    "timed_kind": {"household.review": ("定期复核", "Regular review")},
    "admission_mode": {"household": ("整户保", "Whole household"), "individual": ("单人保", "Single person")},
    "support_mode": {
        "dispersed": ("分散供养", "Supported at home"),
        "centralized": ("集中供养", "Supported in an institution"),
    },
    "selfcare_level": {
        "full_self": ("全自理", "Full self-care"),
        "semi": ("半自理", "Partial self-care"),
        "full_care": ("全护理", "Full care"),
    },
    "relation": {
        "self": ("本人", "Head of the household"),
        "spouse": ("配偶", "Spouse"),
        "child": ("子女", "Child"),
        "parent": ("父母", "Parent"),
        "grandchild": ("孙子女", "Grandchild"),
        "grandparent": ("祖父母", "Grandparent"),
        "sibling": ("兄弟姐妹", "Sibling"),
        "guardian": ("监护人", "Guardian"),
        "other": ("其他", "Other"),
    },
    "id_type": {
        "resident_id": ("居民身份证", "Resident ID"),
        "hk_macao_tw_residence": ("港澳台居民居住证", "Residence permit, Hong Kong, Macao, Taiwan"),
        "foreign_permanent": ("外国人永久居留证", "Permanent residence permit"),
        "passport": ("护照", "Passport"),
        "none": ("无证件", "No document"),
    },
    "person_tag": {
        "lives_alone": ("独居", "Lives alone"),
        "empty_nest": ("空巢", "Empty nest"),
        "left_behind": ("留守儿童", "Left-behind child"),
        "left_behind_elder": ("留守老人", "Left-behind elder"),
        "family_planning_special": ("计划生育特殊家庭", "Family that lost its only child"),
        "orphan": ("孤儿", "Orphan"),
        "de_facto_unattended": ("事实无人抚养儿童", "Child without actual care"),
        "serious_illness": ("重病", "Serious illness"),
        "dementia": ("失智", "Dementia"),
        "mental_severe": ("严重精神障碍", "Severe mental disorder"),
        "infectious": ("传染病", "Infectious disease"),
    },
    "consent_ground": {
        "consent": ("本人或监护人同意", "Consent of the person or the guardian"),
        "statutory": ("履行法定职责", "Statutory duty"),
    },
    "consent_method": {
        "paper": ("书面签字", "Signed on paper"),
        "fingerprint": ("按指印并有见证人", "Fingerprint with a witness"),
        "spoken": ("口头同意并有见证人", "Spoken, with a witness"),
        "online": ("网上确认", "Confirmed online"),
        "recorded": ("宣读并录音", "Read aloud and recorded"),
        "guardian": ("监护人代为同意", "Given by the guardian"),
    },
    "consent_purpose": {
        "service": ("安排服务", "Arranging services"),
        "share_provider": ("提供给承接机构", "Sharing with the provider"),
        "minor_data": ("处理未成年人信息", "Using data of minors"),
        "photo": ("服务照片", "Photos of the service"),
        "location": ("签到定位", "Position at check-in"),
        "publicity": ("按规定公示", "Publication as the rules ask"),
    },
    "purpose_why": {
        "service": (
            "核实情况、登记需求、匹配和派单；不勾选就无法安排服务。",
            "Checking the situation, recording needs, matching; without it nothing can be arranged.",
        ),
        "share_provider": (
            "接单后把姓名、电话、地址、服务内容和安全提示提供给承接机构；不提供收入、证件号码和病历。",
            "From acceptance on a provider sees name, phone, address, service and safety notes; never income, document"
            " numbers or medical records.",
        ),
        "minor_data": (
            "家中未成年人的信息；未满14周岁必须由监护人同意。",
            "Data of minors of the household; under 14 the guardian has to consent.",
        ),
        "photo": (
            "服务时拍照留证，保存三年。",
            "Photos as proof of the service, kept for three years.",
        ),
        "location": (
            "服务人员签到时记录所在位置，结算后只留距离结论，不记录轨迹。",
            "Where the carer checks in; after settlement only the verdict on the distance is kept, never a trace.",
        ),
        "publicity": (
            "按规定公示救助对象的姓名（隐去一部分）和救助类别。",
            "The masked name and the category of assistance, as the rules on publication ask.",
        ),
    },
    "withdrawal_method": {
        "paper": ("书面", "In writing"),
        "spoken": ("口头", "Spoken"),
        "phone": ("电话", "By phone"),
        "online": ("网上", "Online"),
    },
    "extent": {
        "all": ("全部撤回", "Everything"),
        "some": ("只撤回一部分", "Only some purposes"),
    },
    "consent_text_status": {"draft": ("草稿", "Draft"), "published": ("已发布", "Published")},
    "datum": {
        "wgs84": ("WGS-84（手机定位、天地图）", "WGS-84 (GPS)"),
        "gcj02": ("GCJ-02（高德、腾讯地图）", "GCJ-02 (AMap, Tencent)"),
        "bd09": ("BD-09（百度地图）", "BD-09 (Baidu)"),
    },
    "unmask_group": {
        "contact": ("姓名、电话、地址", "Names, phones, address"),
        "identity": ("证件号码、银行账号", "ID numbers, bank account"),
        "health": ("健康情况、备注", "Health, remarks"),
    },
    "unmask_reason": {
        "visit": ("上门或电话联系", "Visiting or calling"),
        "verify": ("核对身份或资料", "Checking identity or papers"),
        "emergency": ("紧急情况", "Emergency"),
        "complaint": ("处理投诉或申诉", "Handling a complaint"),
        "other": ("其他（请说明）", "Other (please explain)"),
    },
    "event": {
        "household.recorded": ("登记家庭", "Household recorded"),
        "household.changed": ("修改家庭信息", "Household changed"),
        "household.imported": ("导入家庭", "Household imported"),
        "household.unmasked": ("查看隐藏信息", "Hidden data shown"),
        "household.recategorised": ("变更类别", "Category changed"),
        "household.category_corrected": ("更正类别记录", "Category history corrected"),
        "household.reviewed": ("定期复核", "Reviewed"),
        "household.exiting": ("进入渐退期", "Gradual exit began"),
        "household.left": ("退出", "Household left"),
        "household.expired": ("到期退出", "Household ended"),
        "household.readmitted": ("重新纳入", "Taken in again"),
        "household.head_changed": ("变更户主", "Head changed"),
        "household.refused_relative": ("拒绝近亲属办理", "Near relative refused"),
        "person.added": ("登记成员", "Member recorded"),
        "person.changed": ("修改成员信息", "Member changed"),
        "person.left": ("成员离开", "Member left"),
        "person.leaving_undone": ("撤销误登的离开", "Wrongly recorded leaving taken back"),
        "person.refused_two_people": ("拒绝本人撤销", "Taking back one's own entry refused"),
        "contact.added": ("登记联系人", "Contact recorded"),
        "contact.ended": ("停用联系人", "Contact ended"),
        "kinship.declared": ("申报亲属关系", "Near relative declared"),
        "kinship.ended": ("终止亲属关系", "Near relative ended"),
        "consent.recorded": ("登记同意或法定依据", "Consent or statutory ground recorded"),
        "consent.withdrawn": ("撤回同意", "Consent withdrawn"),
        "consent_text.drafted": ("起草同意书", "Consent text drafted"),
        "consent_text.changed": ("修改同意书草稿", "Draft of the consent text changed"),
        "consent_text.published": ("发布同意书", "Consent text published"),
    },
}

_ABOUT_HEALTH = ("serious_illness", "dementia", "mental_severe", "infectious")
_BY_CHILD_TYPE = ("orphan", "de_facto_unattended")
WORDS["health_tag"] = {tag: words for tag, words in WORDS["person_tag"].items() if tag in _ABOUT_HEALTH}
WORDS["situation_tag"] = {
    tag: words for tag, words in WORDS["person_tag"].items() if tag not in (*_ABOUT_HEALTH, *_BY_CHILD_TYPE)
}
