"""Look at pages with a browser: of a run, and of what the money bought.

On a phone, on a desk, in the dark, on paper.

By hand, with Chromium or Chrome installed::

    python tests/soak/page.py

makes a troubled run against the sandbox, writes the pages, and puts pictures into a folder that it
names. It ends with 0 only when nothing has to be scrolled sideways, nothing was asked of the
network, and nothing that came from strangers came alive. It installs nothing.
"""

import argparse
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from enrichctl.sandbox import Sandbox

COMMAND = str(Path(sys.executable).with_name("enrichctl"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
VIEWS = (("phone", 320, "light"), ("phone-dark", 360, "dark"), ("desk", 1200, "light"),
         ("desk-dark", 1200, "dark"))  # fmt: skip
FAULTS = {"leadlex.lost": 0.05, "lemlist.lost": 0.3}
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=//evil.example onerror=alert(1)>',
    "\u202egnp.exe",
)


class Browser:
    """A browser that is talked to over two pipes.

    Attributes:
        heard: What it told without being asked.
    """

    def __init__(self, program: str, folder: Path) -> None:
        there, mine = os.pipe()
        back, theirs = os.pipe()
        words = [program, "--headless", "--remote-debugging-pipe", "--disable-gpu",
                 "--hide-scrollbars", "--no-first-run",
                 f"--user-data-dir={folder / 'profile'}"]  # fmt: skip
        if os.geteuid() == 0:
            words.append("--no-sandbox")

        def plug() -> None:
            os.dup2(there, 13)  # out of the way first: either may be 3 or 4 itself
            os.dup2(theirs, 14)
            os.dup2(13, 3)
            os.dup2(14, 4)

        self._process = subprocess.Popen(
            words, preexec_fn=plug, close_fds=False,  # noqa: PLW1509 - there are no threads
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(there)
        os.close(theirs)
        self._out = os.fdopen(mine, "wb", buffering=0)
        self._in = back
        self._part: list[bytes] = []
        self._ready: deque[bytes] = deque()
        self._last = 0
        self._session: dict[str, str] = {}
        self.heard: list[dict[str, Any]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        found = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = {"sessionId": found["sessionId"]}

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Give an order and return what comes of it."""
        self._last += 1
        order = {"id": self._last, "method": method, "params": params, **self._session}
        self._out.write(json.dumps(order).encode() + b"\0")
        while True:
            said = self._listen()
            if said.get("id") == self._last:
                if "error" in said:
                    raise RuntimeError(f"{method}: {said['error']}")
                return said["result"]
            self.heard.append(said)

    def wait(self, event: str) -> None:
        """Wait until it tells of an event."""
        while all(said.get("method") != event for said in self.heard):
            self.heard.append(self._listen())

    def value(self, expression: str) -> Any:
        """Return the value of a JavaScript expression."""
        found = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        return found["result"].get("value")

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()

    def _listen(self) -> dict[str, Any]:
        while not self._ready:
            more = os.read(self._in, 1 << 20)
            if not more:
                raise RuntimeError("the browser has ended")
            begun, *whole = more.split(b"\0")
            self._part.append(begun)
            for next_one in whole:
                self._ready.append(b"".join(self._part))
                self._part = [next_one]
        return json.loads(self._ready.popleft())


@contextmanager
def opened(program: str, folder: Path) -> Iterator[Browser]:
    """Lend a browser."""
    browser = Browser(program, folder)
    try:
        yield browser
    finally:
        browser.close()


def troubled(folder: Path, people: int) -> list[Path]:
    """Make a run that its budget stops, with answers that are lost; return the pages."""
    with Sandbox(latency=0.02, jitter=0.02, limits=False, faults=FAULTS) as box:
        found = list(box.population.people.values())[:people]
        lines = [f'{p.email},"{p.company.name}",{p.company.country},' for p in found]
        lines += [f'x{n}@acme.example,"{text.replace(chr(34), chr(34) * 2)}",DE,+49 30 1234{n}'
                  for n, text in enumerate(HOSTILE)]  # fmt: skip
        name = "<b>leads & co.csv"
        (folder / name).write_text("email,company,country,phone\n" + "\n".join(lines) + "\n")
        (folder / "config.toml").write_text(
            "[providers.leadlex]\ntimeout = 3.0\n[providers.lemlist]\ntimeout = 3.0\n"
        )
        env = {
            "PATH": os.environ["PATH"], "HOME": str(folder), **box.environ(),
            "ENRICHCTL_STATE_DIR": str(folder / "state"),
        }  # fmt: skip
        asked = ["enrich", name, "-p", "offline,leadlex,lemlist", "--config", "config.toml",
                 "--budget", "leadlex=90,lemlist=60", "-q"]  # fmt: skip
        subprocess.run([COMMAND, *asked], cwd=folder, env=env, check=False)
        for words in (
            ["status", "last", "--html", "run.html"],
            ["credits", "--html", "money.html"],
        ):
            subprocess.run([COMMAND, *words], cwd=folder, env=env, check=True)
    return [folder / "run.html", folder / "money.html"]


def look(browser: Browser, page: Path, folder: Path) -> list[str]:
    """Take the pictures; return what is wrong."""
    wrong = []
    for domain in ("Page", "Network", "Log"):
        browser.ask(f"{domain}.enable")
    browser.heard.clear()
    browser.ask("Page.navigate", url=page.as_uri())
    browser.wait("Page.loadEventFired")
    for name, width, scheme in VIEWS:
        browser.ask("Emulation.setDeviceMetricsOverride", width=width, height=800,
                    deviceScaleFactor=2 if width < 500 else 1, mobile=width < 500)  # fmt: skip
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.ask("Emulation.setEmulatedMedia", features=features)
        wide = browser.value("document.documentElement.scrollWidth")
        if wide > width:
            wrong.append(f"{page.name}, {name}: {wide} px wide on a screen of {width}")
        shot = browser.ask("Page.captureScreenshot", captureBeyondViewport=True)
        (folder / f"{page.stem}-{name}.png").write_bytes(base64.b64decode(shot["data"]))
    paper = browser.ask("Page.printToPDF", printBackground=False, preferCSSPageSize=True)
    (folder / f"{page.stem}.pdf").write_bytes(base64.b64decode(paper["data"]))
    if browser.value("document.querySelectorAll('script, img, link, iframe').length"):
        wrong.append("something of a stranger came alive")
    requests = [
        said["params"]["request"]["url"]
        for said in browser.heard
        if said.get("method") == "Network.requestWillBeSent"
    ]
    if requests != [page.as_uri()]:
        wrong.append(f"asked for {requests}")
    wrong += [
        said["params"]["entry"]["text"]
        for said in browser.heard
        if said.get("method") == "Log.entryAdded"
    ]
    return wrong


def main() -> int:
    """Look from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--browser", default=next(filter(None, map(shutil.which, BROWSERS)), ""))
    parser.add_argument("--page", type=Path, help="a page that is there already")
    parser.add_argument("--people", type=int, default=150)
    words = parser.parse_args()
    if not words.browser:
        parser.error("no Chromium is installed; name one with --browser PATH")
    folder = Path(tempfile.mkdtemp(prefix="page-"))
    pages = [words.page.resolve()] if words.page else troubled(folder, words.people)
    with opened(words.browser, folder) as browser:
        wrong = [trouble for page in pages for trouble in look(browser, page, folder)]
    shutil.rmtree(folder / "profile", ignore_errors=True)
    print(f"pictures are in {folder}")  # noqa: T201 - what it is run for
    for line in wrong:
        print(f"WRONG: {line}")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
