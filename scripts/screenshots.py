"""Takes an artifact folder; writes a picture of every page at phone and desktop width. Judges none of them."""

from __future__ import annotations

import argparse
import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, sync_playwright

from api.app import create_app
from api.settings import Settings
from matcher.domain.errors import MissingFile
from matcher.engine.artifacts import load
from scripts.demo import SAMPLE_NOW, demo_alumni

SIZES = {"phone": (360, 740), "desktop": (1280, 800)}
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def main() -> int:
    """Take the pictures that the command line asks for; return 0."""
    parser = argparse.ArgumentParser(prog="screenshots", description="Picture every page at phone and desktop width.")
    parser.add_argument("--artifact", type=Path, default=Path("build/demo"), metavar="DIR", help="artifact folder")
    parser.add_argument(
        "--to", type=Path, default=Path("build/screenshots"), metavar="DIR", help="folder of the pictures"
    )
    arguments = parser.parse_args()
    settings = Settings(artifact=arguments.artifact, now=Settings().now or SAMPLE_NOW)
    arguments.to.mkdir(parents=True, exist_ok=True)
    with _served(settings) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
        for name, path in _pages(settings).items():
            _picture(browser, address + path, name, arguments.to)
        browser.close()
    print(f"{len(list(arguments.to.glob('*.png')))} pictures in {arguments.to}")
    return 0


def _pages(settings: Settings) -> dict[str, str]:
    people = list(demo_alumni(load(settings.artifact, cache_folder=settings.cache)).values())
    slates = {f"slate-{one.alumnus_id}": f"/coba?alumnus={one.alumnus_id}" for one in people}
    english = {"slate-en": f"/coba?alumnus={people[0].alumnus_id}&lang=en"} if people else {}
    fixed = {"home": "/", "sign-in": "/masuk", "sign-in-staff": "/masuk/petugas", "register": "/daftar",
        "register-code": "/daftar/kode", "forgotten": "/lupa", "try": "/coba", "style": "/gaya", "docs": "/docs",
        "missing": "/tidak-ada"}  # fmt: skip
    return {**fixed, **slates, **english}


def _picture(browser: Browser, address: str, name: str, folder: Path) -> None:
    for size, (width, height) in SIZES.items():
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto(address)
            page.screenshot(path=folder / f"{name}-{size}-{scheme}.png", full_page=True)
            page.close()


@contextmanager
def _served(settings: Settings) -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(settings), log_config=None))
        serving = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        serving.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            serving.join()


def _chromium() -> str:
    found = shutil.which("chromium")
    if found is None:
        raise MissingFile("chromium: not on this machine; install it (Debian: apt-get install chromium)")
    return found


if __name__ == "__main__":
    sys.exit(main())
