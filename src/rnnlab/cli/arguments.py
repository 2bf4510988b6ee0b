"""`key=value` arguments of the command lines that ask a trained model: data, never read as yaml."""

import importlib.util
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from rnnlab.config.hints import nearest_name
from rnnlab.errors import InputError, check, one_of, whole


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


def options(arguments: list[str], known: Iterable[str], words: bool = False) -> Options:
    """Reads `RUN [WORD ...] [key=value ...]`; a word that looks like `key=value` stands alone after `--`.

    known: the keys besides `trust`. words: whether any may stand alone besides RUN.

    Raises:
        InputError: for an unknown key, with the nearest known one; for a RUN that is missing; for words too many.
    """
    known = [*known, "trust"]
    end = arguments.index("--") if "--" in arguments else len(arguments)
    alone, values = [], {}
    for argument in arguments[:end]:
        key, equals, value = argument.partition("=")
        if equals and key.isidentifier():
            if key not in known:
                raise InputError("unknown key", nearest_name(key, known), key, value)
            if key in values:
                raise InputError("given twice", "once", key, value)
            values[key] = value
        elif argument.startswith("-") and argument != "-":
            raise InputError("unknown flag", f"key=value with {', '.join(known)}; or --help", "argument", argument)
        else:
            alone.append(argument)
    alone += arguments[end + 1 :]
    if not alone:
        raise InputError("no run given", "the folder of a run, or a checkpoint, comes first")
    if len(alone) > 1 and not words:
        raise InputError("one word too many", "one run, then key=value", "argument", alone[1])
    if not os.path.exists(alone[0]):
        raise InputError("no run there", "the folder of a run, or a checkpoint", "run", alone[0])
    return Options(Path(alone[0]), alone[1:], values)


def wants_help(arguments: list[str], text: str | None) -> bool:
    """Prints `text` where help is asked for, or nothing at all."""
    asked = not arguments or bool({"-h", "--help"} & set(arguments))
    if asked:
        print(text)
    return asked


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
