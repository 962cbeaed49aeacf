"""Words of draws in Chinese and English."""

from bangfu.errors import N_

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "draw_status": {
        "open": ("待交承诺值", "Waits for hashes"),
        "closed": ("名单已封存，待揭示", "List closed, waits for secrets"),
        "drawn": ("已抽取", "Drawn"),
        "void": ("本轮作废", "Void"),
    },
    "draw_action": {
        "commit": ("提交承诺值", "Give the hash"),
        "close": ("封存名单", "Close the list"),
        "reveal": ("揭示秘密值", "Give the secret"),
        "draw": ("抽取", "Draw"),
        "give_up": ("声明作废", "Give the round up"),
        "end": ("到期作废", "End the round"),
    },
    "draw_kind": {
        "month": ("月度抽查", "Monthly draw"),
        "second": ("二次抽查", "Second draw"),
    },
    "draw_side": {
        "bureau": ("民政局", "Bureau"),
        "auditor": ("纪检审计", "Auditor"),
        "both": ("双方", "Both sides"),
    },
    "draw_void": {
        "not_committed": ("未按时提交承诺值", "No hash in time"),
        "not_revealed": ("未按时揭示秘密值", "No secret in time"),
        "lost": ("秘密值遗失", "Secret lost"),
        "not_mine": ("承诺值非本人提交", "Hash not given by its holder"),
        "empty": ("当月无服务记录", "Nothing was submitted"),
    },
    "draw_origin": {
        "regular": ("随机抽取", "Random"),
        "urgent": ("紧急需求，全部检查", "Urgent: all are checked"),
        "flagged": ("异常记录加抽", "Flagged: more are drawn"),
        "afterwards": ("补录加抽", "Entered afterwards: three times the rate"),
        "second": ("二次抽查", "Second draw"),
        "full": ("虚假记录，全面检查", "Forgery: everything is checked"),
        "redraw": ("无法联系，顺位补抽", "In place of an unreachable one"),
        "survey": ("评估抽查", "Survey, random"),
    },
    "draw_population": {
        "visits": ("上门服务", "Visits"),
        "surveys": ("入户调查评估", "Surveys"),
    },
    "timed_kind": {
        "draw.stuck": ("抽查：多轮作废，落实提交人员", "Draw: rounds fail, name people who give hash and secret"),
        "draw.commit_bureau": ("抽查：民政局提交承诺值", "Draw: the bureau's hash"),
        "draw.commit_auditor": ("抽查：纪检审计提交承诺值", "Draw: the auditor's hash"),
        "draw.reveal_bureau": ("抽查：民政局揭示秘密值", "Draw: the bureau's secret"),
        "draw.reveal_auditor": ("抽查：纪检审计揭示秘密值", "Draw: the auditor's secret"),
    },
    "event": {
        "draw.opened": ("抽查开始", "Draw opened"),
        "draw.committed": ("提交承诺值", "Hash given"),
        "draw.replaced": ("更换承诺值", "Hash replaced"),
        "draw.list_closed": ("封存合同名单", "Contract's list closed"),
        "draw.closed": ("名单封存", "Lists closed"),
        "draw.revealed": ("揭示秘密值", "Secret given"),
        "draw.list_drawn": ("完成合同抽取", "Contract drawn"),
        "draw.drawn": ("完成抽取", "Drawn"),
        "draw.void": ("本轮抽查作废", "Round void"),
        "draw.redrawn": ("顺位补抽", "Redrawn"),
        "draw.exhausted": ("无可补抽", "Nobody left to redraw"),
        "draw.second_ordered": ("启动二次抽查", "Second draw ordered"),
        "draw.full_ordered": ("启动全面检查", "Full check ordered"),
        "draw_pool.added": ("加入检查人员库", "Added to the pool"),
        "draw_pool.removed": ("移出检查人员库", "Taken out of the pool"),
    },
}
SENTENCES: dict[str, str] = {
    "draw_committed": N_(
        "Draw {draw}: the hash of this side was given: {draw_side}. If it is yours and you did not give it, say so now."
    ),
    "draw_closed": N_("Draw {draw}: the lists are closed. Please give your secret by {deadline}."),
    "draw_void": N_("Draw {draw}: a round failed ({draw_void}, {draw_side}). A new one needs new secrets from both."),
    "draw_made": N_("Draw {draw} is made: {n} to be checked. Secrets, lists and result are public."),
}
"""Message kind -> sentence of the inbox."""
