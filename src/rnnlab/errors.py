"""The one way rnnlab refuses a value: a line that names the key, the value and what is allowed."""

import errno
import math
import sys
from collections.abc import Iterable
from difflib import get_close_matches

LONGEST = 5000
"""Characters of a line that says what is wrong; a vocabulary may be in it."""


class InputError(ValueError):
    """Something a person typed or handed over cannot be used; the message is one line, meant for them."""

    def __init__(self, what: str, allowed: str, key: str | None = None, value: object = None):
        self.what, self.allowed, self.key, self.value = what, allowed, key, value
        super().__init__(what, allowed, key, value)

    def __str__(self) -> str:
        given = "" if self.key is None else f" ({self.key}={shown(self.value)})"
        return " ".join(f"{self.what}{given}: {self.allowed}".split())

    def under(self, node: str) -> "InputError":
        """The same refusal with its key as it stands in the config: `csv` becomes `task.csv`."""
        key = self.key if self.key is None or "." in self.key else f"{node}.{self.key}"
        return InputError(self.what, self.allowed, key, self.value)


class RunFailed(RuntimeError):
    """A run that had started cannot go on; one line, exit code 1."""


class DiskFull(RunFailed):
    """There is no room for what has to be written."""


def disk_full(error: BaseException) -> bool:
    """Whether what the system says is that there is no room: on the disk, in a quota, under `ulimit -f`."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", None))


def warn(what: str) -> None:
    """One line on stderr about something that does not stop what was asked for."""
    print(f"rnnlab: warning: {shown(' '.join(what.split()), LONGEST)}", file=sys.stderr, flush=True)


def shown(value: object, most: int = 200) -> str:
    """A value as it would be typed, as one line of at most `most` printable characters.

    Much of what is shown comes from files: no escape sequence reaches a terminal, no line break a table.
    """
    text = {None: "null", True: "true", False: "false"}.get(value) if isinstance(value, bool | None) else str(value)
    text = text if len(text) <= most else text[: most - 3] + "..."
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def nearest(name: str, names: Iterable[str]) -> str:
    """`did you mean 'x'? allowed: ...` for a misspelt name."""
    names = sorted(names)
    close = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean '{close[0]}'? " if close else ""
    return f"{hint}allowed: {', '.join(names)}"


def whole(key: str, value: object, low: int | None = None, high: int | None = None) -> int:
    """`value` if it is a whole number in [low, high].

    Raises:
        InputError: for any other type (booleans included) or a number outside.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError("wrong type", f"must be a whole number{_bounds(low, high)}", key, value)
    if (low is not None and value < low) or (high is not None and value > high):
        raise InputError("out of range", f"must be a whole number{_bounds(low, high)}", key, value)
    return value


def real(key: str, value: object, low: float | None = None, high: float | None = None, above: bool = False) -> float:
    """`value` as a finite float in [low, high], or in (low, high] with `above`.

    Raises:
        InputError: for any other type, nan, an infinity, or a number outside.
    """
    allowed = f"must be a finite number{_bounds(low, high, above)}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError("wrong type", allowed, key, value)
    below = low is not None and (value <= low if above else value < low)
    if not math.isfinite(value) or below or (high is not None and value > high):
        raise InputError("out of range", allowed, key, value)
    return float(value)


def one_of(key: str, value: object, options: Iterable[object]) -> object:
    """`value` if it is among `options`; raises InputError with the nearest name otherwise."""
    options = list(options)
    if not any(value == option and type(value) is type(option) for option in options):
        raise InputError("unknown choice", nearest(str(value), map(shown, options)), key, value)
    return value


def _bounds(low: float | None, high: float | None, above: bool = False) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f" above {low}" if above else f" of at least {low}"
    if low is None:
        return f" of at most {high}"
    return f" above {low} and at most {high}" if above else f" from {low} to {high}"
