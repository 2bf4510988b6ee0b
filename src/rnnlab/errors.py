"""The one way rnnlab refuses a value: a line that names the key, the value and what is allowed.

What is allowed stands where a value is taken, as an annotation: `rate: Annotated[float, Bounds(0, 1)]`. `checked` holds
a function to its annotations, and `check` holds anything to one.
"""

import errno
import functools
import inspect
import math
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import PurePath
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Option = TypeVar("Option")

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


FULL = "the disk is full, or files may not be larger"
"""What a person is told where there is no room for what has to be written."""


class DiskFull(RunFailed):
    """There is no room for what has to be written."""


def reason(error: BaseException) -> str:
    """The first line of what an error says, or else its kind."""
    return str(error).splitlines()[0] if str(error).strip() else type(error).__name__


def disk_full(error: BaseException) -> bool:
    """Whether what is said is that there is no room: on the disk, in a quota, under `ulimit -f`."""
    if isinstance(error, FileNotFoundError):  # Python tries to write in every place for temporary files
        return "temporary directory" in str(error.strerror)
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", None))


def warn(what: str) -> None:
    """One line on stderr about something that does not stop what was asked for."""
    print(f"rnnlab: warning: {shown(' '.join(what.split()), LONGEST)}", file=sys.stderr, flush=True)


def shown(value: object, most: int = 200) -> str:
    """A value as it would be typed, as one line of at most `most` printable characters.

    Much of what is shown comes from files: no escape sequence reaches a terminal, no line break a table.
    """
    text = {None: "null", True: "true", False: "false"}[value] if isinstance(value, bool | None) else str(value)
    text = text if len(text) <= most else text[: most - 3] + "..."
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def nearest(name: str, names: Iterable[str], meant: str | None = None) -> str:
    """`did you mean 'x'? allowed: ...` for a misspelt name, or one by which another one of them is `meant`."""
    names = sorted(names)
    close = {one.lower(): one for one in reversed(names)}
    meant = meant or next((close[one] for one in get_close_matches(name.lower(), close, n=1, cutoff=0.5)), None)
    hint = f"did you mean '{meant}'? " if meant else ""
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


def one_of(key: str, value: object, options: Iterable[Option]) -> Option:
    """The one of `options` that `value` is; raises InputError with the nearest name otherwise."""
    options = list(options)
    for option in options:
        if value == option and type(value) is type(option):
            return option
    raise InputError("unknown choice", nearest(str(value), map(shown, options)), key, value)


class Bounds(NamedTuple):
    """What a number may be, in an annotation: from `low` to `high`, or above `low` and at most `high`."""

    low: float | None = None
    high: float | None = None
    above: bool = False


LARGEST_WHOLE, LONGEST_TEXT = 2**63 - 1, 100_000
"""What fits a C integer, and more characters than any path or vocabulary has: the bounds of what has no others."""

Name = Annotated[str, re.compile(r"[^\W_][\w.+-]{0,99}"), "a name of letters, digits and any of _ . + -"]
"""A word that can name a folder."""


LISTS = (list, tuple, set, frozenset, Sequence, Iterable)
"""Kinds of which a config says the members, as a list."""


def check(key: str, value: object, kind: Any) -> None:
    """Raises InputError unless `value`, as a config or a person gives it, is what an annotation says.

    kind: bool, int, float, str, Path (a text), None, Literal, list, Sequence, Iterable, set (lists, too), tuple (a list
        of so many), dict, Mapping, a union of them, each perhaps Annotated with Bounds, with a pattern of its text, or
        with words that say what is allowed. Whole numbers are floats, too, truth values are no numbers, and every
        number is finite. Any other annotation allows anything.
    """
    wrong = _wrong(value, kind)
    if not wrong:
        return
    names = [name for one in _members(kind) for name in (get_args(one) if get_origin(one) is Literal else [one])]
    if all(name is NoneType or name is bool or isinstance(name, str) for name in names):
        options = [option for name in names for option in _options(name)]
        raise InputError(wrong, nearest(str(value), map(shown, options)), key, value)
    raise InputError(wrong, f"must be {_described(kind)}", key, value)


def checked(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """The function, which now refuses an argument that is not what its annotation says (see `check`)."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def checking(*args: Arguments.args, **options: Arguments.kwargs) -> Result:
        kinds = get_type_hints(function, include_extras=True)
        for key, value in signature.bind(*args, **options).arguments.items():
            if key in kinds:
                check(key, value, kinds[key])
        return function(*args, **options)

    return checking


def _of_text(kind: Any) -> bool:
    return kind is str or (isinstance(kind, type) and issubclass(kind, PurePath))


def _members(kind: Any) -> tuple[Any, ...]:
    """The kinds of a union, or the one kind."""
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


def _options(name: Any) -> list[object]:
    return [None] if name is NoneType else [False, True] if name is bool else [name]


def _wrong(value: object, kind: Any) -> str:
    """What is wrong with a value, in two words; nothing where nothing is."""
    members = _members(kind)
    if len(members) > 1:
        found = [_wrong(value, member) for member in members]
        return "" if "" in found else next((what for what in found if what != "wrong type"), "wrong type")
    notes: tuple[Any, ...] = ()
    if get_origin(kind) is Annotated:
        kind, *more = get_args(kind)
        notes = tuple(more)
        if len(_members(kind)) > 1:
            return _wrong(value, kind)
    origin, inner = get_origin(kind) or kind, get_args(kind)
    if origin is Literal:
        return "" if any(value == one and type(value) is type(one) for one in inner) else "unknown choice"
    if kind is None or origin is NoneType:
        return "" if value is None else "wrong type"
    if origin is bool:
        return "" if isinstance(value, bool) else "unknown choice"
    if origin in (int, float):
        return _wrong_number(value, origin, next((note for note in notes if isinstance(note, Bounds)), Bounds()))
    if _of_text(origin):
        pattern = next((note for note in notes if isinstance(note, re.Pattern)), None)
        value = str(value) if isinstance(value, PurePath) and origin is not str else value
        if not isinstance(value, str):
            return "wrong type"
        fits = len(value) <= LONGEST_TEXT and "\0" not in value and (not pattern or pattern.fullmatch(value))
        return "" if fits else "cannot be used"
    if origin is tuple and inner and inner[-1] is not Ellipsis:
        if not isinstance(value, list | tuple) or len(value) != len(inner):
            return "wrong type"
        return next(filter(None, map(_wrong, value, inner)), "")
    if origin in LISTS:
        if not isinstance(value, list | tuple | set | frozenset):
            return "wrong type"
        return next((what for one in value if (what := _wrong(one, inner[0]))), "") if inner else ""
    if origin in (dict, Mapping):
        if not isinstance(value, Mapping):
            return "wrong type"
        pairs = (pair for item in value.items() for pair in zip(item, inner, strict=False))
        return next((what for one, part in pairs if (what := _wrong(one, part))), "")
    return "out of range" if isinstance(value, int) and abs(value) > LARGEST_WHOLE else ""


def _wrong_number(value: object, kind: type, bounds: Bounds) -> str:
    if isinstance(value, bool) or not isinstance(value, int if kind is int else int | float):
        return "wrong type"
    if abs(value) > LARGEST_WHOLE if isinstance(value, int) else not math.isfinite(value):
        return "out of range"
    low, high = bounds.low, bounds.high
    below = low is not None and (value <= low if bounds.above else value < low)
    return "out of range" if below or (high is not None and value > high) else ""


def _described(kind: Any) -> str:
    """What an annotation allows, in words."""
    members = _members(kind)
    if len(members) > 1:
        *others, last = (_described(member) for member in members)
        return f"{', '.join(others)} or {last}"
    notes: tuple[Any, ...] = ()
    if get_origin(kind) is Annotated:
        kind, *more = get_args(kind)
        notes = tuple(more)
    said = next((note for note in notes if isinstance(note, str)), None)
    if said:
        return said
    origin, inner = get_origin(kind) or kind, get_args(kind)
    if origin is Literal:
        return " or ".join(shown(one) for one in inner)
    if origin in (int, float):
        bounds = next((note for note in notes if isinstance(note, Bounds)), Bounds())
        return f"{'a whole' if origin is int else 'a finite'} number{_bounds(*bounds)}"
    if origin in LISTS:
        if origin is tuple and inner[-1:] != (...,):
            return f"a list of {len(inner)} values"
        return f"a list, each of it {_described(inner[0])}" if inner else "a list"
    if _of_text(origin):
        return "text (in quotes, where it looks like a number)"
    words = {
        Any: "a value that fits 64 bits",
        bool: "true or false",
        dict: "keys and values",
        Mapping: "keys and values",
    }
    return words.get(origin, "null" if kind is None or origin is NoneType else getattr(origin, "__name__", str(origin)))


def _bounds(low: float | None, high: float | None, above: bool = False) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f" above {low}" if above else f" of at least {low}"
    if low is None:
        return f" of at most {high}"
    return f" above {low} and at most {high}" if above else f" from {low} to {high}"
