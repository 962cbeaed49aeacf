"""Words of the township's consent (DOMAIN.md 8.11)."""

from bangfu.errors import N_

SENTENCES = {
    "co_approval_asked": N_("{n} needs are to go to the agency that runs the station; please agree or refuse."),
    "co_approval_approved": N_("The township agreed to {n} offers to the agency that runs the station."),
    "co_approval_refused": N_("The township refused {n} offers to the agency that runs the station."),
}

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "co_approval_status": {
        "asked": ("待镇街同意", "Waits for the township"),
        "approved": ("镇街已同意", "Township agreed"),
        "refused": ("镇街不同意", "Township refused"),
        "lapsed": ("已失效", "Lapsed"),
    },
    "co_approval_action": {
        "approve": ("同意", "Agree"),
        "refuse": ("不同意", "Refuse"),
        "lapse": ("失效", "Let it lapse"),
    },
    "co_approval_event": {
        "co_approval.asked": ("提请镇街同意", "Asked the township"),
        "co_approval.approved": ("镇街同意", "Township agreed"),
        "co_approval.refused": ("镇街不同意", "Township refused"),
        "co_approval.lapsed": ("需求已变化，申请失效", "Lapsed, the need has changed"),
    },
    "co_approval_reason": {
        "other_provider": ("应由其他机构承接", "Another provider should take it"),
        "too_many": ("派给该机构的任务已偏多", "The agency has too many tasks already"),
        "quality": ("该机构服务质量待核实", "The agency's quality is in question"),
        "unclear": ("需求情况不清", "The need is not clear"),
        "other": ("其他", "Other"),
    },
    "co_approval_list": {
        "asked": ("待同意", "To decide"),
        "decided": ("已答复", "Answered"),
        "all": ("全部", "All"),
    },
}
