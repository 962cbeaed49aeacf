"""Words of outreach and of the quarterly lists."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "outreach_kind": {
        "gap": ("照料空白", "Gap in care"),
        "missing": ("未落实", "Missing"),
        "below": ("低于标准", "Below the norm"),
    },
    "outreach_channel": {
        "visit": ("上门", "Visit"),
        "phone": ("电话", "Phone"),
        "wechat": ("微信", "WeChat"),
        "relative": ("亲属、邻居转达", "Through relatives or neighbours"),
        "other": ("其他", "Other"),
    },
    "outreach_result": {
        "interested": ("有意愿，待登记需求", "Interested: a need is to be recorded"),
        "refused": ("暂不接受", "Refuses for now"),
        "unreachable": ("未联系上", "Not reached"),
        "other": ("其他", "Other"),
    },
    "quarter_status": {"open": ("待核实", "To be verified"), "verified": ("已核实", "Verified")},
    "quarter_action": {"verify": ("核实", "Verify"), "correct": ("更正", "Correct")},
    "quarter_finding": {
        "at_home": ("在家居住，状况无变化", "Lives at home, nothing changed"),
        "in_institution": ("已入住机构", "Lives in an institution"),
        "selfcare_changed": ("自理能力有变化", "Self-care has changed"),
        "died": ("已去世", "Has died"),
        "moved": ("已迁出", "Has moved away"),
        "not_found": ("未见到本人", "Was not met"),
    },
    "quarter_how": {
        "visit": ("上门见面", "Met at home"),
        "phone": ("电话", "Phone"),
        "institution": ("机构核对", "Checked with the institution"),
        "records": ("部门数据核对", "Checked with records"),
    },
    "timed_kind": {"tekun.quarter": ("特困人员季度核实", "Quarterly verification of people in special difficulty")},
    "event": {
        "outreach.contacted": ("政策找人：已联系", "Outreach: contacted"),
        "outreach.refused": ("政策找人：暂不接受", "Outreach: refused for now"),
        "quarter_list.made": ("生成季度核实名单", "Quarterly list made"),
        "quarter_list.complete": ("季度核实完成", "Quarterly list complete"),
        "quarter_line.verified": ("季度核实", "Verified for the quarter"),
        "quarter_line.corrected": ("更正季度核实", "Quarterly verification corrected"),
    },
}
SENTENCES: dict[str, str] = {}
"""Message kind -> sentence of the inbox."""
