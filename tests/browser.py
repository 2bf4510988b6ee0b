"""A real browser for tests: Chromium, headless, driven by chromedriver over the WebDriver protocol (W3C, 2018)."""

import contextlib
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]

TEXT = """
function text(node) {
  if (node.nodeType === 3) return node.textContent;
  if (node.tagName === "IFRAME") return node.contentDocument?.body ? text(node.contentDocument.body) : "";
  if (["STYLE", "SCRIPT", "TEMPLATE", "NOSCRIPT"].includes(node.tagName)) return "";
  const inside = node.shadowRoot ? [...node.shadowRoot.childNodes, ...node.childNodes] : [...node.childNodes];
  return inside.map(text).join(" ");
}
return text(document.body).replace(/\\s+/g, " ");
"""
"""All text of a page, also what its web components and frames hide from the document."""

KEYS = {"Tab": "\ue004", "Shift": "\ue008", "Escape": "\ue00c", "End": "\ue010", "Home": "\ue011"}
KEYS |= {"ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowDown": "\ue015"}
"""Keys that are no characters, by the names that pages know, and what WebDriver calls them."""


class Browser:
    """One window."""

    def __init__(self, session: str):
        self.session = session

    def open(self, address: str) -> None:
        _call("POST", f"{self.session}/url", url=address)

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script returns, given `arguments`."""
        return _call("POST", f"{self.session}/execute/sync", script=script, args=arguments)

    def text(self) -> str:
        return self.run(TEXT)

    def wait(self, *words: str, seconds: float = 60) -> str:
        """The text of the page once it holds all words. Raises AssertionError where it does not in time."""
        until = time.monotonic() + seconds
        while not all(word in (text := self.text()) for word in words):
            assert time.monotonic() < until, f"{[word for word in words if word not in text]} not in {text[:2000]}"
            time.sleep(0.25)
        return text

    def press(self, *keys: str) -> None:
        """Keys together, as a person holds the first ones; of `KEYS`, or a character."""
        codes = [KEYS.get(key, key) for key in keys]
        down = [{"type": "keyDown", "value": code} for code in codes]
        up = [{"type": "keyUp", "value": code} for code in reversed(codes)]
        self._act({"type": "key", "id": "keyboard", "actions": down + up})

    def point(self, *places: tuple[float, float], drag: bool = False) -> None:
        """Moves the mouse to places (x, y) of the window, one after another; with `drag`, its button held meanwhile."""
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0} for x, y in places]
        if drag:
            moves = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
        self._act({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": moves})

    def touch(self, *places: tuple[float, float], held: float = 0.0) -> None:
        """Puts a finger on a place, holds it there for some seconds, moves it to the others and lifts it."""
        first, *others = ({"type": "pointerMove", "x": round(x), "y": round(y), "duration": 20} for x, y in places)
        down, up = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}
        moves = [first, down, {"type": "pause", "duration": round(held * 1000)}, *others, up]
        self._act({"type": "pointer", "id": "finger", "parameters": {"pointerType": "touch"}, "actions": moves})

    def _act(self, source: dict[str, Any]) -> None:
        _call("POST", f"{self.session}/actions", actions=[source])

    def resize(self, width: int, height: int) -> None:
        _call("POST", f"{self.session}/window/rect", width=width, height=height)

    def accessibility(self) -> list[dict[str, str]]:
        """The role and the name of everything that a screen reader is told of."""
        _call("POST", f"{self.session}/goog/cdp/execute", cmd="Accessibility.enable", params={})
        tree = _call("POST", f"{self.session}/goog/cdp/execute", cmd="Accessibility.getFullAXTree", params={})
        told = [node for node in tree["nodes"] if not node["ignored"]]
        return [{key: node.get(key, {}).get("value", "") for key in ("role", "name")} for node in told]

    def prefer(self, scheme: str) -> None:
        """`dark` or `light`, as the system of a reader says."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        params = {"features": [feature]}
        _call("POST", f"{self.session}/goog/cdp/execute", cmd="Emulation.setEmulatedMedia", params=params)


@contextlib.contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """A browser with an empty profile in the folder `profile`; both programs end with the block."""
    port = free_port()
    driver = subprocess.Popen(
        ["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=profile.parent
    )
    server = f"http://127.0.0.1:{port}"
    options = {"binary": shutil.which("chromium"), "args": [*FLAGS, f"--user-data-dir={profile}"]}
    try:
        answer(f"{server}/status")
        made = _call("POST", f"{server}/session", capabilities={"alwaysMatch": {"goog:chromeOptions": options}})
        session = f"{server}/session/{made['sessionId']}"
        try:
            yield Browser(session)
        finally:
            _call("DELETE", session)
    finally:
        driver.terminate()
        driver.wait()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def answer(address: str, seconds: float = 60) -> None:
    """Waits until a server answers. Raises AssertionError where it does not in time."""
    until = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            assert time.monotonic() < until, f"no answer from {address}"
            time.sleep(0.1)


def _call(method: str, address: str, **body: Any) -> Any:
    data = json.dumps(body).encode() if method == "POST" else None
    headers = {"Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(address, data, headers, method=method), timeout=120
        ) as reply:
            return json.load(reply)["value"]
    except urllib.error.HTTPError as error:
        raise AssertionError(error.read().decode()[:2000]) from None
