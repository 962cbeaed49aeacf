"""Words that lists use for codes: the portal's own words and those of real lists beside them."""

from __future__ import annotations

from bangfu.households.words import WORDS as HOUSEHOLD
from bangfu.imports.words import WORDS as OWN
from bangfu.needs.catalogue import WORDS as CATALOGUE
from bangfu.shared.words import WORDS as SHARED

Words = dict[str, tuple[str, ...]]


def _with(group: dict[str, tuple[str, str]], **more: tuple[str, ...]) -> Words:
    return {code: (*names, *more.get(code, ())) for code, names in group.items()}


SEX: Words = _with(SHARED["sex"], f=("女性", "女士", "F"), m=("男性", "男士", "先生", "M"))
PRIORITY: Words = _with(
    SHARED["priority"], urgent=("加急", "1"), key=("重点保障", "2"), edge=("3",), general=("4", "普通")
)
CARER_KIND: Words = _with(
    SHARED["carer_kind"],
    worker=("护理员", "机构员工", "服务员", "养老护理员", "caregiver", "worker"),
    social_worker=("社会工作者", "社工师"),
    volunteer=("义工", "注册志愿者"),
)
LANGUAGE: Words = _with(
    SHARED["language"],
    cmn=("国语", "普通话/国语", "Chinese"),
    wuu=("吴方言", "常州话", "苏州话", "上海话", "本地话"),
    yue=("广东话",),
    nan=("闽南话", "台语"),
    hak=("客家话/客语",),
)
QUALIFICATION: Words = _with(
    SHARED["qualification"],
    S=("社工证", "助理社会工作师", "社会工作师", "高级社会工作师"),
    C5=("初级养老护理员", "养老护理员初级"),
    C4=("中级养老护理员", "养老护理员中级"),
    C3=("高级养老护理员", "养老护理员高级"),
    P=("心理咨询师", "心理治疗师"),
    E=("教师资格证", "教师证"),
    R=("康复师", "康复治疗师证"),
    H=("健康证",),
    M=("从业查询", "涉未查询"),
    TR=("培训师",),
    L=("律师", "法律工作者"),
    N=("护士证", "护士"),
    T=("培训合格", "平台培训合格"),
    V=("志愿者证", "志愿者"),
)
SERVICE: Words = _with(
    CATALOGUE["service"],
    visit_check=("探访关爱", "访视", "巡访", "上门探访"),
    daily_care=("日常照料", "照料护理", "居家照料"),
    meal=("助餐", "送餐", "陪餐"),
    medical_help=("陪同就医", "陪诊"),
    psych=("心理慰藉", "心理抚慰", "精神慰藉"),
    tutoring=("课业辅导", "作业辅导"),
    rehab=("康复训练", "康复服务"),
    home_adapt=("居家改造", "无障碍改造"),
    employment=("就业培训", "技能培训"),
    survey=("家庭经济状况调查",),
    ability_assess=("能力评估",),
    wish=("微心愿", "圆梦"),
)
TRAVEL: Words = {
    "walk": ("步行", "On foot", "走路", "徒步"),
    "ebike": ("电动车", "E-bike", "电瓶车", "自行车", "电动自行车"),
    "car": ("汽车", "Car", "开车", "驾车", "机动车"),
}
CATEGORY: Words = _with(
    HOUSEHOLD["household_category"],
    dibao=("低保", "低保户", "低保对象", "最低生活保障", "城市低保", "农村低保", "城乡低保"),
    tekun=("特困", "特困家庭", "特困供养", "五保", "五保户", "特困供养人员", "特困对象"),
    dibao_edge=("低保边缘", "边缘户", "低收入家庭", "低边", "低保边缘户"),
    rigid_expense=("支出型困难家庭", "支出型困难", "刚性支出", "支出型", "刚性支出困难", "支出型困难户"),
    emergency=("急难型", "急难", "急难型困难家庭", "临时救助", "临时救助对象"),
)
ADMISSION: Words = _with(HOUSEHOLD["admission_mode"], household=("整户", "整户纳入"), individual=("单人", "单人户保"))
SUPPORT: Words = _with(HOUSEHOLD["support_mode"], dispersed=("分散",), centralized=("集中", "机构供养"))
SELFCARE: Words = _with(
    HOUSEHOLD["selfcare_level"],
    full_self=("自理", "具备生活自理能力", "完全自理", "能自理"),
    semi=("半护理", "部分丧失生活自理能力", "部分自理", "半失能"),
    full_care=("不能自理", "完全丧失生活自理能力", "失能", "完全失能"),
)
RISK: Words = _with(
    HOUSEHOLD["risk_color"],
    red=("红", "红色", "高风险", "Red"),
    yellow=("黄", "黄色", "中风险", "Yellow"),
    blue=("蓝", "蓝色", "低风险", "Blue"),
    green=("绿", "绿色", "健康成长", "Green"),
)
RELATION: Words = _with(
    HOUSEHOLD["relation"],
    self=("户主", "申请人", "Self"),
    spouse=("妻", "夫", "妻子", "丈夫", "夫妻"),
    child=("子", "女", "儿子", "女儿", "长子", "长女", "次子", "次女", "三子", "三女", "独生子", "独生女"),
    parent=("父", "母", "父亲", "母亲", "公公", "婆婆", "岳父", "岳母"),
    grandchild=("孙子", "孙女", "外孙", "外孙女", "外孙子", "孙"),
    grandparent=("祖父", "祖母", "爷爷", "奶奶", "外公", "外婆", "外祖父", "外祖母"),
    sibling=("兄", "弟", "姐", "妹", "哥哥", "弟弟", "姐姐", "妹妹", "兄弟", "姐妹"),
    other=("其他亲属", "亲属", "其他关系", "儿媳", "女婿", "侄子", "侄女", "非亲属"),
)
ID_TYPE: Words = _with(
    HOUSEHOLD["id_type"],
    resident_id=("身份证", "居民身份证号", "第二代身份证"),
    hk_macao_tw_residence=("港澳台居住证",),
    foreign_permanent=("永久居留身份证", "外国人永久居留身份证"),
    passport=("外国护照",),
    none=("无", "未办理", "无户口"),
)
TAG: Words = _with(
    {**HOUSEHOLD["person_tag"], **OWN["person_tag"]},
    lives_alone=("独居老人", "独居老年人"),
    empty_nest=("空巢老人",),
    left_behind=("留守",),
    family_planning_special=("失独家庭", "失独", "计生特殊家庭"),
    de_facto_unattended=("事实无人抚养",),
    serious_illness=("大病", "重大疾病", "重病患者", "大病患者"),
    dementia=("认知障碍", "阿尔茨海默", "老年痴呆"),
    mental_severe=("精神障碍", "精神病"),
    disabled=("残疾", "残疾人"),
    disabled_severe=("重残", "重度残疾", "重度残疾人"),
)
GROUND: Words = _with(
    HOUSEHOLD["consent_ground"],
    consent=("同意", "本人同意", "监护人同意", "已同意", "授权同意", "已授权"),
    statutory=("法定职责", "法定", "法定依据"),
)
METHOD: Words = _with(
    HOUSEHOLD["consent_method"],
    paper=("书面", "签字", "纸质", "written"),
    fingerprint=("指印", "按手印", "手印"),
    spoken=("口头", "oral"),
    online=("线上", "网上", "电子", "electronic"),
)
NEED_STATUS: Words = {
    "draft": ("草稿", "Draft"),
    "submitted": ("已提交", "Submitted", "待确认", "提交"),
    "confirmed": ("已确认", "Confirmed", "确认"),
}
ORG_TYPE: Words = {
    "civil_affairs_bureau": ("民政局", "Civil affairs bureau"),
    "township_gov": ("镇街", "Township government", "镇政府", "街道办事处", "乡政府"),
    "village_committee": ("村居委会", "Village committee", "村委会", "居委会", "社区居委会"),
    "station": ("社工站", "Social-work station", "社会工作服务站"),
    "service_agency": (
        "社会服务机构",
        "Social service agency",
        "民办非企业单位",
        "民非",
        "社工机构",
        "社会工作服务机构",
    ),
    "association": ("社会团体", "Association", "社团", "协会"),
    "foundation": ("基金会", "Foundation"),
    "charity": ("慈善组织", "Charity"),
    "enterprise": ("企业", "Enterprise", "公司"),
    "institution": ("供养机构", "Care institution", "养老机构", "敬老院", "福利院", "儿童福利机构"),
    "volunteer_team": ("志愿服务队", "Volunteer team", "志愿队", "志愿者服务队"),
    "assessor": ("评估机构", "Assessor", "第三方评估机构"),
    "finance": ("财政", "Finance office", "财政局"),
    "medical": ("医疗机构", "Medical institution", "医院", "卫生院"),
    "legal": ("法律服务团队", "Legal service", "律师事务所", "法律援助中心"),
    "incubator": ("创业孵化基地", "Incubator"),
    "department": ("政府部门", "Government department", "行政机关", "机关"),
}
FUND: Words = {
    "work_budget": ("工作经费", "Work budget", "本级工作经费"),
    "special_assistance_fund": ("困难群众救助补助资金", "Special assistance fund", "救助资金", "专项救助资金"),
    "lottery": ("福彩公益金", "Lottery fund", "公益金"),
    "charity": ("慈善资金", "Charity", "慈善捐赠"),
    "general_budget": ("一般公共预算", "General budget", "财政预算"),
}
