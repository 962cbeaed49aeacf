"""The words of codes that the answers about a plan use: what-if runs, easings, comparisons (docs/decisions/0049)."""

from bangfu.errors import N_

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "run_kind": {
        "match": ("匹配", "Match run"),
        "what_if": ("假设测算", "What-if"),
    },
    "why_binds": {
        "only": (
            "没有其他人员符合该需求的全部条件。",
            "Nobody else keeps all the rules for this need.",
        ),
        "cheapest": (
            "符合条件的人员中没有代价更低的。",
            "Nobody who may serve this need costs less.",
        ),
    },
    "easing": {
        "distance": ("服务距离", "Distance"),
        "capacity": ("个人工时", "Carer's hours"),
        "households": ("服务户数", "Households"),
        "organisation": ("机构工时", "Organisation's hours"),
        "line_visits": ("合同次数", "Contract visits"),
        "line_fen": ("合同金额", "Contract money"),
        "limit_visits": ("镇街额度", "Township's quota"),
        "limit_fen": ("专项资金上限", "Cap of the special fund"),
        "need_weekday": ("家庭服务日", "The household's days"),
        "carer_weekday": ("人员服务日", "The carer's days"),
        "qualification": ("资质", "Qualification"),
        "gender": ("性别要求", "Sex asked for"),
        "line": ("新增合同服务项", "A new contract line"),
    },
    "change_kind": {
        "moved": ("更换人员", "Another carer"),
        "gained": ("新增承接", "Newly served"),
        "lost": ("不再承接", "No longer served"),
        "only_before": ("仅在前一任务", "Only in the first run"),
        "only_after": ("仅在后一任务", "Only in the second run"),
    },
    "use_band": {
        "none": ("没有任务", "no work"),
        "low": ("50% 以下", "under 50 %"),
        "middle": ("50%–75%", "50–75 %"),
        "high": ("75%–90%", "75–90 %"),
        "full": ("90% 以上", "90 % or more"),
    },
}
SENTENCES = {
    "what_if_done": N_("What-if run {number} is ready: it would serve {served} of {needs} needs. It changes nothing."),
}
