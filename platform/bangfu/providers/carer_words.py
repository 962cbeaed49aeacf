"""Words of the people who serve: what bars them, certificates, training, policies, consents (DOMAIN.md 2.3, 7)."""

from bangfu.errors import N_

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "barred_reason": {
        "not_active": ("已离职或退出", "No longer serving"),
        "blacklisted": ("在禁入期内", "Barred by the bureau"),
        "clearance_hit": ("涉未成年人从业查询不通过，禁止从业", "Barred after a check for work with minors"),
        "under_age": ("未达到服务年龄", "Too young to serve alone"),
        "guardian_consent_missing": ("缺少监护人同意", "Guardian's consent is missing"),
        "paused": ("暂停派单", "Not assigned at present"),
        "insurance_missing": ("缺少有效的意外保险", "No valid accident insurance"),
    },
    "certificate_status": {
        "handed_in": ("待核验", "To be verified"),
        "verified": ("已核验", "Verified"),
        "rejected": ("不予认可", "Rejected"),
    },
    "training_level": {
        "0": ("未定级", "No level"),
        "1": ("一级：平台基础培训", "Level 1: platform basics"),
        "2": ("二级：县级岗前培训", "Level 2: county pre-job training"),
        "3": ("三级：提高培训", "Level 3: advanced"),
    },
    "clearance_body": {"police": ("公安机关", "Police"), "procuratorate": ("检察机关", "Procuratorate")},
    "clearance_result": {"clear": ("未发现记录", "No record found"), "hit": ("发现记录", "Record found")},
    "consent_relation": {
        "parent": ("父母", "Parent"),
        "grandparent": ("祖父母、外祖父母", "Grandparent"),
        "guardian": ("其他监护人", "Other guardian"),
        "other": ("其他", "Other"),
    },
    "carer_list": {
        "expiring": ("60日内到期或已过期", "Ending within 60 days, or over"),
        "unverified": ("有待核验证书", "With certificates to verify"),
        "barred": ("当前不能派单", "Cannot be assigned now"),
        "left": ("已离职或退出", "No longer serving"),
    },
    "carer_left_reason": {
        "contract_ended": ("合同或协议到期", "Contract or agreement ended"),
        "resigned": ("本人提出", "At their own wish"),
        "dismissed": ("机构解除", "Ended by the organisation"),
        "moved": ("迁居外地", "Moved away"),
        "health": ("健康原因", "Health"),
        "other": ("其他", "Other"),
    },
    "carer_unmask_reason": {
        "contact": ("联系本人", "Contacting the person"),
        "verify": ("核对身份或资料", "Checking identity or papers"),
        "emergency": ("紧急情况", "Emergency"),
        "other": ("其他（请说明）", "Other (please explain)"),
    },
    "event": {
        "carer.recorded": ("登记人员", "Carer recorded"),
        "carer.changed": ("修改人员资料", "Carer changed"),
        "carer.left": ("登记离职", "Carer left"),
        "carer.returned": ("恢复服务", "Carer is back"),
        "carer.unmasked": ("查看人员隐藏信息", "Hidden values of a carer shown"),
        "carer.file_opened": ("查看扫描件", "Scan opened"),
        "carer.trained": ("登记培训", "Training recorded"),
        "carer.insured": ("登记意外保险", "Insurance recorded"),
        "carer.consent_given": ("登记监护人同意", "Guardian's consent recorded"),
        "carer.consent_withdrawn": ("撤回监护人同意", "Guardian's consent withdrawn"),
        "carer.cleared": ("登记从业查询结果", "Check for work with minors recorded"),
        "carer.clearance_hit": ("从业查询不通过，立即停止服务", "Barred after a check for work with minors"),
        "carer.clearance_lifted": ("撤销从业禁止", "Bar after a check lifted"),
        "carer.refused_two_people": ("同一人经办，已拒绝", "Refused: the same person"),
        "certificate.handed_in": ("提交证书", "Certificate handed in"),
        "certificate.verified": ("核验证书", "Certificate verified"),
        "certificate.rejected": ("证书不予认可", "Certificate rejected"),
    },
}
SENTENCES: dict[str, str] = {
    "certificate_waiting": N_("A certificate of {number} waits for verification: {qualification}."),
    "certificate_rejected": N_(
        "A certificate of {number} was not accepted: {qualification}. The reason is on the page."
    ),
    "certificate_ends": N_("{qualification} of {number} ends on {day} ({days} days left)."),
    "certificate_last_day": N_("{qualification} of {number}: the last day is {day}. No new service after it."),
    "insurance_ends": N_("The accident insurance of {number} ends on {day} ({days} days left)."),
    "insurance_last_day": N_("The accident insurance of {number}: the last day is {day}. No new service after it."),
    "carer_barred": N_("{number} may not serve any more from now on. Please look at the running services at once."),
}
