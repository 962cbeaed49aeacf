"""An outside scanner over a demo of its own, once without an account and once as every role: `make scan`.

It sends what an attacker would to every page and form that it finds; only this machine is scanned. The report of each
role stands in build/scan; what was looked at and found harmless stands in accepted_findings.json with its reason.
Exit 0: nothing open; 1: something open.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from tests.foundation.test_serving import free_port

HERE = Path(__file__).resolve().parent
OUT = HERE.parents[1] / "build" / "scan"
MODULES = (
    "cookieflags", "crlf", "csp", "csrf", "exec", "file", "http_headers", "methods", "permanentxss", "redirect", "sql",
    "ssrf", "timesql", "upload", "xss", "xxe",
)  # fmt: skip
"""Guessing passwords has tests of its own; a demo on loopback has no certificate."""
ROLES = (
    "", "coordinator", "officer", "dispatcher", "manager1", "caregiver1", "socialworker", "volunteer1", "gridworker",
    "childdirector", "childsupervisor", "liaison", "assessor1", "bureau", "lead", "finance", "auditor", "admin",
)  # fmt: skip


@contextmanager
def demo(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A demo with a data folder of its own: its address, and the password of every account."""
    port = free_port()
    environment = {**os.environ, "BANGFU_DATA": str(folder), "PORT": str(port), "HOST": "127.0.0.1"}
    environment.pop("DATABASE_URL", None)
    process = subprocess.Popen([sys.executable, "-m", "bangfu.cli", "demo"], env=environment, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            with suppress(httpx.TransportError):
                if httpx.get(f"{url}/healthz").status_code == 200:
                    break
            if process.poll() is not None:
                sys.exit("The demo did not start.")
            time.sleep(0.5)
        yield url, json.loads((folder / "demo-accounts.json").read_text())["passwords"]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def session(url: str, name: str, password: str) -> dict[str, str]:
    """The cookies of a signed-in browser."""
    with httpx.Client(base_url=url) as browser:
        browser.get("/signin")
        form = {"username": name, "password": password, "_csrf_token": browser.cookies["bangfu_csrf"]}
        browser.post("/signin", data=form)
        return dict(browser.cookies)


def still_in(url: str, cookies: dict[str, str]) -> bool:
    """Whether the scanner's session still opens the portal."""
    return httpx.get(f"{url}/inbox", cookies=cookies).status_code == 200


def scanned(tool: str, url: str, name: str, cookies: dict[str, str], seconds: int) -> dict[str, Any]:
    """The scanner's report as one role."""
    report = OUT / f"{name or 'nobody'}.json"
    with tempfile.TemporaryDirectory() as kept:
        asked = [
            tool, "-u", f"{url}/", "--scope", "domain", "-m", ",".join(MODULES), "-f", "json", "-o", str(report),
            "--max-scan-time", str(seconds), "--max-attack-time", str(max(20, seconds // 8)), "--no-bugreport",
            "--store-session", kept, "--store-config", kept, "--tasks", "4", "-d", "6", "--flush-session",
            "-x", f"{url}/signout*", "-x", f"{url}/static/*",
        ]  # fmt: skip
        if cookies:
            jar, usual = Path(kept) / "cookies.json", {"expires": None, "secure": False, "port": None, "version": 0}
            jar.write_text(
                json.dumps({"127.0.0.1": {"/": {key: {"value": value, **usual} for key, value in cookies.items()}}})
            )
            asked += ["-C", str(jar)]
        subprocess.run(asked, check=False, timeout=seconds * 3 + 120, stdout=subprocess.DEVNULL)
    return dict(json.loads(report.read_text()))


def told(report: dict[str, Any]) -> Iterator[str]:
    """Each finding once, without the values that were tried."""
    for group in ("vulnerabilities", "anomalies"):
        for kind, found in report.get(group, {}).items():
            yield from sorted(
                {f"{kind}: {one['method']} {one['path']} [{one.get('parameter') or ''}]" for one in found}
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tool", default="wapiti")
    parser.add_argument("--roles", nargs="*", default=list(ROLES))
    parser.add_argument("--seconds", type=int, default=150, help="at most for each role")
    chosen = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    accepted: dict[str, str] = json.loads((HERE / "accepted_findings.json").read_text())
    opened = 0
    with tempfile.TemporaryDirectory() as name, demo(Path(name).resolve() / "data") as (url, passwords):
        Path(name).chmod(0o755)
        for role in chosen.roles:
            cookies = session(url, role, passwords[role]) if role else {}
            report = scanned(chosen.tool, url, role, cookies, chosen.seconds)
            if role and not still_in(url, cookies):
                print(f"{role}: was signed out on the way, some pages were not seen", flush=True)
            pages = report.get("infos", {}).get("crawled_pages_nbr", 0)
            lines = list(told(report))
            print(f"{role or 'nobody'}: {pages} pages, {len(lines)} findings", flush=True)
            for line in lines:
                reason = next((why for start, why in accepted.items() if line.startswith(start)), "")
                opened += not reason
                print(f"  {line}: {reason or 'OPEN'}", flush=True)
    sys.exit(1 if opened else 0)


if __name__ == "__main__":
    main()
