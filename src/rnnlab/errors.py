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
import unicodedata
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


RANGE = re.compile(r"\d+ *(?:\.\.|-|:|to) *\d+")
"""How people write several numbers."""


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


HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories that are escaped: controls, directions and other invisible marks, and what has no shape."""


def shows(text: str) -> str:
    r"""The text with everything but line breaks, tabs and visible characters escaped, as `\x1b` or `\u202e`.

    What is shown to a person is data: it must not move the cursor, change colours or hide text.
    """
    return "".join(
        character
        if character in "\n\t" or unicodedata.category(character) not in HIDDEN
        else character.encode("unicode_escape").decode()
        for character in text
    )


def nearest(name: str, names: Iterable[str], meant: str | None = None) -> str:
    """`did you mean 'x'? allowed: ...` for a misspelt name, or one by which another one of them is `meant`."""
    names = sorted(names)
    close = {one.lower(): one for one in reversed(names)}
    meant = meant or next((close[one] for one in get_close_matches(name.lower(), close, n=1, cutoff=0.6)), None)
    hint = f"did you mean '{meant}'? " if meant else ""
    return f"{hint}allowed: {', '.join(names)}"


class Bounds(NamedTuple):
    """What a number may be, in an annotation: from `low` to `high`, or above `low` and at most `high`."""

    low: float | None = None
    high: float | None = None
    above: bool = False


LARGEST_WHOLE, LONGEST_TEXT = 2**63 - 1, 100_000
"""What fits a C integer, and more characters than any path or vocabulary has: the bounds of what has no others."""

OF_FILE = r"(?!(?i:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))(?!.*[. ]$)"
"""How a pattern of names begins, none of which Windows forbids: its devices, a dot or blank at the end."""

Name = Annotated[str, re.compile(OF_FILE + r"[^\W_][\w.+-]{0,99}"), "a name of letters, digits and any of _ . + -"]
"""A word that can name a folder."""


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
    options = _options(kind)
    allowed = nearest(str(value), map(shown, options)) if options else f"must be {_described(kind)}"
    if wrong == "wrong type" and "number" in allowed and (isinstance(value, list) or RANGE.fullmatch(str(value))):
        allowed += f"; several with -m, like {key}=1,2,3"
    raise InputError(wrong, allowed, key, value)


def whole(key: str, value: object, low: int | None = None, high: int | None = None) -> int:
    """`value` if it is a whole number in [low, high]. Raises InputError otherwise."""
    check(key, value, Annotated[int, Bounds(low, high)])
    assert isinstance(value, int)  # as has been checked
    return value


def one_of(key: str, value: object, options: Iterable[Option]) -> Option:
    """The one of `options` that `value` is; raises InputError with the nearest name otherwise."""
    options = list(options)
    for option in options:
        if value == option and type(value) is type(option):
            return option
    raise InputError("unknown choice", nearest(str(value), map(shown, options)), key, value)


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


class Kind:
    """An annotation taken apart: what it is of, what stands in its brackets, and its notes."""

    def __init__(self, annotation: Any):
        notes: list[Any] = []
        if get_origin(annotation) is Annotated:
            annotation, *notes = get_args(annotation)
        self.origin, self.inner = get_origin(annotation) or annotation, get_args(annotation)
        if self.origin is UnionType:
            self.origin = Union
        elif annotation is None:
            self.origin = NoneType
        elif isinstance(self.origin, type) and issubclass(self.origin, PurePath):
            self.origin = PurePath
        self.bounds = next((note for note in notes if isinstance(note, Bounds)), Bounds())
        self.pattern = next((note for note in notes if isinstance(note, re.Pattern)), None)
        self.words = next((note for note in notes if isinstance(note, str)), None)
        self.counted = self.origin is tuple and bool(self.inner) and self.inner[-1] is not Ellipsis


def _options(annotation: Any) -> list[Any]:
    """All values that there are, where they are few, have names and nobody has described them; otherwise nothing."""
    kind = Kind(annotation)
    if kind.words:
        return []
    if kind.origin is Union:
        parts = [_options(member) for member in kind.inner]
        return [option for part in parts for option in part] if all(parts) else []
    if kind.origin is Literal:
        return list(kind.inner) if all(isinstance(one, str) for one in kind.inner) else []
    return [False, True] if kind.origin is bool else [None] if kind.origin is NoneType else []


def _wrong(value: Any, annotation: Any) -> str:
    """What is wrong with a value, in two words; nothing where nothing is."""
    kind = Kind(annotation)
    if kind.origin is Union:
        found = [_wrong(value, member) for member in kind.inner]
        return "" if "" in found else next((what for what in found if what != "wrong type"), "wrong type")
    if kind.origin is Literal:
        return "" if any(value == one and type(value) is type(one) for one in kind.inner) else "unknown choice"
    if kind.origin is bool:
        return "" if isinstance(value, bool) else "unknown choice"
    if kind.origin in (int, float):
        return _wrong_number(value, kind)
    if kind.origin is Any or kind.origin not in TYPES:
        return "out of range" if isinstance(value, int) and abs(value) > LARGEST_WHOLE else ""
    if not isinstance(value, TYPES[kind.origin]) or (kind.counted and len(value) != len(kind.inner)):
        return "wrong type"
    if kind.origin in (str, PurePath):
        value = str(value)
        fits = len(value) <= LONGEST_TEXT and "\0" not in value and (not kind.pattern or kind.pattern.fullmatch(value))
        return "" if fits else "cannot be used"
    if not kind.inner:
        return ""
    if kind.origin in (dict, Mapping):
        pairs = [pair for item in value.items() for pair in zip(item, kind.inner, strict=True)]
    else:
        pairs = [(one, kind.inner[place if kind.counted else 0]) for place, one in enumerate(value or ())]
    return next((what for one, part in pairs if (what := _wrong(one, part))), "")


LISTED, LISTS = (list, tuple, set, frozenset), (list, tuple, set, frozenset, Sequence, Iterable)
"""What a list may be, and the kinds of which a config says the members as a list."""

TYPES: dict[Any, Any] = {
    NoneType: NoneType,
    str: str,
    PurePath: (str, PurePath),
    **dict.fromkeys(LISTS, LISTED),
    **dict.fromkeys((dict, Mapping), Mapping),
}
"""What a value of a kind is one of; where an annotation says something else, anything may be there."""


def _wrong_number(value: Any, kind: Kind) -> str:
    if isinstance(value, bool) or not isinstance(value, int if kind.origin is int else int | float):
        return "wrong type"
    low, high, above = kind.bounds
    fits = abs(value) <= LARGEST_WHOLE if isinstance(value, int) else math.isfinite(value)
    fits = fits and (low is None or (value > low if above else value >= low))
    return "" if fits and (high is None or value <= high) else "out of range"


def _described(annotation: Any) -> str:
    """What an annotation allows, in words."""
    kind = Kind(annotation)
    if kind.words:
        return kind.words
    if kind.origin is Union:
        *others, last = map(_described, kind.inner)
        return f"{', '.join(others)} or {last}"
    if kind.origin is Literal:
        return " or ".join(map(shown, kind.inner))
    if kind.origin in (int, float):
        return f"{'a whole' if kind.origin is int else 'a finite'} number{_within(*kind.bounds)}"
    if kind.counted:
        return f"a list of {len(kind.inner)} values"
    if kind.origin in LISTS:
        return f"a list, each of it {_described(kind.inner[0])}" if kind.inner else "a list"
    if kind.origin in (str, PurePath):
        return "text (in quotes, where it looks like a number)"
    words = {
        Any: "a value that fits 64 bits",
        bool: "true or false",
        dict: "keys and values",
        Mapping: "keys and values",
        NoneType: "null",
    }
    return words.get(kind.origin, getattr(kind.origin, "__name__", str(kind.origin)))


def _within(low: float | None, high: float | None, above: bool) -> str:
    if low is None:
        return "" if high is None else f" of at most {high}"
    if high is None:
        return f" above {low}" if above else f" of at least {low}"
    return f" above {low} and at most {high}" if above else f" from {low} to {high}"
