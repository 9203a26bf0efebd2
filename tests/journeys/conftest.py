"""A running demonstration with a few invented people, and a real browser in front of it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
#: A browser of the system, without a window, that asks nobody anything.
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDTHS = (390, 1280)
AXE = Axe()
#: Only what is wrong is carried over from the browser: all that is right takes as long again.
BARRIERS = (
    "axe.run({resultTypes: ['violations']}).then(found => ({...found, passes: [], incomplete: [], inapplicable: []}))"
)
#: The pages that are the same for everyone, looked at already.
ALIKE: set[str] = set()


class Demo:
    """The address of a running demonstration, and the ways into it."""

    def __init__(self, address: str, home: Path) -> None:
        self.address, self.home = address, home
        content = json.loads((home / "demo.json").read_text(encoding="utf-8"))
        self.ways, self.password, self.code = content["ways"], content["password"], content["code"]

    def way(self, study: str, role: str, number: int = 0) -> dict[str, str]:
        return [way for way in self.ways if way["study"] == study and way["role"] == role][number]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    home = tmp_path_factory.mktemp("demo")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    source = str(Path(__file__).parents[2] / "src")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPSTAP_", "DJANGO_"))}
    command = [sys.executable, "-m", "opstap", "demo", "--few", "--port", str(port), "--var", str(home)]
    said = (home / "said.txt").open("w")
    process = subprocess.Popen(
        command, env={**kept, "PYTHONPATH": source}, stdout=said, stderr=said, start_new_session=True
    )
    try:
        deadline = time.monotonic() + 240
        while not _complete(home):
            assert process.poll() is None, (home / "said.txt").read_text()
            assert time.monotonic() < deadline, (home / "said.txt").read_text()
            time.sleep(0.5)
        yield Demo(f"http://localhost:{port}", home)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)
        said.close()


def _complete(home: Path) -> bool:
    try:
        return bool(json.loads((home / "demo.json").read_text(encoding="utf-8"))["complete"])
    except (OSError, ValueError):
        return False


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no /usr/bin/chromium: install Debian's chromium to walk the journeys")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield running
        running.close()


class Walker:
    """Someone with a browser: signs in, opens pages, and looks at each one for barriers, narrow and wide.

    `width` is that of their own screen: what they press, they press there.
    """

    def __init__(self, page: Page, demo: Demo, width: int = 1280) -> None:
        self.page, self.demo, self.width, self.seen = page, demo, width, set[str]()
        #: Whether each new kind of page is looked at for barriers; else only where `look` is called by name.
        self.looks = True
        page.set_viewport_size({"width": width, "height": 900})

    def enter(self, study: str, role: str, number: int = 0) -> "Walker":
        way = self.demo.way(study, role, number)
        self.page.context.clear_cookies()
        self.page.goto(f"{self.demo.address}/demo/")
        self.page.locator(f'form[action="/demo/enter/{way["key"]}/"] button').click()
        return self.arrive()

    def go(self, path: str) -> "Walker":
        answer = self.page.goto(path if path.startswith("http") else self.demo.address + path)
        assert answer is not None
        assert answer.status < 400, f"{path}: {answer.status}"
        return self.arrive()

    def press(self, name: str | re.Pattern[str], *, role: str = "button", nth: int = 0) -> "Walker":
        self.page.get_by_role(role, name=name).nth(nth).click()
        self.page.wait_for_load_state()
        return self.arrive()

    def arrive(self) -> "Walker":
        """Come to a page: look at it, for who looks at each."""
        return self.look() if self.looks else self

    def look(self) -> "Walker":
        """Look at the page as it stands: no barrier that axe finds, and nothing that runs off the side."""
        # The same kind of page once is enough: numbers and pseudonyms in its address do not make it another.
        kind = re.sub(r"/([A-Z]-[A-Z0-9]+|\d+|[\w-]{30,})(?=/)", "/…", self.page.url.split("?")[0])
        # Pages that are the same for everyone are looked at once for all.
        seen = ALIKE if re.search(r"/(demo|accounts|link)/", kind) else self.seen
        if kind in seen:
            return self
        seen.add(kind)
        self.page.evaluate(AXE.axe_script)
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            found = AxeResults(self.page.evaluate(BARRIERS))
            assert found.violations_count == 0, f"{self.page.url} at {width}: {found.generate_report()}"
            assert self.page.evaluate("document.documentElement.scrollWidth") <= width, f"{self.page.url} at {width}"
        self.page.set_viewport_size({"width": self.width, "height": 900})
        return self

    def send(self, form: str = "main form") -> "Walker":
        """Press the first button of a form, and look at what comes of it."""
        self.page.locator(form).first.locator("button.btn").first.click()
        self.page.wait_for_load_state()
        return self.arrive()

    def follow(self, link: str) -> "Walker":
        """Press a link, told by its selector."""
        self.page.locator(link).first.click()
        self.page.wait_for_load_state()
        return self.arrive()

    def told(self) -> str:
        """What the page says on top: that something was done, or why not."""
        return " ".join(self.page.locator("main .note[role=status]").all_inner_texts())

    def sees(self, text: str | re.Pattern[str]) -> bool:
        return self.page.get_by_text(text).first.is_visible()

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()


@pytest.fixture
def company(browser: Browser, demo: Demo) -> Iterator[Callable[[int], Walker]]:
    """Give each person of a story a browser of their own, on a telephone (390) or at a desk (1280)."""
    contexts = []

    def come(width: int) -> Walker:
        contexts.append(browser.new_context(locale="nl-NL"))
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        return Walker(page, demo, width)

    yield come
    for context in contexts:
        context.close()


@pytest.fixture
def walker(company: Callable[[int], Walker]) -> Walker:
    return company(1280)
