"""Words of feedback."""

from bangfu.errors import N_

SENTENCES = {
    "callback_missed": N_("The call-backs of {number} missed their quota: {done} of {quota} homes were reached."),
    "rating_low": N_("A home gave {stars} stars with words; please look at what it says."),
    "duty_not_kept": N_("A volunteer observed that a duty of care agreement {number} is not kept."),
}

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "feedback_kind": {"contract": ("采购合同", "Contract"), "agreement": ("照料协议", "Care agreement")},
    "callback_round_status": {
        "open": ("回访中", "Under way"),
        "met": ("已达标", "Quota met"),
        "missed": ("未达标", "Quota missed"),
    },
    "callback_status": {
        "open": ("待回访", "To be called"),
        "done": ("已回访", "Called"),
        "unreachable": ("未联系上", "Not reached"),
        "dropped": ("本季未回访", "Not called this quarter"),
    },
    "callback_action": {
        "try": ("登记联系情况", "note an attempt"),
        "answer": ("登记回访结果", "record the answers"),
        "give_up": ("登记未联系上", "note that nobody was reached"),
        "drop": ("结束", "end"),
    },
    "callback_origin": {"chosen": ("抽中", "Chosen"), "instead": ("替补", "Instead of another home")},
    "attempt_result": {
        "no_answer": ("无人接听", "No answer"),
        "switched_off": ("关机或停机", "Switched off"),
        "wrong_number": ("号码有误", "Wrong number"),
        "later": ("对方请改时间再打", "Asked to call later"),
        "declined": ("本人不愿接受回访", "Does not wish to talk"),
    },
    "spoken_with": {
        "person": ("服务对象本人", "The person"),
        "guardian": ("监护人", "The guardian"),
        "family": ("家属", "Family"),
    },
    "callback_answer": {"yes": ("是", "Yes"), "no": ("否", "No"), "unsure": ("说不清", "Unsure")},
    "callback_offer": {
        "danger": ("上报风险线索", "Report the danger"),
        "fee_demand": ("登记索要钱物投诉", "Enter a complaint: money was asked for"),
        "no_show": ("登记未到服务投诉", "Enter a complaint: nobody came"),
        "wrong_person": ("登记人员不符投诉", "Enter a complaint: somebody else came"),
    },
    "rating_source": {
        "self": ("本人评分", "The person"),
        "guardian": ("监护人评分", "The guardian"),
        "caller": ("回访评分", "In a call-back"),
    },
    "rating_stars": {
        "5": ("很满意", "Very good"),
        "4": ("满意", "Good"),
        "3": ("一般", "Fair"),
        "2": ("不满意", "Poor"),
        "1": ("很不满意", "Very poor"),
    },
    "observation_occasion": {
        "meal": ("陪餐", "Shared a meal"),
        "talk": ("谈心疏导", "Talked"),
        "visit": ("探访", "Visited"),
    },
    "duty_seen": {
        "kept": ("已履行", "Kept"),
        "partly": ("部分履行", "Partly"),
        "not_kept": ("未履行", "Not kept"),
        "not_seen": ("没看到", "Not seen"),
    },
    "timed_kind": {"callback.quota": ("完成季度回访", "Make the quarter's call-backs")},
    "event": {
        "callback_round.opened": ("开始季度回访", "Round of call-backs opened"),
        "callback_round.filled": ("抽取回访对象", "Homes put on the list of call-backs"),
        "callback_round.closed": ("季度回访结束", "Round of call-backs closed"),
        "callback.number_shown": ("查看回访电话", "Number shown for a call-back"),
        "callback.tried": ("登记回访联系情况", "Attempt of a call-back"),
        "callback.answered": ("登记回访结果", "Call-back made"),
        "callback.unreachable": ("回访未联系上", "Call-back: nobody reached"),
        "rating_code.printed": ("打印评分卡", "Cards for scores printed"),
        "rating.given": ("收到满意度评分", "Score given"),
        "rating.read": ("查看评分留言", "Words of a score read"),
        "process_observation.filed": ("提交过程观察", "Observation filed"),
    },
    "held_table": {
        "callback": ("电话回访", "Call-backs"),
        "callback_attempt": ("回访联系记录", "Attempts to call back"),
        "rating": ("满意度评分", "Scores"),
        "rating_code": ("评分卡", "Cards for scores"),
        "process_observation": ("过程观察", "Observations of volunteers"),
    },
}
