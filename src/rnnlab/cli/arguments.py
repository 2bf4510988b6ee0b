"""`key=value` arguments of the command lines that ask a trained model: data, never read as yaml."""

import importlib.util
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from rnnlab import files
from rnnlab.config.hints import nearest_name
from rnnlab.errors import InputError, check, one_of, whole

RUN = "the folder of a run, or a checkpoint"


class Options(NamedTuple):
    """The words of a command that reads a run: RUN itself, what else stands alone, and `key=value`.

    Nothing is read as yaml, so any text is a value. Each reading method raises InputError for a value that is not of
    its kind or out of range.
    """

    run: Path
    words: list[str]
    values: dict[str, str]

    def number(self, key: str, default: float | None, kind: Any) -> Any:
        """A number of a kind (see `rnnlab.errors.check`), or what stands for one that was not given."""
        if key not in self.values:
            return default
        number = _number(self.values[key])
        check(key, number, kind)
        return number

    def choice(self, key: str, *names: str) -> str:
        """One of `names`, the first by default."""
        return one_of(key, self.values.get(key, names[0]), names)

    def listed(self, key: str) -> list[str]:
        """The words of a list like `[a,b]` or `a,b`."""
        text = self.values.get(key, "").strip()
        return [word.strip() for word in text.removeprefix("[").removesuffix("]").split(",") if word.strip()]

    def lengths(self, key: str) -> list[int]:
        """A list of different whole numbers of at least 0, in rising order."""
        numbers = [whole(key, _number(word), 0, 1_000_000_000) for word in self.listed(key)]
        if not numbers or len(set(numbers)) < len(numbers):
            raise InputError("no list of lengths", "different lengths like [2,4,8]", key, self.values[key])
        return sorted(numbers)

    def apart(self, key: str, other: str, why: str = "") -> None:
        """Raises InputError where both keys are given."""
        if key in self.values and other in self.values:
            allowed = why or f"{other}= or {key}="
            raise InputError(f"cannot be combined with {other}", allowed, key, self.values[key])

    def belongs(self, key: str, other: str, like: str) -> None:
        """Raises InputError where a key is given without the other one, which it says more about."""
        if key in self.values and other not in self.values:
            raise InputError(f"only goes with {other}", f"add {other}={like}", key, self.values[key])

    def there(self, key: str) -> str | None:
        """The folder or the checkpoint that is named. Raises InputError where there is none."""
        name = self.values.get(key)
        if name is not None and not os.path.exists(name):
            raise InputError("no run there", RUN, key, name)
        return name

    def typed(self, key: str, largest: int) -> str | None:
        """The one word that stands alone, or the text of the file that is named; None where there is neither."""
        if len(self.words) > 1:
            raise InputError("one word too many", "one run and one input, in quotes", "argument", self.words[1])
        if key not in self.values:
            return self.words[0] if self.words else None
        if self.words:
            raise InputError("cannot be combined", f"an input or {key}=", key, self.values[key])
        return self.text(key, largest)

    def text(self, key: str, largest: int) -> str:
        """The text of a file that is named. Raises InputError where it cannot be read."""
        name = self.values[key]
        try:
            return files.read_text(Path(name), largest, typed=True)
        except OSError as error:
            raise InputError(f"cannot be read, {error.strerror}", "a text file", key, name) from None

    def folder(self) -> Path | None:
        """Where to write: `out=FOLDER`, otherwise the run's own directory, or None for a checkpoint that has none."""
        if "out" in self.values:
            out = Path(self.values["out"])
            in_the_way = os.path.exists(out) and not os.path.isdir(out)
            if not self.values["out"] or in_the_way or not os.path.isdir(out.absolute().parent):
                raise InputError("cannot be written", "a folder, or a new one in a folder that is there", "out", out)
            return out
        run = self.run if os.path.isdir(self.run) else self.run.absolute().parent.parent
        return run if os.path.isdir(self.run) or os.path.isfile(run / "run.json") else None

    def place(self, name: str) -> tuple[Path, Path | None]:
        """Where to write: `out=FOLDER`, or `name` in the run's directory, which then no link may lead out of."""
        folder = self.folder()
        if folder is None:
            raise InputError("no run directory to write into", "add out=FOLDER", "run", self.run)
        return (folder, None) if "out" in self.values else (folder / name, folder)


def options(arguments: list[str], known: Iterable[str], words: bool = False) -> Options:
    """Reads `RUN [WORD ...] [key=value ...]`; a word that looks like `key=value` stands alone after `--`.

    known: the keys besides `trust`. words: whether any may stand alone besides RUN.

    Raises:
        InputError: as `split`; for a RUN that is missing; for words too many.
    """
    alone, values = split(arguments, [*known, "trust"])
    if not alone:
        raise InputError("no run given", f"{RUN}, comes first")
    if len(alone) > 1 and not words:
        raise InputError("one word too many", "one run, then key=value", "argument", alone[1])
    if not os.path.exists(alone[0]):
        raise InputError("no run there", RUN, "run", alone[0])
    return Options(Path(alone[0]), alone[1:], values)


def folders(arguments: list[str], known: Iterable[str]) -> tuple[list[Path], dict[str, str]]:
    """Reads `FOLDER ... [key=value ...]`. Raises InputError as `split`, for an empty value and for no folder."""
    alone, values = split(arguments, known)
    if not alone:
        allowed = "at least one folder of runs, like outputs"
        raise InputError("no folder given", allowed, "argument", " ".join(arguments))
    empty = next((key for key, value in values.items() if not value), None)
    if empty:
        raise InputError("no value", f"once, as {empty}=...", empty, "")
    return list(map(Path, alone)), values


def split(arguments: list[str], known: Iterable[str]) -> tuple[list[str], dict[str, str]]:
    """The words that stand alone, and key -> value. What there is a folder of, and all after `--`, stands alone.

    Raises:
        InputError: for an unknown key, with the nearest known one; for one given twice, and for a flag.
    """
    known = list(known)
    end = arguments.index("--") if "--" in arguments else len(arguments)
    alone, values = list[str](), dict[str, str]()
    for argument in arguments[:end]:
        key, equals, value = argument.partition("=")
        if not equals or not key.isidentifier() or os.path.isdir(argument):
            if argument.startswith("-") and argument != "-":
                allowed = f"key=value with {', '.join(known)}; or --help"
                raise InputError("unknown flag", allowed, "argument", argument)
            alone.append(argument)
        elif key not in known:
            raise InputError("unknown key", nearest_name(key, known), key, value)
        elif key in values:
            raise InputError("given twice", "once", key, value)
        else:
            values[key] = value
    return alone + arguments[end + 1 :], values


def needs(package: str, extra: str) -> None:
    """Raises InputError where a package of an extra is not installed; nothing is imported to find out."""
    if importlib.util.find_spec(package) is None:
        raise InputError(f"{package} is not installed", f"pip install 'rnnlab[{extra}]'")


def _number(text: str) -> int | float | str:
    """The number that a text is, in plain digits; any other text as it is, to be refused."""
    if re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        return int(text)
    try:
        return float(text) if text.isascii() and "_" not in text else text
    except ValueError:
        return text


def write(folder: Path, contents: Mapping[str, bytes | str], within: Path | None = None) -> None:
    """Puts files, by their names, into a folder, which is made where there is none; see `rnnlab.files.write`.

    Raises:
        InputError: where that cannot be done.
    """
    name = ""
    try:
        if within is None:
            folder.mkdir(exist_ok=True)
        for name, content in contents.items():
            files.write(folder / name, content, within)
    except OSError as error:
        raise InputError(f"cannot be written, {error.strerror}", "a writable folder", "out", folder / name) from None


def new_file(key: str, text: str) -> Path:
    """A file to write. Raises InputError where there can be none."""
    path = Path(text)
    if not text:
        raise InputError("no file to write", f"give it once, as {key}=FILE", key, text)
    if os.path.isdir(path) or not os.path.isdir(path.absolute().parent):
        raise InputError("cannot be written", "a file in a folder that is there", key, path)
    return path
