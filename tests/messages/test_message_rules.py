"""When a message leaves, how often it is tried, what a channel may carry."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.app import prepare_features
from bangfu.errors import Refused
from bangfu.messages import rules
from bangfu.messages.rendering import render
from bangfu.messages.words import SENTENCES, sentence_of
from bangfu.shared import i18n
from bangfu.shared.clock import SHANGHAI

prepare_features()
MINUTES = st.integers(0, rules.DAY - 1)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
PERSONAL = {
    "name": "测试张三", "id": "990101199001010011", "phone": "13812345678", "address": "柳树村18号", "health": "抑郁",
    "spaced": "ND-000123 测试张三", "long": "ND-990101199001010011",
}  # fmt: skip
GOOD = {
    "number": "ND-000123",
    "need": "ND-000123",
    "service": "psych",
    "timed_kind": "need.confirm",
    "one_time_code": "123456",
}


def _hours(*clock: int) -> datetime:
    return datetime(2026, 11, 22, *clock, tzinfo=SHANGHAI)


@given(at=MOMENTS, start=MINUTES, end=MINUTES)
def test_quiet_hours_end_after_the_moment_within_a_day_and_at_their_end(at: datetime, start: int, end: int) -> None:
    until = rules.quiet_until(at, start, end)
    local = at.astimezone(SHANGHAI)
    minute = local.hour * 60 + local.minute
    inside = start <= minute < end if start <= end else minute >= start or minute < end
    assert (until is not None) == inside
    if until is not None:
        assert at < until <= at + timedelta(days=1)
        assert until.astimezone(SHANGHAI).hour * 60 + until.astimezone(SHANGHAI).minute == end
        assert rules.quiet_until(until, start, end) is None


@given(at=MOMENTS, minute=MINUTES)
def test_equal_minutes_mean_no_quiet_hours(at: datetime, minute: int) -> None:
    assert rules.quiet_until(at, minute, minute) is None


@pytest.mark.parametrize(
    ("clock", "ends"),
    [((20, 59), None), ((21, 0), (23, 7)), ((23, 59), (23, 7)), ((0, 0), (22, 7)), ((6, 59), (22, 7)), ((7, 0), None)],
)
def test_the_default_hours_span_midnight(clock: tuple[int, int], ends: tuple[int, int] | None) -> None:
    until = rules.quiet_until(_hours(*clock), rules.QUIET_FROM, rules.QUIET_TO)
    assert until == (datetime(2026, 11, *ends, tzinfo=SHANGHAI) if ends else None)


@given(attempts=st.integers(1, 20), chance=st.floats(0, 1, exclude_max=True))
def test_waits_grow_up_to_a_limit_and_end_with_the_eighth_try(attempts: int, chance: float) -> None:
    wait = rules.wait(attempts, chance)
    if attempts >= rules.MOST_ATTEMPTS:
        assert wait is None
        return
    assert wait is not None
    planned = min(rules.FIRST_WAIT * rules.WAIT_FACTOR ** (attempts - 1), rules.LONGEST_WAIT)
    assert planned * 0.8 <= wait <= planned * 1.2


def test_eight_tries_take_about_a_day() -> None:
    whole = sum((rules.wait(n, 0.5) or timedelta() for n in range(1, rules.MOST_ATTEMPTS)), timedelta())
    assert timedelta(hours=18) < whole < timedelta(hours=30)


def test_a_receiver_may_ask_for_a_longer_wait_but_not_for_ever() -> None:
    assert rules.wait(1, 0.5, timedelta(minutes=30)) == timedelta(minutes=30)
    assert rules.wait(1, 0.5, timedelta(days=30)) == rules.LONGEST_WAIT
    assert rules.wait(4, 0.5, timedelta(seconds=1)) == timedelta(minutes=64)


def test_a_delivery_is_broken_off_well_before_its_lease_ends() -> None:
    assert rules.DELIVERY_LIMIT * 2 < rules.LEASE


def test_what_arrived_never_moves_again() -> None:
    assert rules.MACHINE.ends(rules.STATES) == {"sent"}
    for action in rules.MACHINE.actions:
        with pytest.raises(Refused):
            rules.MACHINE.step("sent", action)


def _rendered(channel: str, kind: str, params: dict[str, object], lang: str) -> str:
    made = render(
        channel, uuid4(), kind, params, "/needs/1", portal="https://portal.example.org", lang=lang,
        occurred_at=datetime(2026, 11, 22, tzinfo=UTC),
    )  # fmt: skip
    return " ".join([made.subject, made.text, made.number, made.code, made.link, made.href])


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("channel", rules.CHANNELS)
@pytest.mark.parametrize("kind", sorted(SENTENCES))
def test_no_sentence_of_any_feature_carries_personal_data_out(kind: str, channel: str, lang: str) -> None:
    names = rules.placeholders(SENTENCES[kind]) | {"number", "service", "who"}
    for secret in PERSONAL.values():
        said = _rendered(channel, kind, dict.fromkeys(names, secret), lang)
        assert secret not in said
        assert "张三" not in said
        assert not re.search(r"\{|\d{10}", said)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("channel", rules.CHANNELS)
@pytest.mark.parametrize("kind", sorted(SENTENCES))
def test_every_sentence_says_something_with_its_number_and_in_the_persons_language(
    kind: str, channel: str, lang: str
) -> None:
    values = {name: GOOD.get(name, "5") for name in rules.placeholders(SENTENCES[kind])}
    said = _rendered(channel, kind, dict(values), lang)
    assert "{" not in said
    if "number" in values:
        assert "ND-000123" in said
    assert bool(re.search("[一-鿿]", said)) == (lang == "zh")


@given(params=st.dictionaries(st.sampled_from(["number", "service", "deadline", "who", "n"]), st.text(max_size=30)))
def test_whatever_a_parameter_holds_only_numbers_and_codes_pass(params: dict[str, str]) -> None:
    for channel in rules.CHANNELS:
        for name, text in rules.carried(channel, params).items():
            assert name in rules.CARRIES[channel]
            assert re.fullmatch(r"[A-Za-z0-9 .:_T-]{1,40}", text)
            assert not re.search(r"[0-9]{10}", text)


def test_a_text_message_names_the_number_but_not_the_service() -> None:
    params: dict[str, object] = {"number": "A-000007", "service": "psych", "deadline": "2026-11-23 10:00"}
    assert "心理疏导" in _rendered("email", "offer", params, "zh")
    said = _rendered("sms", "offer", params, "zh")
    assert "心理" not in said
    assert "A-000007" in said
    assert "2026-11-23 10:00" in said


def test_what_is_feared_of_a_household_stays_in_the_portal() -> None:
    told = _rendered("email", "incident", {"number": "QB-000001", "minutes": 60}, "en")
    assert "Urgent: please open QB-000001" in told
    assert "minor" not in told
    assert rules.is_urgent("incident")
    assert "timed_kind" not in rules.carried("email", {"timed_kind": "incident.take_on"})
    assert "child" not in _rendered("email", "child_red", {}, "en").lower()
    assert "withdrew" not in _rendered("wecom", "consent_withdrawn", {"number": "HH-000001"}, "en")


def test_a_code_of_some_catalogue_is_not_taken_for_a_one_time_code() -> None:
    params: dict[str, object] = {"code": "123456", "number": "ND-000001"}
    for channel in rules.CHANNELS:
        assert "123456" not in _rendered(channel, "accepted", params, "en")


def test_an_odd_href_leads_to_the_start_page() -> None:
    for href in ("//evil.example", "https://evil.example", "/a b", "/姓名", "javascript:x", ""):
        made = render(
            "email", uuid4(), "test", {}, href, portal="https://p.example", lang="en", occurred_at=datetime.now(UTC)
        )
        assert made.link == "https://p.example/"


def test_the_inbox_shows_the_whole_sentence_with_words_for_codes() -> None:
    former = i18n.current()
    i18n.use("zh")
    try:
        said = sentence_of("offer", {"number": "A-1", "service": "psych", "deadline": "x"})
    finally:
        i18n.use(former)
    assert "心理疏导" in said
