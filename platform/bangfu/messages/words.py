"""The sentences of the inbox; they carry numbers and links, no personal data. And the words of deliveries.

Features add their own sentences at start (app.py). A parameter that is named after a group of words (`service`) is
shown by its word.
"""

from collections.abc import Mapping

from bangfu.errors import N_
from bangfu.shared import i18n

SENTENCES = {
    "offer": N_("New task {number}: {service}. Please answer by {deadline}."),
    "accepted": N_("Task {number} was accepted."),
    "declined": N_("Task {number} was declined; the next alternative is ready for your decision."),
    "expired": N_("Task {number} was not answered in time; the next alternative is ready for your decision."),
    "expired_server": N_("The time to answer task {number} is over; the offer has ended."),
    "cancelled": N_("Task {number} was cancelled by the station."),
    "completed": N_("Task {number} is completed: its need was closed."),
    "withdrawn": N_("Task {number} was withdrawn and needs somebody else."),
    "need_confirmed": N_("Need {number} was confirmed."),
    "need_rejected": N_("Need {number} was rejected; the reason stands on its page."),
    "run_done": N_("Match run {number} is ready: {served} of {needs} needs have a proposal."),
    "run_failed": N_("Match run {number} failed; its page says why."),
    "test": N_("This is a test message: this is how the portal's messages reach you."),
    "address_code": N_("Your code is {one_time_code}. It counts for 15 minutes; pass it on to nobody."),
    "password_code": N_(
        "Your code for a new password is {one_time_code}. It counts for 20 minutes; pass it on to nobody."
    ),
    "password_reset": N_(
        "The password of your account was set anew. If that was not you, tell your administrator at once."
    ),
    "second_factor_set": N_(
        "An authenticator was set up for your account. If that was not you, tell your administrator."
    ),
    "second_factor_removed": N_(
        "The authenticator of your account was removed. If that was not you, tell your administrator at once."
    ),
    "recovery_code_used": N_("A recovery code of your account was used. If that was not you, tell your administrator."),
}
SHORT = {"offer": N_("New task {number}. Please answer by {deadline}.")}
"""What a channel says that may not carry every parameter of the sentence itself."""
URGENT = N_("Urgent: please open {number} in the portal at once.")
"""What is said outside of urgent kinds whose own sentence stays in the portal (rules.RESERVED)."""
GENERAL = (
    N_("There is something new about {number} in the portal."),
    N_("There is something new for you in the portal."),
)
"""What it says where it may carry none of the above."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "channel": {
        "email": ("电子邮件", "E-mail"),
        "wecom": ("企业微信", "WeCom"),
        "sms": ("短信", "Text message"),
        "webhook": ("对接系统", "Connected system"),
    },
    "delivery_status": {
        "queued": ("待发送", "Waiting"),
        "sending": ("发送中", "Being sent"),
        "sent": ("已发送", "Sent"),
        "failed": ("发送失败，稍后重试", "Failed, tried again later"),
        "given_up": ("已停止重试", "Given up"),
    },
    "delivery_action": {
        "claim": ("取出发送", "Take up"),
        "deliver": ("送达", "Deliver"),
        "fail": ("记录失败", "Note a failure"),
        "give_up": ("停止重试", "Give up"),
        "retry": ("重新发送", "Send again"),
    },
    "delivery_error": {
        "timeout": ("对方超时未应答", "No answer in time"),
        "unreachable": ("无法连接对方服务器", "The other side cannot be reached"),
        "tls": ("加密连接失败", "No secure connection"),
        "bad_answer": ("对方应答无法识别", "An answer that cannot be read"),
        "answer_too_long": ("对方应答过长", "An answer that is too long"),
        "redirected": ("对方要求跳转，已拒绝", "The other side redirects, which is not followed"),
        "private_address": ("地址指向内部网络，已拒绝", "The address lies in a private network"),
        "no_address": ("接收人已停用此渠道", "The recipient no longer uses this channel"),
        "account_closed": ("接收人账号已停用", "The recipient's account is closed"),
        "not_configured": ("此渠道已不再提供", "The channel is no longer set up"),
        "code_over": ("验证码已过期或已更换", "The code has run out or was replaced"),
        "worker_lost": ("发送进程多次中断", "The worker broke off again and again"),
        "unexpected": ("程序错误，见运行日志", "A fault of the program, see its log"),
        "smtp_later": ("邮件服务器暂不接收", "The mail server does not take it now"),
        "smtp_refused": ("邮件服务器拒收", "The mail server refuses it"),
        "http_code": ("对方服务器返回错误", "The other side's server reports an error"),
        "sms_code": ("短信网关返回错误", "The text message gateway reports an error"),
        "wecom_code": ("企业微信返回错误", "WeCom reports an error"),
        "smtp_broken_off": ("邮件服务器中断会话", "The mail server broke off"),
        "smtp_no_starttls": ("邮件服务器不支持加密", "The mail server offers no encryption"),
        "wecom_invalid_user": ("企业微信账号无效", "WeCom does not know the account"),
    },
    "event": {
        "delivery.retried": ("重新发送消息", "Delivery started again"),
        "account.channel_set": ("登记消息接收地址", "Address for messages entered"),
        "account.channel_confirmed": ("验证消息接收地址", "Address for messages confirmed"),
        "account.channel_removed": ("删除消息接收地址", "Address for messages removed"),
    },
}


def sentence_of(kind: str, params: Mapping[str, object]) -> str:
    """The sentence in the current language, whole, as the inbox shows it; codes are shown by their words."""
    return filled(SENTENCES[kind], params)


def filled(sentence: str, params: Mapping[str, object]) -> str:
    """A sentence with its parameters, in the current language; codes are shown by their words."""
    return i18n.sentence(sentence, {name: i18n.word(name, value) for name, value in params.items()})
