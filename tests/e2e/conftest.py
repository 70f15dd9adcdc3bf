"""A real server process and a real browser: Debian's Chromium through playwright."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from api.settings import Settings
from matcher.domain.records import Certificate
from matcher.simulate.market_files import write_market
from matcher.simulate.parameters import MarketParameters
from tests.e2e.firms import FIRM, open_employer
from tests.e2e.market import COURSES, build_market
from tests.e2e.people import COOK, GUARD, OFFICE, OFFICER, PASSWORD, PIN, enrol, open_staff
from tests.world import NOW

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WAIT_SECONDS = 60

Opener = Callable[..., Page]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server process over the kitchen market."""
    folder = tmp_path_factory.mktemp("market")
    artifact = build_market(folder)
    write_market(MarketParameters(n_alumni=1_000), folder / "events", seed=3)
    port = _free_port()
    settings = {
        "ARTIFACT": artifact.folder, "CACHE": artifact.cache_folder, "PORT": port, "NOW": NOW.isoformat(),
        "DATABASE_URL": f"sqlite:///{folder / 'padan.db'}", "KEYS": folder / "keys",
        "PUBLIC_URL": f"http://127.0.0.1:{port}", "EVENTS": folder / "events", "REGISTERS": folder / "registers",
    }  # fmt: skip
    environment = os.environ | {f"PADAN_{name}": str(value) for name, value in settings.items()}
    log = folder / "serve.log"
    with log.open("wb") as told:
        command = [sys.executable, "-m", "scripts.cli", "serve"]
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=told, stderr=told)
        try:
            _wait_until_ready(f"http://127.0.0.1:{port}", server, log)
            seeded = Settings(database_url=str(settings["DATABASE_URL"]), keys=folder / "keys")
            enrol(seeded, COOK, Certificate(COURSES[0]["title"], "c-cook", evidence="passed"), ("32", "32.73"), "SMA")
            enrol(seeded, GUARD, Certificate(COURSES[1]["title"], "c-guard"), ("95", "95.01"), "SMA")
            open_staff(seeded, "counter", OFFICER, province_code="32")
            open_staff(seeded, "pmo", OFFICE)
            open_employer(seeded, FIRM)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=WAIT_SECONDS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; where it is missing the tests are skipped, but fail with ``CI=true``."""
    chromium = shutil.which("chromium")
    if chromium is None:
        missing = "chromium is missing: apt-get install chromium"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Opener]:
    """Open a path of the site in a fresh browser context; keywords are those of the context. Scripts are off."""
    contexts = []

    def open_path(path: str, **options: Any) -> Page:
        context = browser.new_context(**{"java_script_enabled": False, **options})
        contexts.append(context)
        page = context.new_page()
        page.goto(site + path)
        return page

    yield open_path
    for context in contexts:
        context.close()


def sign_in(page: Page, site: str, phone: str) -> None:
    """Sign somebody in on the page."""
    page.goto(site + "/masuk")
    page.get_by_label("Nomor telepon", exact=True).fill(phone)
    page.get_by_label("PIN").fill(PIN)
    page.get_by_role("button", name="Masuk").click()


def sign_in_staff(page: Page, site: str, name: str = OFFICER) -> None:
    """Sign somebody in who works with us; the officer of the counter where nobody else is named."""
    page.goto(site + "/masuk/petugas")
    page.get_by_label("Nama akun").fill(name)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_ready(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    give_up_at = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < give_up_at and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/health/ready", timeout=WAIT_SECONDS).close()
        except urllib.error.HTTPError as refusal:
            pytest.fail(f"the server is not ready: {refusal.read().decode()}")
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the server did not come up: {log.read_text(encoding='utf-8')}")
