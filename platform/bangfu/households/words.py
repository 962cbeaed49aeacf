"""Words of households, members and grounds (DOMAIN.md 1.1, 1.2, 3.1, 9.1)."""

STATUTE_ZH = "《中华人民共和国个人信息保护法》第十三条第一款第（三）项、第三十四条（履行法定职责所必需）"
STATUTE_EN = "Personal Information Protection Law, art. 13 (1) no. 3 and art. 34 (statutory duty)"

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
    "household_status": {"active": ("在册", "Active"), "ended": ("已退出", "Ended")},
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
    },
    "consent_purpose": {
        "service": ("安排服务", "Arranging services"),
        "share_provider": ("提供给承接机构", "Sharing with the provider"),
        "minor_data": ("处理未成年人信息", "Using data of minors"),
        "photo": ("服务照片", "Photos of the service"),
        "location": ("签到定位", "Position at check-in"),
    },
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
        "person.added": ("登记成员", "Member recorded"),
        "consent.recorded": ("登记同意或法定依据", "Consent or statutory ground recorded"),
        "consent.withdrawn": ("撤回同意", "Consent withdrawn"),
    },
}
