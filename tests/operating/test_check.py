"""`bangfu check`: each check is made to fail once; warnings end with 0, errors with 1; nothing is made on the way."""

import json
import os
import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pyotp
import pytest

from bangfu.accounts import factors
from bangfu.accounts.factor_rules import PRIVILEGED
from bangfu.operating import actions, database_checks, host_checks
from bangfu.operating.checking import all_answers, answers, run_check
from bangfu.operating.findings import Answered, Check, Finding, Ground, ok, warning, worst
from bangfu.settings import Operating, Outgoing, Settings
from bangfu.shared import audit, i18n, jobs
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now
from bangfu.shared.crypto import encrypt, load_keys
from bangfu.shared.database import DB, transaction
from bangfu.supervision.tables import SupervisionTask
from tests.support import World


@pytest.fixture
def ground(tmp_path: Path, keys: Path) -> Ground:
    """A folder and keys in order."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o750)
    shutil.copy(keys, folder / "keys.json")
    return Ground(Settings(data=folder), now())


async def run(sql: str) -> None:
    assert DB.pool is not None
    await DB.pool.execute(sql)


def says(found: Finding, level: str, word: str) -> None:
    assert found.level == level, found
    assert word in found.message
    assert found.advice or level == "ok"


async def test_folders_and_keys_in_order_are_fine(ground: Ground) -> None:
    found = await answers(host_checks.CHECKS, ground)
    assert [(one.check, one.finding.level) for one in found if one.finding.level != "ok"] == []


async def test_the_data_folder_is_missing_or_open_to_all(ground: Ground) -> None:
    ground.settings.data.chmod(0o777)
    says(await host_checks.data_folder(ground), "error", "may write")
    gone = replace(ground, settings=Settings(data=ground.settings.data / "nowhere"))
    says(await host_checks.data_folder(gone), "error", "missing")


async def test_the_key_file_is_open_damaged_or_missing(ground: Ground) -> None:
    file = ground.settings.keys
    file.chmod(0o644)
    says(await host_checks.key_file(ground), "error", "read by others")
    file.chmod(0o600)
    file.write_text('{"current": "a", "encryption": {}}')
    says(await host_checks.key_file(ground), "error", "damaged")
    file.unlink()
    says(await host_checks.key_file(ground), "error", "missing")
    assert not file.exists()


async def test_a_key_of_more_than_a_year_is_told(ground: Ground) -> None:
    says(await host_checks.key_age(replace(ground, at=now() + timedelta(days=366))), "warning", "days old")
    document = json.loads(ground.settings.keys.read_text())
    document["made"] = {document["current"]: (now() - timedelta(days=400)).isoformat()}
    ground.settings.keys.write_text(json.dumps(document))
    says(await host_checks.key_age(ground), "warning", "days old")


@pytest.mark.parametrize(
    ("total", "free", "level"),
    [(100, 50, "ok"), (100, 9, "warning"), (15, 1.9, "warning"), (1000, 9, "error"), (10, 0.1, "error")],
)
async def test_a_full_disk(
    total: float, free: float, level: str, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil._ntuple_diskusage(int(total * 1024**3), 0, int(free * 1024**3))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    says(await host_checks.disk(ground), level, "left" if level != "ok" else "free")


async def test_an_old_or_missing_backup(ground: Ground, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    ground = replace(ground, settings=replace(ground.settings, operating=Operating(backups=folder)))
    says(await host_checks.backup(ground), "error", "cannot be read")
    folder.mkdir()
    says(await host_checks.backup(ground), "error", "no backup")
    (folder / "one").write_text("x")
    says(await host_checks.backup(ground), "ok", "hours old")
    old = (now() - timedelta(hours=30)).timestamp()
    os.utime(folder / "one", (old, old))
    says(await host_checks.backup(ground), "error", "hours old")


class Answering(threading.Thread):
    """A server on this machine that answers one connection after the other with what it was given."""

    def __init__(self, lines: list[bytes], context: ssl.SSLContext | None = None) -> None:
        super().__init__(daemon=True)
        self.lines, self.context = lines, context
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.socket.getsockname()[1])
        self.heard: list[bytes] = []
        self.start()

    def run(self) -> None:
        try:
            line, _ = self.socket.accept()
            with line:
                if self.context is not None:
                    line = self.context.wrap_socket(line, server_side=True)
                for text in self.lines:
                    line.sendall(text)
                    self.heard.append(line.recv(1000))
        except (OSError, ssl.SSLError):
            return

    def close(self) -> None:
        self.socket.close()
        self.join(timeout=10)


@pytest.mark.parametrize(
    ("lines", "level", "code"),
    [
        ([b"220 here\r\n", b"250-here\r\n250 HELP\r\n", b"221 bye\r\n"], "ok", ""),
        ([b"554 go away\r\n"], "error", "smtp_554"),
        ([b""], "error", "smtp_broken_off"),
    ],
)
async def test_the_mail_server_is_greeted_and_nothing_is_sent(
    lines: list[bytes], level: str, code: str, ground: Ground
) -> None:
    with closing(Answering(lines)) as server:
        url = f"smtp://127.0.0.1:{server.port}?tls=none"
        outgoing = Outgoing(smtp_url=url, mail_from="Bangfu <bangfu@example.org>")
        found = await host_checks.mail(replace(ground, settings=replace(ground.settings, outgoing=outgoing)))
    assert (found.level, found.params.get("code", "")) == (level, code)
    assert not any(word in b"".join(server.heard) for word in (b"MAIL", b"RCPT", b"DATA"))


async def test_a_mail_server_that_is_not_there_or_set_wrongly(ground: Ground) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"smtp://127.0.0.1:{probe.getsockname()[1]}?tls=none"
    outgoing = Outgoing(smtp_url=url, mail_from="bangfu@example.org")
    found = await host_checks.mail(replace(ground, settings=replace(ground.settings, outgoing=outgoing)))
    assert found.params["code"] == "unreachable"
    wrong = Outgoing(smtp_url="http://secret:word@x", mail_from="bangfu@example.org")
    found = await host_checks.mail(replace(ground, settings=replace(ground.settings, outgoing=wrong)))
    says(found, "error", "set wrongly")
    assert "secret" not in str(found.params)


def _certificate(folder: Path, days: int) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate of its own for localhost that ends in so many days."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=100)).not_valid_after(now() + timedelta(days=days, hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / f"certificate{days}.pem"
    own = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )  # fmt: skip
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + own)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, file


@pytest.mark.parametrize(("days", "level", "word"), [(90, "ok", "good for"), (10, "warning", "ends in"),
                                                     (-2, "error", "has expired")])  # fmt: skip
async def test_the_certificate_of_the_public_address(
    days: int, level: str, word: str, ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, file = _certificate(tmp_path, days)
    with closing(Answering([], context)) as server:
        there = replace(ground.settings, public_url=f"https://localhost:{server.port}")
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        says(await host_checks.certificate(replace(ground, settings=there)), level, word)


async def test_a_certificate_that_nobody_trusts_and_an_address_that_nobody_reaches(
    ground: Ground, tmp_path: Path
) -> None:
    context, _ = _certificate(tmp_path, 90)
    with closing(Answering([], context)) as server:
        there = replace(ground, settings=replace(ground.settings, public_url=f"https://localhost:{server.port}"))
        says(await host_checks.certificate(there), "error", "not trusted")
    says(await host_checks.certificate(there), "warning", "cannot be reached")
    plain = replace(ground, settings=replace(ground.settings, public_url="http://portal.example.org"))
    says(await host_checks.certificate(plain), "warning", "not https")


@pytest.mark.database
async def test_a_database_in_order_lacks_only_its_worker(ground: Ground, database: str) -> None:
    await run("DELETE FROM division WHERE code LIKE '99%'")
    found = {one.check: one.finding.level for one in await answers(database_checks.CHECKS, ground)}
    assert {check for check, level in found.items() if level != "ok"} == {"worker"}
    assert len(found) == len(database_checks.CHECKS)
    await actions.beat(uuid4(), now())
    says(await database_checks.worker(ground), "ok", "are there")
    await run("UPDATE worker_beat SET beat_at = now() - interval '2 minutes'")
    says(await database_checks.worker(ground), "error", "No worker")


async def test_a_schema_that_does_not_fit_ends_what_needs_it(ground: Ground, database: str) -> None:
    await run("INSERT INTO migration (name, app_name, ran_on) VALUES ('2999-01-01', 'bangfu', now())")
    says(await database_checks.schema(ground), "error", "newer schema")
    await run("DELETE FROM migration WHERE name = '2999-01-01'")
    await run("DELETE FROM migration WHERE name = (SELECT max(name) FROM migration)")
    found = await answers(database_checks.CHECKS, ground)
    assert [one.check for one in found] == ["database", "clock", "schema"]
    says(found[-1].finding, "error", "older schema")


@pytest.mark.parametrize(("apart", "level"), [(-3.0, "ok"), (10.0, "warning"), (-10.0, "warning"), (90.0, "error")])
async def test_a_clock_that_goes_wrong(
    apart: float, level: str, ground: Ground, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    right = time.time
    monkeypatch.setattr(database_checks, "time", type("Wrong", (), {"time": staticmethod(lambda: right() + apart)}))
    assert (await database_checks.clock(ground)).level == level


async def test_an_old_server_another_encoding_and_a_missing_time_zone(ground: Ground, database: str) -> None:
    told = database_checks.server_finding
    says(told(140011, "14.11", "UTF8", knows=True), "error", "too old")
    says(told(170002, "17.2", "LATIN1", knows=True), "error", "not as UTF8")
    says(told(170002, "17.2", "UTF8", knows=False), "error", "time zone")
    assert (await database_checks.server(ground)).level == "ok"


async def test_a_key_that_values_need_is_not_there(ground: Ground, world: World, keys: Path) -> None:
    await SupervisionTask(
        number="T-1", kind="review", subject_type="need", subject=uuid4(), title_enc=encrypt("text", "place"),
        division=world["officer"].scope.ljust(12, "0"),
    ).save()  # fmt: skip
    says(await database_checks.keys_in_use(ground), "ok", "key file")
    document = json.loads(ground.settings.keys.read_text())
    document["encryption"] = {"aaaaaa": document["encryption"][document["current"]]}
    document["current"] = "aaaaaa"
    ground.settings.keys.write_text(json.dumps(document))
    try:
        says(await database_checks.keys_in_use(ground), "error", "not in the key file")
    finally:
        load_keys(keys)


async def test_a_year_without_working_days(ground: Ground, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import date

    monkeypatch.setattr(database_checks, "today", lambda: date(2099, 5, 5))
    says(await database_checks.calendar(ground), "error", "not in the calendar")


async def test_jobs_that_wait_and_jobs_that_failed(ground: Ground, database: str) -> None:
    await jobs.enqueue("match", {}, SYSTEM)
    says(await database_checks.jobs(ground), "ok", "stuck")
    await run("UPDATE job SET status = 'failed', finished_at = now()")
    says(await database_checks.jobs(ground), "warning", "failed")
    await run("UPDATE job SET status = 'running', lease_until = now() - interval '16 minutes'")
    says(await database_checks.jobs(ground), "warning", "waited")
    await run("UPDATE job SET status = 'queued', created_at = now() - interval '16 minutes'")
    says(await database_checks.jobs(ground), "warning", "waited")


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE audit_event SET reason = 'x' WHERE seq = 240",
        "DELETE FROM audit_event WHERE seq = 240",
        "DELETE FROM audit_event WHERE seq = 250",
    ],
)
async def test_the_end_of_the_audit_trail_was_changed(harm: str, ground: Ground, database: str) -> None:
    async with transaction():
        await audit.record_all(SYSTEM, [audit.Entry("tested", "nothing", uuid4()) for _ in range(250)])
    says(await database_checks.audit_tail(ground), "ok", "hold")
    await run("ALTER TABLE audit_event DISABLE TRIGGER ALL")
    await run(harm)
    says(await database_checks.audit_tail(ground), "error", "broken")


async def test_the_demo_beside_real_people(ground: Ground, world: World) -> None:
    says(await database_checks.made_up_data(ground), "error", "demo's data")
    demo = replace(ground, settings=replace(ground.settings, demo=True))
    says(await database_checks.made_up_data(demo), "warning", "made up")


async def test_privileged_people_without_a_second_factor(ground: Ground, world: World) -> None:
    alone = await database_checks.second_factors(ground)
    says(alone, "warning", "second factor")
    privileged = [actor for actor in world.cast.values() if actor.roles & PRIVILEGED]
    assert alone.params["n"] == len(privileged)
    at = now()
    for actor in privileged:
        await factors.begin(actor, at)
        await factors.confirm(actor, pyotp.TOTP(await factors.begun_secret(actor) or "").at(at), at)
    assert (await database_checks.second_factors(ground)).level == "ok"
    off = replace(ground, settings=replace(ground.settings, second_factor="off"))
    says(await database_checks.second_factors(off), "warning", "switched off")


async def test_a_check_that_breaks_off_hides_no_other(ground: Ground) -> None:
    async def broken(_: Ground) -> Finding:
        raise ValueError("990101197003077777")

    async def fine(_: Ground) -> Finding:
        return ok("ok")

    found = await answers((Check("broken", broken), Check("fine", fine)), ground)
    assert [one.finding.level for one in found] == ["error", "ok"]
    assert "9901" not in str(found)


def test_the_gravest_finding_decides() -> None:
    assert worst([]) == "ok"
    assert worst([Answered("a", warning("a", "b")), Answered("b", ok("c"))]) == "warning"


@pytest.fixture
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    for name in ("DATABASE_URL", "BANGFU_KEYS", "BANGFU_DEMO", "PORT", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BANGFU_DATA", str(tmp_path / "nothing"))
    yield monkeypatch
    i18n.use("zh")


def test_without_a_deployment_it_says_so_and_makes_nothing(surroundings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said: list[str] = []
    surroundings.setenv("LANG", "zh_CN.UTF-8")
    assert run_check(said.append, as_json=True) == 1
    document = json.loads(said[0])
    assert document["level"] == "error"
    levels = {one["check"]: one for one in document["checks"]}
    assert levels["data_folder"]["level"] == levels["database"]["level"] == "error"
    assert levels["data_folder"]["text"].startswith("数据目录")
    assert not (tmp_path / "nothing").exists()
    surroundings.setenv("LANG", "C.UTF-8")
    said.clear()
    assert run_check(said.append) == 1
    assert any(line.startswith("ERROR") and "is missing" in line for line in said)


def test_wrong_settings_are_the_first_and_only_answer(surroundings: pytest.MonkeyPatch) -> None:
    surroundings.setenv("BANGFU_METRICS", "everywhere")
    (only,) = all_answers()
    assert (only.check, only.finding.level) == ("settings", "error")
