"""What a command writes for a person, and hears from one."""

import sys
from collections.abc import Callable

from rnnlab.errors import InputError, shows

LONGEST = 1 << 20
"""Bytes of a line that is read, its end included: more are refused, so that no device can fill the memory."""


def prepare() -> None:
    """Lets stdout write any character: one that its encoding lacks is escaped."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="backslashreplace")


def write(text: str) -> None:
    """Writes text at once, its control characters escaped on a terminal."""
    sys.stdout.write(shows(text) if sys.stdout.isatty() else text)
    sys.stdout.flush()


def each_line(answer: Callable[[str], None], wrong: Callable[[InputError], int]) -> int:
    """Answers the lines of standard input as they come, blank ones aside; 0, or what `wrong` makes of the last error.

    A line that cannot be answered stops nothing: the next one may be a better one.
    """
    code = 0
    while line := sys.stdin.buffer.readline(LONGEST):
        try:
            typed = _decoded(line)
            if typed:
                answer(typed)
        except InputError as error:
            code = wrong(error)
    return code


def _decoded(line: bytes) -> str:
    """A line as text, without the space around it. Raises InputError where it is not UTF-8, or not a whole line."""
    if not line.endswith(b"\n") and len(line) == LONGEST:
        while (rest := sys.stdin.buffer.readline(LONGEST)) and not rest.endswith(b"\n"):
            pass
        raise InputError("a line is too long", f"at most {LONGEST:,} bytes", "input", repr(line[:40]))
    try:
        return line.decode().strip()
    except UnicodeDecodeError as error:
        where = f"byte {error.start + 1} of a line is not UTF-8"
        raise InputError(where, "a question in plain text", "input", repr(line)) from None
