"""Words for codes, sheets, calls and what is entered afterwards."""

from bangfu.errors import N_

_WHY = {
    "lost": ("遗失", "Lost"),
    "copied": ("被拍照或外传", "Copied or passed on"),
    "moved": ("搬迁", "The household moved"),
    "other": ("其他", "Other"),
}
_REVOKE = {**_WHY, "left": ("停止服务", "No longer served"), "wish": ("服务对象要求", "The household asked for it")}
_REPLACE = {**_WHY, "damaged": ("破损", "Damaged")}

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "home_code_status": {
        "printed": ("已打印待送达", "Printed, not handed over"),
        "handed_over": ("使用中", "In use"),
        "replaced": ("已换新", "Replaced"),
        "revoked": ("已作废", "Revoked"),
    },
    "home_code_action": {
        "print_again": ("重新打印", "print again"),
        "hand_over": ("登记送达", "note the handing over"),
        "confirm_place": ("确认同一住处", "confirm the home"),
        "replace": ("换新卡", "replace"),
        "revoke": ("作废", "revoke"),
    },
    "home_code_revoke": _REVOKE,
    "home_code_replace": _REPLACE,
    "home_code_reason": {**_REVOKE, **_REPLACE},
    "record_why": {
        "not_needed:self": ("不需要：本人能自理", "Not needed: does it alone"),
        "not_needed:family": ("不需要：家属已做", "Not needed: the family did it"),
        "not_needed:not_planned": ("不需要：本次未安排", "Not needed: not planned this time"),
        "not_needed:no_case": ("不需要：没有此情况", "Not needed: no such case"),
        "not_done:refused": ("未做：本人不愿意", "Not done: declined"),
        "not_done:unwell": ("未做：身体不适", "Not done: unwell"),
        "not_done:no_time": ("未做：时间不够", "Not done: no time left"),
        "not_done:no_material": ("未做：缺少物品", "Not done: nothing to do it with"),
        "not_done:unsafe": ("未做：不安全", "Not done: not safe"),
        "not_done:other": ("未做：其他", "Not done: other"),
    },
    "record_area": {
        "safety": ("安全", "Safety"),
        "health": ("健康", "Health"),
        "mood": ("情绪", "Mood"),
        "food": ("饮食", "Food"),
        "housing": ("居住", "Housing"),
        "family": ("家庭支持", "Family support"),
    },
    "record_finding": {
        "ok": ("正常", "Fine"),
        "attention": ("需关注", "Needs attention"),
        "urgent": ("紧急", "Urgent"),
    },
    "record_confirmation": {
        "signature": ("签字", "Signature"),
        "thumbprint_photo": ("按手印", "Thumbprint"),
        "voice": ("口头确认", "By word of mouth"),
        "witness": ("见证人证明", "By a witness"),
        "unable": ("无法确认", "Nobody could"),
    },
    "record_unable": {
        "bed_bound": ("卧床", "Bed-bound"),
        "illiterate": ("不识字", "Cannot read or write"),
        "confused": ("神志不清", "Confused"),
        "asleep": ("睡着", "Asleep"),
        "nobody_there": ("家中无他人", "Nobody else there"),
        "refused": ("不愿意", "Declined"),
        "unsafe": ("不安全", "Not safe"),
    },
    "visit_side": {"in": ("到达", "Arrival"), "out": ("离开", "Departure")},
    "desk_caller": {
        "home": ("用户家中电话", "A phone of the household"),
        "card": ("报出签到卡服务码", "Read out the code of the home's card"),
        "server": ("服务人员本人电话", "The carer's own phone"),
        "unknown": ("无法核对", "Cannot be checked"),
    },
    "call_reason": {
        "no_home_phone": ("家中没有电话", "No phone in the home"),
        "card_missing": ("家中没有签到卡", "No card in the home"),
        "power": ("停电或无信号", "No power or no signal"),
        "other": ("其他", "Other"),
    },
    "afterwards_reason": {
        "phone_broken": ("手机故障或没电", "Phone broken or empty"),
        "no_network": ("没有信号", "No network"),
        "no_smartphone": ("没有智能手机", "No smartphone"),
        "emergency": ("现场紧急情况", "Emergency on the spot"),
        "forgot": ("忘记签到签退", "Forgot to check in or out"),
        "system": ("系统故障", "Portal not reachable"),
        "other": ("其他", "Other"),
    },
    "attest_reason": {
        "present": ("本人在场", "I was there"),
        "called": ("当时电话核实过用户", "I called the household at the time"),
        "called_carer": ("当时电话核实过服务人员", "I called the carer at the time"),
        "other": ("其他", "Other"),
    },
    "claim_kind": {
        "afterwards": ("补录", "Entered afterwards"),
        "attested": ("负责人证明", "Attested by the supervisor"),
    },
    "afterwards_state": {
        "waiting": ("待审批", "Waits for approval"),
        "approved": ("已批准", "Approved"),
        "refused": ("未批准", "Refused"),
    },
    "refuse_reason": {
        "not_delivered": ("未实际服务", "Not delivered"),
        "shorter": ("时长不符", "Shorter than claimed"),
        "wrong_person": ("非本人服务", "Served by somebody else"),
        "items_missing": ("服务内容不全", "Items missing"),
        "no_evidence": ("缺少佐证", "No evidence"),
        "forged": ("弄虚作假", "Forged"),
        "other": ("其他", "Other"),
    },
    "timed_kind": {"visit.approval": ("补录审批", "Approve a visit entered afterwards")},
    "unpayable_reason": {"afterwards_share": ("超出补录可结算比例", "Above the payable share entered afterwards")},
    "event": {
        "home_code.printed": ("打印签到卡", "Card of the home printed"),
        "home_code.printed_again": ("重新打印签到卡", "Card of the home printed again"),
        "home_code.handed_over": ("签到卡已送达", "Card of the home handed over"),
        "home_code.place_confirmed": ("确认签到卡住处", "Card of the home confirmed"),
        "home_code.replaced": ("签到卡换新", "Card of the home replaced"),
        "home_code.revoked": ("签到卡作废", "Card of the home revoked"),
        "visit.code_read_out": ("告知电话验证码", "One-time code read out"),
        "visit.sheet_scanned": ("上传纸质记录扫描件", "Scan of a paper sheet kept"),
        "visit.afterwards_approved": ("批准补录", "Entry afterwards approved"),
        "visit.afterwards_refused": ("不批准补录", "Entry afterwards refused"),
    },
}
SENTENCES: dict[str, str] = {
    "visit_approved": N_("The entry afterwards of visit {number} was approved."),
    "visit_refused": N_("The entry afterwards of visit {number} was refused; its page says why."),
}
"""Message kind -> sentence of the inbox."""
