"""Codes of the mandatory report in Chinese and English."""

from bangfu.errors import N_

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "incident_status": {
        "reported": ("已报告待受理", "Reported, not yet read"),
        "acknowledged": ("已受理处置中", "Being handled"),
        "concluded": ("已办结", "Concluded"),
    },
    "incident_action": {
        "acknowledge": ("受理", "Take on"),
        "conclude": ("办结", "Conclude"),
        "reopen": ("重新处置", "Reopen"),
    },
    "incident_kind": {
        "violence": ("殴打虐待", "Beating or abuse"),
        "sexual": ("性侵害或性骚扰", "Sexual abuse or harassment"),
        "neglect": ("无人照料", "Neglect"),
        "abandonment": ("遗弃", "Abandonment"),
        "missing": ("失踪或离家出走", "Missing or run away"),
        "self_harm": ("自伤自杀", "Self-harm or suicide"),
        "trafficking": ("拐卖", "Trafficking"),
        "domestic_violence": ("家庭暴力", "Domestic violence"),
        "danger": ("面临其他危险", "Another danger"),
        "other": ("其他", "Something else"),
    },
    "incident_body": {
        "police": ("公安机关", "Police"),
        "civil_affairs": ("民政部门", "Civil affairs"),
        "education": ("教育部门", "Education authority"),
    },
    "incident_outcome": {
        "protected": ("已保护安全", "The child is safe"),
        "police_case": ("公安已立案", "The police opened a case"),
        "family_helped": ("家庭监护得到帮助", "The family is helped"),
        "moved_to_care": ("已转移安置", "The child was moved to care"),
        "not_confirmed": ("经查未属实", "Checked, not confirmed"),
    },
    "incident_reveal": {
        "rescue": ("救助处置", "To rescue or protect"),
        "police": ("配合公安", "To assist the police"),
        "review": ("复核办结", "To review the outcome"),
    },
    "timed_kind": {
        "incident.acknowledge": ("强制报告受理", "Take on a mandatory report"),
        "incident.police": ("强制报告报警", "Tell the police of a mandatory report"),
    },
    "event": {
        "incident.reported": ("强制报告", "Harm to a minor reported"),
        "incident.acknowledged": ("受理强制报告", "Report taken on"),
        "incident.concluded": ("强制报告办结", "Report concluded"),
        "incident.reopened": ("强制报告重新处置", "Report reopened"),
        "incident.noted": ("补充情况", "Words added"),
        "incident.notified": ("已告知有关部门", "An authority was told"),
        "incident.read": ("查看强制报告", "Report read"),
        "incident.revealed": ("显示未成年人身份", "The child's identity shown"),
    },
}
SENTENCES = {
    "incident": N_("Mandatory report {number}: a minor may be harmed. Take it on within {minutes} minutes."),
    "incident_concluded": N_("Mandatory report {number} was concluded."),
}
