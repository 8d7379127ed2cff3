"""Take the pictures of README and guide from a fresh demo, in both languages: ``make pictures``."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.run import chromium  # noqa: E402

GUIDE = ROOT / "docs" / "guide"
README = ROOT / "docs" / "images"
LOGIN, PASSWORD = "claire@delorme-finch.example", "relance-demo"
LOCALES = {"en": "en-GB", "fr": "fr-FR"}
#: The pages that need no more than their address; ``docs/guide/*/pages.md`` shows them.
PAGES = {
    "board": "/deals/board/",
    "deals": "/deals/",
    "deal": "/deals/1/",
    "leads": "/leads/",
    "people": "/people/",
    "organizations": "/organizations/",
    "activities": "/activities/",
    "day": "/activities/day/",
    "mail": "/mail/",
    "mailbox": "/mail/caught/",
    "automations": "/automations/",
    "templates": "/automations/templates/",
    "template": "/automations/templates/rate-organization/",
    "runs": "/automations/runs/",
    "notifications": "/notifications/",
    "search": "/search/?q=hotel",
    "bin": "/bin/",
    "account": "/account/",
    "settings": "/settings/",
    "access": "/settings/automations/",
    "pipelines": "/settings/pipelines/",
    "labels": "/settings/labels/",
    "users": "/users/",
}


def main() -> None:
    """Serve a demo of its own on a free port and photograph it."""
    with tempfile.TemporaryDirectory() as directory:
        environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{directory}/demo.sqlite3",
            "RELANCE_VAR": directory,
            "PYTHONUNBUFFERED": "1",
        }
        command = [sys.executable, "-m", "relance", "demo", "--port", "0"]
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
                _photograph(browser, _address(server))
        finally:
            server.terminate()
            server.wait(20)


def _address(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    for line in server.stdout:
        if found := re.search(r"http://\S+", line):
            return found.group()
    raise SystemExit("the demo did not start")


def _photograph(browser: Browser, address: str) -> None:
    for language, locale in LOCALES.items():
        context = browser.new_context(
            base_url=address, locale=locale, viewport={"width": 1280, "height": 800}, color_scheme="light"
        )
        page = context.new_page()
        page.goto("/login/")
        page.get_by_label(re.compile("mail", re.IGNORECASE)).fill(LOGIN)
        page.locator("input[type=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "login" not in url)
        folder = GUIDE / language
        for name, path in PAGES.items():
            _take(page, path, folder / f"{name}.png")
        page.goto("/automations/runs/?result=failed")
        page.locator("main table a").first.click()
        _take(page, page.url, folder / "run.png")
        page.goto("/automations/1/test/")
        page.locator("#try-go").click()
        page.locator("#try-banner").wait_for()
        _save(page, folder / "test.png")
        page.goto("/automations/1/")
        page.locator(".flow .step a, .flow .step button.step__open").nth(1).click()
        page.locator(".panel form").first.wait_for()
        _save(page, folder / "editor.png")
        if language == "en":
            _save(page, README / "editor.png")
        context.close()


def _take(page: Page, path: str, file: Path) -> None:
    page.goto(path)
    _save(page, file)


def _save(page: Page, file: Path) -> None:
    page.wait_for_load_state("networkidle") if "/live" not in page.content() else page.wait_for_timeout(400)
    file.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=file)


if __name__ == "__main__":
    main()
