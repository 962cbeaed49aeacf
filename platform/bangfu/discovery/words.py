"""Codes of discovery in Chinese and English (DOMAIN.md 8.1; 12345: PRODUCT.md B)."""

from bangfu.errors import N_

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "report_status": {
        "collected": ("信息收集", "Collected"),
        "matched": ("数据比对", "Compared"),
        "verified": ("核实评估", "Verified"),
        "reviewed": ("集中会审", "Jointly reviewed"),
        "intervening": ("预警干预", "Intervening"),
        "cleared": ("预警解除", "Cleared"),
        "informed": ("政策告知", "Household told"),
        "rejected": ("不予受理", "Rejected"),
        "duplicate": ("重复线索", "Duplicate"),
    },
    "report_action": {
        "match": ("完成比对", "Finish the comparison"),
        "merge": ("并入另一线索", "Merge into another report"),
        "answer": ("答复来电人", "Answer the caller"),
        "verify": ("核实属实", "Confirm after the visit"),
        "not_confirm": ("未能核实", "Not confirmed by the visit"),
        "emergency": ("先行救助", "Aid first, papers later"),
        "review": ("登记会审", "Record the joint review"),
        "intervene": ("下达处方", "Issue the prescription"),
        "file_papers": ("补办手续", "File the papers"),
        "propose_clearing": ("提请解除", "Propose the clearing"),
        "return_clearing": ("退回继续干预", "Send back to the intervention"),
        "clear": ("确认解除", "Confirm the clearing"),
        "inform": ("告知家庭", "Tell the household"),
        "reopen": ("重新启动", "Reopen the report"),
        "reject": ("不予受理", "Reject the report"),
        "appeal": ("登记申诉", "Record the appeal"),
    },
    "report_source": {
        "grid_worker": ("网格员", "Grid worker"),
        "aide": ("救助协理员", "Assistance aide"),
        "hotline": ("12345热线", "Hotline 12345"),
        "window": ("服务窗口", "Service window"),
        "school": ("学校", "School"),
        "hospital": ("医院", "Hospital"),
        "volunteer": ("志愿者", "Volunteer"),
        "neighbour": ("邻里", "Neighbour"),
        "self": ("本人或家属", "The person or the family"),
        "data_comparison": ("数据比对", "Data comparison"),
    },
    "hotline_kind": {
        "consult": ("咨询", "Question"),
        "help": ("求助", "Call for help"),
        "complaint": ("投诉", "Complaint"),
        "report": ("举报", "Accusation"),
        "suggestion": ("意见建议", "Suggestion"),
    },
    "report_need": {
        "living": ("基本生活", "Basic living"),
        "medical": ("就医", "Medical treatment"),
        "care": ("照料护理", "Care"),
        "child": ("儿童关爱", "Care for a child"),
        "mental": ("心理支持", "Mental support"),
        "disability": ("残疾帮扶", "Help with a disability"),
        "education": ("就学", "Schooling"),
        "employment": ("就业", "Work"),
        "housing": ("住房安全", "Safe housing"),
        "disaster": ("急难灾害", "Sudden hardship or disaster"),
        "legal": ("法律援助", "Legal aid"),
        "other": ("其他", "Other"),
    },
    "event": {
        "report.collected": ("登记线索", "Report taken in"),
    },
}
SENTENCES: dict[str, str] = {
    "report_next": N_("Report {number} waits for your step."),
}
"""Message kind -> sentence of the inbox."""
