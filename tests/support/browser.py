"""A real browser, driven over two pipes by the protocol of its developer tools."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

_PACKAGES = Path(__file__).parents[1] / "browser" / "node_modules"
AXE = _PACKAGES / "axe-core" / "axe.min.js"
CHECKER = _PACKAGES / "vnu-jar" / "build" / "dist" / "vnu.jar"
PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
_OPTIONS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-extensions", "--remote-debugging-pipe",
)  # fmt: skip


@dataclass
class Browser:
    """One page of it. `requests` are the addresses that the page asked for."""

    to: int
    answers: Iterator[dict[str, Any]]
    session: str = ""
    count: int = 0
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)  # of the console

    def ask(self, method: str, **values: object) -> dict[str, Any]:
        """What the browser answers; what happens meanwhile is kept."""
        self.count += 1
        asked: dict[str, object] = {"id": self.count, "method": method, "params": values}
        if self.session:
            asked["sessionId"] = self.session
        os.write(self.to, json.dumps(asked).encode() + b"\0")
        for answer in self.answers:
            self._keep(answer)
            if answer.get("id") == self.count:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result
        raise AssertionError("the browser has ended")

    def show(self, file: Path, width: int, *, dark: bool = False) -> None:
        """Open the file at this width, and wait until it is loaded."""
        colours = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", media="", features=[colours])
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        self.ask("Emulation.setDeviceMetricsOverride", **size)
        self.ask("Page.navigate", url=file.as_uri())
        for answer in self.answers:
            self._keep(answer)
            if answer.get("method") == "Page.loadEventFired":
                return

    def run(self, script: str) -> Any:
        """The value of a script on the page, once it is there."""
        made = self.ask(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in made, made["exceptionDetails"]
        return made["result"].get("value")

    def pdf(self) -> bytes:
        """The page as it is printed."""
        return base64.b64decode(self.ask("Page.printToPDF")["data"])

    def picture(self, *, whole: bool = False) -> bytes:
        """What is seen, as PNG."""
        shot = self.ask("Page.captureScreenshot", captureBeyondViewport=whole)
        return base64.b64decode(shot["data"])

    def _keep(self, event: dict[str, Any]) -> None:
        values = event.get("params", {})
        if event.get("method") == "Network.requestWillBeSent":
            self.requests.append(values["request"]["url"])
        if event.get("method") == "Log.entryAdded":
            self.complaints.append(values["entry"]["text"])


@contextmanager
def judge(folder: Path) -> Iterator[Browser]:
    """A browser for axe; the test is skipped where one of them is not installed."""
    if PROGRAM is None or not AXE.exists():
        pytest.skip("Chromium or axe-core is not installed; scripts/test installs them")
    with browser(PROGRAM, folder) as opened:
        yield opened


@contextmanager
def browser(program: str, folder: Path) -> Iterator[Browser]:
    """The program with an empty profile in `folder`; it ends with the block."""
    (read_in, write_in), (read_out, write_out) = os.pipe(), os.pipe()

    def place() -> None:
        # The protocol is spoken on the descriptors 3 and 4.
        kept = os.dup2(read_in, 63), os.dup2(write_out, 64)
        os.dup2(kept[0], 3)
        os.dup2(kept[1], 4)

    command = [program, *_OPTIONS, f"--user-data-dir={folder}"]
    started = subprocess.Popen(
        command,
        preexec_fn=place,  # noqa: PLW1509
        pass_fds=(3, 4),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(read_in)
    os.close(write_out)
    try:
        made = Browser(write_in, _answers(read_out))
        target = made.ask("Target.createTarget", url="about:blank")["targetId"]
        opened = made.ask("Target.attachToTarget", targetId=target, flatten=True)
        made.session = opened["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            made.ask(f"{domain}.enable")
        yield made
    finally:
        started.terminate()
        started.wait()
        os.close(write_in)
        os.close(read_out)


def _answers(read: int) -> Iterator[dict[str, Any]]:
    """Each message, which ends with a zero."""
    rest = b""
    while part := os.read(read, 1 << 16):
        *whole, rest = (rest + part).split(b"\0")
        yield from map(json.loads, whole)
