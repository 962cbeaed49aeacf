"""Each channel towards a real server: what it sends, what it makes of every answer, where it refuses to go."""

import hashlib
import hmac
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from bangfu.errors import SetupError
from bangfu.messages.channels import http
from bangfu.messages.channels.base import Channel, DeliveryError, Permanent, Rendered, Temporary
from bangfu.messages.channels.offered import made_of
from bangfu.messages.channels.sms import SmsGateway
from bangfu.messages.channels.smtp import Email, Server, server_of
from bangfu.messages.channels.webhook import Webhook
from bangfu.messages.channels.wecom import WeCom
from bangfu.settings import Outgoing, Settings
from tests.messages.conftest import SECRET
from tests.messages.sinks import Mailbox, Receiver, answered, certificate, listening, server_context

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
MESSAGE = Rendered(
    id=UUID("11111111-2222-4333-8444-555555555555"), kind="need_confirmed", subject="帮扶平台：ND-000123",
    text="需求ND-000123已确认。", link="https://portal.example.org/needs", href="/needs", occurred_at=AT,
    lang="zh-CN", number="ND-000123",
)  # fmt: skip


async def _fails(channel: Channel, kind: type[DeliveryError], code: str, address: str = "x") -> DeliveryError:
    with pytest.raises(kind) as caught:
        await channel.deliver(address, MESSAGE)
    assert caught.value.code == code
    return caught.value


# Webhook -----------------------------------------------------------------------------------------------------------
async def test_a_receiver_can_check_who_sent_what_and_when() -> None:
    async with listening(Receiver()) as receiver:
        hook = Webhook(f"{receiver.url}/in?tenant=7", SECRET, clock=lambda: AT)
        await hook.deliver("officer-7", MESSAGE)
        await hook.deliver("officer-7", MESSAGE)
    first, second = receiver.requests
    assert first.path == "/in?tenant=7"
    assert first.document == {
        "id": str(MESSAGE.id), "event": "need_confirmed", "number": "ND-000123", "href": "/needs",
        "occurred_at": "2026-11-22T04:00:00+00:00", "recipient": "officer-7",
    }  # fmt: skip
    signed = f"{int(AT.timestamp())}.".encode() + first.body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert first.headers["x-bangfu-timestamp"] == str(int(AT.timestamp()))
    assert first.headers["x-bangfu-signature"] == f"sha256={expected}"
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == str(MESSAGE.id)


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (500, Temporary, "http_500"), (503, Temporary, "http_503"), (429, Temporary, "http_429"),
        (408, Temporary, "http_408"), (401, Temporary, "http_401"), (404, Permanent, "http_404"),
        (400, Permanent, "http_400"), (422, Permanent, "http_422"), (302, Permanent, "redirected"),
    ],
)  # fmt: skip
async def test_an_answer_says_whether_another_try_makes_sense(
    status: int, kind: type[DeliveryError], code: str
) -> None:
    async with listening(Receiver(answers=[(status, {})])) as receiver:
        await _fails(Webhook(receiver.url, SECRET), kind, code)


async def test_a_redirect_is_not_followed() -> None:
    async with listening(Receiver()) as elsewhere, listening(Receiver()) as receiver:
        receiver.answers = [answered(307, {}, f"Location: {elsewhere.url}/")]
        await _fails(Webhook(receiver.url, SECRET), Permanent, "redirected")
    assert elsewhere.requests == []


async def test_a_receiver_may_ask_to_wait() -> None:
    async with listening(Receiver(answers=[answered(429, {}, "Retry-After: 120")])) as receiver:
        error = await _fails(Webhook(receiver.url, SECRET), Temporary, "http_429")
    assert isinstance(error, Temporary)
    assert error.after == timedelta(minutes=2)


async def test_slow_endless_and_broken_answers_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(Receiver(answers=["hang"])) as receiver:
        begun = time.monotonic()
        with pytest.raises(Temporary, match="timeout"):
            await http.request(receiver.url, limit=0.3)
        assert time.monotonic() - begun < 2
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (http.MOST_BYTES + 1)
    async with listening(Receiver(answers=[endless, b"hello\r\n\r\n", b""])) as receiver:
        await _fails(Webhook(receiver.url, SECRET), Temporary, "answer_too_long")
        await _fails(Webhook(receiver.url, SECRET), Temporary, "bad_answer")
        await _fails(Webhook(receiver.url, SECRET), Temporary, "bad_answer")
    await _fails(Webhook(receiver.url, SECRET), Temporary, "unreachable")


@pytest.mark.parametrize(
    "place",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1",
        "::1", "::", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "ff02::1",
    ],
)  # fmt: skip
def test_private_and_special_addresses_are_not_of_the_open_net(place: str) -> None:
    assert not http.is_open(place)


def test_public_addresses_are_of_the_open_net() -> None:
    assert http.is_open("8.8.8.8")
    assert http.is_open("2400:3200::1")


async def test_a_name_that_leads_into_a_private_network_is_refused_unless_the_operator_says_so() -> None:
    await _fails(Webhook("https://10.255.255.1/", SECRET), Permanent, "private_address")
    await _fails(Webhook("https://169.254.169.254/latest", SECRET), Permanent, "private_address")
    async with listening(Receiver()) as receiver:
        inner = f"https://127.0.0.2:{receiver.port}/"
        await _fails(Webhook(inner, SECRET), Permanent, "private_address")
        error = await _fails(Webhook(inner, SECRET, private=True), Temporary, "unreachable")
        assert error.code != "private_address"


async def test_https_needs_a_certificate_that_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = certificate(tmp_path)
    async with listening(Receiver(), server_context(file)) as receiver:
        hook = Webhook(receiver.url.replace("http:", "https:"), SECRET)
        await _fails(hook, Temporary, "tls")
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        await hook.deliver("officer-7", MESSAGE)
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "ftp://example.org", "https://", "https://user:pw@example.org/", "https://a b/", "x",
     "https://example.org/#x", "http://127.0.0.1.example.org/", "https://example.org:99999/"],
)  # fmt: skip
def test_only_https_or_this_machine_is_taken_as_an_address(url: str) -> None:
    with pytest.raises(SetupError, match="BANGFU_WEBHOOK_URL"):
        made_of(Outgoing(webhook_url=url, webhook_secret=SECRET))


# E-mail ------------------------------------------------------------------------------------------------------------
async def test_starttls_is_demanded_and_the_password_never_goes_in_clear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certificate(tmp_path)
    async with listening(Mailbox(starttls=server_context(file), user="u")) as box:
        email = Email(Server("127.0.0.1", box.port, "starttls", "u", "pw"), ("", "b@example.org"))
        await _fails(email, Temporary, "tls", "a@example.org")
        assert not box.signed_in
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        await email.deliver("a@example.org", MESSAGE)
    assert (box.secured, box.signed_in) == ([True], True)
    async with listening(Mailbox(user="u")) as plain:
        email = Email(Server("127.0.0.1", plain.port, "starttls", "u", "pw"), ("", "b@example.org"))
        await _fails(email, Temporary, "smtp_no_starttls", "a@example.org")
    assert (plain.mails, plain.signed_in) == ([], False)


async def test_tls_from_the_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    async with listening(Mailbox(), server_context(file)) as box:
        email = Email(server_of(f"smtps://127.0.0.1:{box.port}"), ("帮扶平台", "b@example.org"))
        await email.deliver("a@example.org", MESSAGE)
    (mail,) = box.mails
    assert mail["Subject"] == MESSAGE.subject
    assert mail["Message-ID"] == f"<{MESSAGE.id}@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().splitlines() == [MESSAGE.text, "", MESSAGE.link]


@pytest.mark.parametrize(
    "url",
    ["smtp://mail.example.org?tls=none", "http://x", "smtp://", "smtp://h:port", "mail.example.org", "smtp://h?tls=x"],
)
def test_an_unsafe_or_odd_mail_server_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(SetupError) as caught:
        server_of(url)
    assert "example.org?tls" not in str(caught.value)


def test_a_mail_servers_address_is_read_with_its_usual_ports() -> None:
    assert server_of("smtps://u%40x:p%2Fw@mail.example.org") == Server("mail.example.org", 465, "tls", "u@x", "p/w")
    assert server_of("smtp://mail.example.org") == Server("mail.example.org", 587, "starttls")
    assert server_of("smtp://127.0.0.1?tls=none").port == 25


# Text messages -----------------------------------------------------------------------------------------------------
async def test_a_text_message_goes_as_a_signed_template() -> None:
    async with listening(Receiver(usual={"code": 0})) as receiver:
        gateway = SmsGateway(f"{receiver.url}/send", "app", SECRET, "T-1", "T-2", clock=lambda: AT)
        await gateway.deliver("+8619912345678", MESSAGE)
        await gateway.deliver("+8619912345678", replace(MESSAGE, code="123456"))
    first, second = receiver.requests
    assert first.document == {
        "app_key": "app", "template_id": "T-1", "phone": "19912345678", "params": {"text": MESSAGE.text},
        "request_id": str(MESSAGE.id), "timestamp": str(int(AT.timestamp())),
    }  # fmt: skip
    expected = hmac.new(SECRET.encode(), f"{int(AT.timestamp())}.".encode() + first.body, hashlib.sha256).hexdigest()
    assert first.headers["x-signature"] == f"sha256={expected}"
    assert (second.document["template_id"], second.document["params"]) == ("T-2", {"code": "123456"})


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        ({"code": "INVALID_PHONE"}, Permanent, "sms_invalid_phone"), ({"code": "BUSY"}, Temporary, "sms_busy"),
        ({"code": 1002}, Temporary, "sms_1002"), ({"code": "phone 19912345678"}, Temporary, "sms_other"),
        ({"code": "19912345678"}, Temporary, "sms_other"), ({}, Temporary, "sms_other"), ([], Temporary, "bad_answer"),
    ],
)  # fmt: skip
async def test_a_gateways_code_decides_and_never_carries_a_number_into_the_outbox(
    answer: object, kind: type[DeliveryError], code: str
) -> None:
    async with listening(Receiver(answers=[(200, answer)])) as receiver:
        await _fails(SmsGateway(receiver.url, "app", SECRET, "T-1"), kind, code, "+8619912345678")


async def test_a_repeat_that_the_gateway_knows_counts_as_sent() -> None:
    async with listening(Receiver(answers=[(200, {"code": "DUPLICATE"})])) as receiver:
        await SmsGateway(receiver.url, "app", SECRET, "T-1").deliver("+8619912345678", MESSAGE)
    assert len(receiver.requests) == 1


# WeCom -------------------------------------------------------------------------------------------------------------
TOKEN = (200, {"errcode": 0, "errmsg": "ok", "access_token": "first", "expires_in": 7200})
OTHER = (200, {"errcode": 0, "errmsg": "ok", "access_token": "second", "expires_in": 7200})
SENT = (200, {"errcode": 0, "errmsg": "ok", "invaliduser": ""})


class _Clock:
    at = AT

    def __call__(self) -> datetime:
        return self.at


def _wecom(receiver: Receiver, clock: _Clock | None = None) -> WeCom:
    return WeCom(receiver.url, "corp", "1000002", "s3cret", clock=clock or _Clock())


async def test_a_card_goes_to_the_user_id_with_a_token_that_is_kept() -> None:
    async with listening(Receiver(answers=[TOKEN, SENT, SENT])) as receiver:
        wecom = _wecom(receiver)
        await wecom.deliver("zhangsan", MESSAGE)
        await wecom.deliver("zhangsan", replace(MESSAGE, id=uuid4()))
    asked, first, second = (request.path for request in receiver.requests)
    assert asked == "/cgi-bin/gettoken?corpid=corp&corpsecret=s3cret"
    assert first == second == "/cgi-bin/message/send?access_token=first"
    document = receiver.requests[1].document
    assert (document["touser"], document["msgtype"], document["agentid"]) == ("zhangsan", "textcard", 1000002)
    assert document["textcard"] == {
        "title": MESSAGE.subject, "description": MESSAGE.text, "url": MESSAGE.link,
    }  # fmt: skip
    assert document["enable_duplicate_check"] == 1


async def test_a_token_is_fetched_anew_before_it_ends_and_when_it_is_refused() -> None:
    refused = (200, {"errcode": 42001, "errmsg": "access_token expired"})
    clock = _Clock()
    async with listening(Receiver(answers=[TOKEN, refused, OTHER, SENT, TOKEN, SENT])) as receiver:
        wecom = _wecom(receiver, clock)
        await wecom.deliver("zhangsan", MESSAGE)
        clock.at = AT + timedelta(minutes=116)
        await wecom.deliver("zhangsan", MESSAGE)
    used = [request.path.rpartition("=")[2] for request in receiver.requests]
    assert used == ["s3cret", "first", "s3cret", "second", "s3cret", "first"]


async def test_a_token_that_stays_refused_is_a_matter_of_waiting() -> None:
    refused = (200, {"errcode": 40014, "errmsg": "invalid access_token"})
    async with listening(Receiver(answers=[TOKEN, refused, OTHER, refused])) as receiver:
        await _fails(_wecom(receiver), Temporary, "wecom_40014")
    assert len(receiver.requests) == 4


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        ({"errcode": -1}, Temporary, "wecom_-1"), ({"errcode": 45009}, Temporary, "wecom_45009"),
        ({"errcode": 60020}, Temporary, "wecom_60020"), ({"errcode": 60111}, Permanent, "wecom_60111"),
        ({"errcode": 81013}, Permanent, "wecom_81013"),
        ({"errcode": 0, "invaliduser": "zhangsan"}, Permanent, "wecom_invalid_user"),
        ({"errcode": "zhangsan"}, Temporary, "bad_answer"), ({}, Temporary, "bad_answer"),
    ],
)  # fmt: skip
async def test_wecoms_code_says_whether_another_try_makes_sense(
    answer: dict[str, object], kind: type[DeliveryError], code: str
) -> None:
    async with listening(Receiver(answers=[TOKEN, (200, answer)])) as receiver:
        await _fails(_wecom(receiver), kind, code, "zhangsan")


async def test_a_wrong_secret_keeps_the_message_for_later() -> None:
    async with listening(Receiver(answers=[(200, {"errcode": 40001})])) as receiver:
        await _fails(_wecom(receiver), Temporary, "wecom_40001")


# Settings ----------------------------------------------------------------------------------------------------------
def test_nothing_set_means_nothing_offered() -> None:
    assert made_of(Outgoing()) == {}


def test_a_channel_set_by_half_is_one_sentence_at_the_start() -> None:
    halves = [
        Outgoing(smtp_url="smtp://mail.example.org"), Outgoing(webhook_url="https://example.org/"),
        Outgoing(sms_url="https://example.org/", sms_key="k"), Outgoing(wecom_corp="c", wecom_secret="s"),
        Outgoing(webhook_url="https://example.org/", webhook_secret="short"),
        Outgoing(wecom_corp="c", wecom_secret="s", wecom_agent="x"),
        Outgoing(smtp_url="smtp://mail.example.org", mail_from="nobody"),
    ]  # fmt: skip
    for half in halves:
        with pytest.raises(SetupError, match="BANGFU_"):
            made_of(half)


def test_settings_come_from_the_environment_secrets_also_from_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n")
    values = {
        "BANGFU_SMTP_URL": "smtps://u:p@mail.example.org", "BANGFU_MAIL_FROM": "b@example.org",
        "BANGFU_WEBHOOK_URL": "https://example.org/hook", "BANGFU_WEBHOOK_SECRET_FILE": str(file),
        "BANGFU_SMS_URL": "https://sms.example.org/", "BANGFU_SMS_KEY": "k", "BANGFU_SMS_SECRET": SECRET,
        "BANGFU_SMS_TEMPLATE": "T-1", "BANGFU_WECOM_CORP": "c", "BANGFU_WECOM_AGENT": "7", "BANGFU_WECOM_SECRET": "s",
        "BANGFU_PUBLIC_URL": "https://portal.example.org/",
    }  # fmt: skip
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings = Settings.from_environment()
    assert sorted(made_of(settings.outgoing)) == ["email", "sms", "webhook", "wecom"]
    assert settings.public_url == "https://portal.example.org"
    assert settings.outgoing.webhook_secret == SECRET
    assert SECRET not in repr(settings)
    assert "u:p" not in repr(settings)
    monkeypatch.setenv("BANGFU_WEBHOOK_SECRET_FILE", str(tmp_path / "gone"))
    with pytest.raises(SetupError, match="BANGFU_WEBHOOK_SECRET_FILE"):
        Settings.from_environment()
