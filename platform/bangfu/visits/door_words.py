"""Words for the codes at the door, and the sentences of its messages."""

from bangfu.errors import N_

SENTENCES: dict[str, str] = {
    "visit_new_need": N_("Visit {number} noted a new need of the household."),
    "visit_urgent": N_("Visit {number} found something urgent. Please look at it now."),
    "visit_stopped": N_("Visit {number} was stopped for danger at the door. Please call the carer."),
}

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "door_method": {
        "gps": ("手机定位", "My phone's location"),
        "home_code": ("扫家中的服务码", "The card in the home"),
        "call_code": ("电话验证码", "A code by phone"),
        "explained": ("都不行，说明原因", "None of these works: say why"),
    },
    "proof_reason": {
        "by_phone": ("电话探访，不上门", "Served by phone, nobody went there"),
        "no_signal": ("没有定位信号", "No position to be had"),
        "wrong_pin": ("登记的位置不对", "The registered place is wrong"),
        "no_smartphone": ("没有智能手机", "No smartphone"),
        "elsewhere": ("在其他地点服务（如陪同就医）", "Served elsewhere, such as at a clinic"),
        "forgot": ("当时忘记了", "Forgotten at the time"),
        "left_early": ("提前离开", "Left early"),
        "other": ("其他", "Other"),
    },
    "line_answer": {
        "done": ("已做", "Done"),
        "not_needed": ("不需要", "Not needed"),
        "not_done": ("没做", "Not done"),
    },
    "line_reason": {
        "self": ("本人自己能做", "They manage by themselves"),
        "family": ("家人已做", "The family has done it"),
        "not_planned": ("本次未安排", "Not planned this time"),
        "no_case": ("没有这种情况", "Does not apply here"),
        "refused": ("本人不愿意", "They did not want it"),
        "unwell": ("本人身体不适", "They were not well"),
        "no_time": ("时间不够", "Not enough time"),
        "no_material": ("缺少用品", "Something was missing"),
        "unsafe": ("不安全", "It was not safe"),
        "other": ("其他（写在备注）", "Other (see the remarks)"),
    },
    "line_must": {
        "always": ("每次必答", "On each visit"),
        "semi": ("半自理、全护理必答", "From partial self-care on"),
        "full": ("全护理必答", "For full care"),
        "planned": ("有安排时填写", "When planned"),
        "never": ("选填", "Optional"),
    },
    "finding_area": {
        "safety": ("安全", "Safety"),
        "health": ("健康", "Health"),
        "mood": ("情绪", "Mood"),
        "food": ("饮食", "Food"),
        "housing": ("居住", "Housing"),
        "family": ("家庭支持", "Family support"),
    },
    "finding": {
        "ok": ("正常", "Fine"),
        "attention": ("需关注", "Needs attention"),
        "urgent": ("紧急", "Urgent"),
    },
    "confirmation": {
        "signature": ("手写签名", "Signature"),
        "thumbprint_photo": ("手印照片", "Photo of a thumbprint"),
        "sms_code": ("短信验证码", "Code by text message"),
        "voice": ("口头确认", "By word of mouth"),
        "witness": ("旁人见证", "A witness"),
        "unable": ("无法确认", "Unable to confirm"),
    },
    "unable_reason": {
        "bed_bound": ("卧床", "Bed-bound"),
        "illiterate": ("不识字且无人见证", "Cannot write, and nobody was there"),
        "confused": ("意识不清或失智", "Confused or demented"),
        "asleep": ("睡着了", "Asleep"),
        "nobody_there": ("家中无人", "Nobody was at home"),
        "refused": ("本人不愿意", "They did not want to"),
        "unsafe": ("不安全", "It was not safe"),
    },
    "danger_kind": {
        "violence": ("有人动手", "Violence"),
        "threat": ("威胁、骚扰", "Threats or harassment"),
        "dog": ("恶犬等动物", "A dog or another animal"),
        "gas_fire": ("燃气、火、电", "Gas, fire, electricity"),
        "illness": ("突发急病、受伤", "Sudden illness or injury"),
        "minor_harm": ("孩子可能受到伤害", "A child may be harmed"),
        "other": ("其他危险", "Other danger"),
    },
    "event": {
        "visit.confirm_code_sent": ("发送短信确认码", "Confirmation code sent"),
        "visit_form.drafted": ("起草清单", "Checklist drafted"),
        "visit_form.changed": ("修改清单草稿", "Draft of a checklist changed"),
        "visit_form.submitted": ("清单送审", "Checklist submitted"),
        "visit_form.published": ("发布清单", "Checklist published"),
        "visit_form.returned": ("清单退回修改", "Checklist returned"),
        "visit_form.retired": ("停用清单", "Checklist retired"),
    },
    "read_what": {
        "visit_picture": ("查看服务照片或签名", "Looking at a picture of a visit"),
    },
}
