"""Going on with a sweep whose folder may come from anybody: its record is overrides, which are data, and nothing else.

What could run a program, or reach out of the folder, is neither put into the record nor taken out of it: flags, hydra's
own settings but for a few numbers, names of classes, packages, interpolations. Its user types those again.
"""

import os
import re
from pathlib import Path
from typing import Any, NamedTuple

from hydra.core.override_parser.types import OverrideType

from rnnlab import files
from rnnlab.config.flags import Command
from rnnlab.config.overrides import parsed, quoted
from rnnlab.config.trust import listed
from rnnlab.errors import InputError

RECORD = "sweep.json"

MOST, LONGEST = 1000, 10_000
"""Overrides of a record, and characters of one."""

KEY = re.compile(r"[^\W\d_]\w*(\.\w+)*", re.ASCII)
PLACE = (
    "output_dir",
    "sweep.name",
    "sweep.varies",
    "sweep.resume",
    "resume",
    "resume_anyway",
    "trust",
    "sweep",
    "hydra",
)
"""Keys that say where a sweep is, and whom to trust: never a record's to set."""

NUMBERS = {"jobs", "n_jobs", "batch_size", "timeout_min", "max_num_timeout", "signal_delay_s", "array_parallelism"}
NUMBERS |= {
    "cpus_per_task",
    "gpus_per_node",
    "mem_gb",
    "ray.init.num_cpus",
    "ray.remote.num_cpus",
    "ray.remote.num_gpus",
}
WORDS = {"name", "partition", "account", "qos"}
WORD = re.compile(r"[\w.-]{1,64}", re.ASCII)
"""What of a launcher's settings is data: the rest holds commands, paths and addresses."""


class Resumed(NamedTuple):
    """A sweep to go on with: its overrides, the packages its user trusts, its folder."""

    overrides: list[str]
    trust: list[str]
    where: Path


def resumed(command: Command) -> Resumed:
    """The sweep of `sweep.resume=FOLDER`; what is typed besides has the last word.

    Raises:
        InputError: where there is no sweep, or its record holds anything but data, or something has to be typed again.
    """
    typed = {text.partition("=")[0]: text for text in command.overrides}
    if len(typed) < len(command.overrides):
        raise InputError("given twice", "once each", "argument", command.overrides[-1])
    given = typed.pop("sweep.resume").partition("=")[2]
    trust = listed(typed.pop("trust", "").partition("=")[2])
    for text in typed.values():
        if parsed(text).key_or_group in PLACE:
            raise InputError("cannot be combined", "the folder says it", "sweep.resume", text)
    where = Path(os.path.realpath(given))  # a link to itself is no error there
    record = _record(where, given)
    kept = {text.partition("=")[0]: text for text in record["overrides"]}
    there = {*typed, *(["--config-dir"] if command.config_dir is not None else [])}
    missing = [key for key in record["again"] if key not in there]
    if missing:
        allowed = "a sweep's folder says nothing that could run a program"
        raise InputError(f"{' and '.join(missing[:5])} must be typed again", allowed, "sweep.resume", given)
    place = [f"output_dir={quoted(str(where.parents[1]))}", f"sweep.name={quoted(where.name)}"]
    return Resumed([*(kept | typed).values(), *place], trust, where)


def _record(where: Path, given: str) -> dict[str, list[str]]:
    """A sweep's record, all of it data."""
    if where.parent.name != "sweeps" or "$" in str(where):
        raise InputError("no sweep there", "a folder in one named sweeps", "sweep.resume", given)
    try:
        record = files.read_json(where / RECORD, within=where)
    except FileNotFoundError:
        raise InputError("no sweep there", "the folder of a sweep", "sweep.resume", given) from None
    except files.Unusable as error:
        raise InputError(f"{RECORD} is {error}", "the folder of a sweep", "sweep.resume", given) from None
    lists = [record.get("overrides"), record.get("again", [])]
    if not all(
        isinstance(part, list) and len(part) <= MOST and all(isinstance(one, str) for one in part) for part in lists
    ):
        raise InputError(f"{RECORD} is no list of overrides", "the folder of a sweep", "sweep.resume", given)
    for text in lists[0]:
        wrong = objection(text)
        if wrong:
            what = f"{RECORD} holds {text[:80]!a}, {wrong}"
            raise InputError(
                what, "type again what you trust, beside a record of plain key=value", "sweep.resume", given
            )
    for name in lists[1]:
        if not re.fullmatch(r"[\w.@/+~-]{1,100}", name, re.ASCII):
            raise InputError(f"{RECORD} asks for {name[:80]!a}", "names of keys", "sweep.resume", given)
    return {"overrides": lists[0], "again": lists[1]}


def objection(text: str) -> str:
    """Why an override is not to be taken from a record; empty where it is data."""
    if len(text) > LONGEST or not text.isprintable():
        return "too long, or not of visible characters"
    if "$" in text:
        return "an interpolation"
    if text.startswith("-"):
        return "a flag"
    try:
        one = parsed(text)
    except InputError:
        return "no override"
    key, value = one.key_or_group, one.value()
    if one.type is not OverrideType.CHANGE or one.package is not None or not KEY.fullmatch(key):
        return "not a plain key"
    if key in PLACE:
        return "which the folder cannot say"
    if key.startswith("hydra."):
        return "" if _is_data_of_a_launcher(key.removeprefix("hydra.launcher."), value) else "a setting of Hydra's"
    if any(part.startswith("_") for part in key.split(".")) or not _plain(one._value):
        return "the name of a class"
    return ""


def _is_data_of_a_launcher(key: str, value: Any) -> bool:
    if key in NUMBERS:
        return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
    return key in WORDS and (value is None or (isinstance(value, str) and bool(WORD.fullmatch(value))))


def _plain(value: Any) -> bool:
    """Whether no key of a value, however deep, is one that Hydra or rnnlab reads as code."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            if any(part.startswith("_") for key in item for part in str(getattr(key, "text", key)).split(".")):
                return False
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
        elif isinstance(getattr(item, "list", None), list):  # a choice of values
            waiting += item.list
    return True
