"""Words of the household's page."""

from bangfu.errors import N_

SENTENCES = {
    "family_away": N_("The household says that visit {number} is not convenient. This is no excuse yet: please call."),
    "family_home": N_("The household says that somebody is at home for visit {number} after all."),
}
WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "family_card_status": {
        "printed": ("有效", "Valid"),
        "blocked": ("密码错误次数过多，已停用", "Closed after too many wrong PINs"),
        "replaced": ("已换新卡", "Replaced"),
        "revoked": ("已作废", "Revoked"),
    },
    "family_card_revoke": {
        "lost": ("卡片遗失", "Lost"),
        "copied": ("被他人拍照或知晓", "Copied or known to others"),
        "left": ("不再接受服务", "Not served any more"),
        "wish": ("家庭要求停用", "The household wishes so"),
        "other": ("其他", "Other"),
    },
    "family_card_replace": {
        "lost": ("卡片遗失", "Lost"),
        "copied": ("被他人拍照或知晓", "Copied or known to others"),
        "damaged": ("卡片损坏", "Damaged"),
        "expired": ("到期或已停用", "Expired or closed"),
        "other": ("其他", "Other"),
    },
    "family_card_reason": {
        "lost": ("卡片遗失", "Lost"),
        "copied": ("被他人拍照或知晓", "Copied or known to others"),
        "damaged": ("卡片损坏", "Damaged"),
        "expired": ("到期或已停用", "Expired or closed"),
        "left": ("不再接受服务", "Not served any more"),
        "wish": ("家庭要求停用", "The household wishes so"),
        "other": ("其他", "Other"),
    },
    "family_answer": {
        "home": ("有人在家", "Somebody is at home"),
        "away": ("不方便", "Not convenient"),
    },
    "family_wish": {
        "time": ("换个时间", "Another time"),
        "person": ("换个人来", "Another person"),
        "stop": ("以后不用来了", "No more visits"),
    },
    "family_part": {"morning": ("上午", "Morning"), "afternoon": ("下午", "Afternoon")},
    "family_outcome": {
        "moved": ("已调整时间", "Moved to another time"),
        "other_person": ("已换人", "Another person comes"),
        "stopped": ("已停止服务", "The visits were stopped"),
        "called": ("已电话商定", "Settled by phone"),
        "kept": ("无法调整，按原计划进行", "Not possible, it stays as planned"),
    },
    "family_wish_list": {
        "open": ("待处理", "Open"),
        "done": ("已答复", "Answered"),
        "all": ("全部", "All"),
    },
    "family_wish_status": {"open": ("待处理", "Open"), "done": ("已答复", "Answered")},
    "timed_kind": {"family.wish": ("答复家庭提出的调整要求", "Answer what a household asks for")},
    "event": {
        "family_card.printed": ("打印家庭查询卡", "Card of the household's page printed"),
        "family_card.printed_again": ("重新打印家庭查询卡", "Card of the household's page printed again"),
        "family_card.replaced": ("家庭查询卡换新", "Card of the household's page replaced"),
        "family_card.revoked": ("家庭查询卡作废", "Card of the household's page revoked"),
        "family_card.blocked": ("家庭查询卡停用：密码错误次数过多", "Card of the household's page closed: wrong PINs"),
        "visit.family_home": ("家庭确认：有人在家", "The household: somebody is at home"),
        "visit.family_away": ("家庭反映：不方便", "The household: not convenient"),
        "family_wish.asked": ("家庭提出调整要求", "The household asked for a change"),
        "family_wish.done": ("答复家庭调整要求", "The household's wish was answered"),
        "carer_photo.kept": ("保存服务人员照片", "Picture of a carer kept"),
        "carer_photo.removed": ("删除服务人员照片", "Picture of a carer deleted"),
    },
}
