"""Overrides: how they are typed, and what of them is refused where nothing has been composed yet."""

import re
import shlex
from collections.abc import Iterable, Iterator
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, Override, Quote, QuotedString, Sweep
from hydra.errors import HydraException

from rnnlab.config.flags import CONF
from rnnlab.config.flat import Node
from rnnlab.config.hints import nearest_choice, nearest_key
from rnnlab.errors import InputError, nearest, shown
from rnnlab.runs.run import first_process

OF_HYDRA = "of Hydra's own settings only those of the launcher, like hydra.launcher.jobs=2"
REFUSED = {
    "mode": "add -m for a sweep, or leave it out",
    "searchpath": "add a folder of your own with --config-dir",
    "sweeper": "a sweep is values like seed=1,2,3, and a search is like search=random",
}
"""Settings of Hydra's that would do what rnnlab does in another way. Most of the others it would read unchecked."""


def parsed(text: str) -> Override:
    """An override as Hydra reads it. Raises InputError where it cannot be read."""
    try:
        text.encode()
        return OverridesParser.create().parse_override(text)
    except (HydraException, UnicodeEncodeError) as error:  # the latter of bytes that are no UTF-8
        (key, equals, value), reason = text.partition("="), str(error).splitlines()[0].rstrip(". ")
        allowed = "like task=digitsum without blanks around =, or seed=1,2,3 with -m"
        if not equals or not key:
            raise InputError("is no key=value", choice(text) or allowed, "argument", text) from None
        if isinstance(error, HydraException):
            typed = f"{key}={QuotedString(value, Quote.double).with_quotes()}"
            allowed += f"; text in quotes, as {shlex.quote(typed)}"
        raise InputError(f"cannot be read, {reason}", allowed, "argument", text) from None


def choice(word: str) -> str:
    """The choice that a word alone, like `lstm`, is meant to be; nothing where it is none."""
    groups = [path.parent.name for path in CONF.glob(f"*/{word.lower()}.yaml")] if word.isidentifier() else []
    return f"did you mean '{groups[0]}={word.lower()}'?" if groups else ""


def quoted(text: str) -> str:
    """Any text as the value of an override."""
    return QuotedString(text, Quote.single).with_quotes()


def values(override: Override) -> Iterator[str]:
    """The values of an override as typed: several for a sweep."""
    if override.is_sweep_override() and override.is_discrete_sweep():
        return map(str, override.sweep_string_iterator())
    if override.is_sweep_override():
        return iter([override.get_value_string()])  # of an interval
    value = override.value()
    return iter([shown(value) if isinstance(value, bool | None) else override.get_value_element_as_str()])


def first(override: Override) -> str:
    """The value of an override, or the first of several."""
    return next(values(override))


def check_of_hydra(one: Override) -> None:
    """That a setting of Hydra's is one of a launcher's."""
    key = one.key_or_group
    if not first_process() and key in ("hydra.run.dir", "hydra.job.name", "hydra.output_subdir"):
        return  # with which Lightning starts the other processes of a run
    if re.match("hydra[./@]", key) and not re.match(r"hydra\.launcher\.|hydra/launcher$", key):
        raise InputError("is not for rnnlab", REFUSED.get(re.split("[./@]", key)[1], OF_HYDRA), key, first(one))


def check_choice(one: Override, names: set[str]) -> None:
    """That every choice of a group exists; only an experiment can be left out."""
    group = one.key_or_group
    for name in [] if one.is_delete() else values(one):
        if names and name not in names:
            raise InputError(f"unknown {group}", nearest_choice(group, name, names), group, name)
    if one.is_delete() and group != "experiment":
        raise InputError("cannot be left out", nearest("", names), "argument", one.input_line)
    if one.package is not None and not group.startswith("search/"):
        raise InputError("cannot be put elsewhere", f"{group}=NAME", one.get_key_element(), first(one))


def check_key(one: Override, known: Node, choices: Iterable[str]) -> None:
    """That an override is of a key that the config has, or may be one of a launcher's, and leaves it one."""
    key = one.key_or_group
    if key.startswith("hydra.") and not one.is_delete():
        return
    if key not in known:
        visible = {name for name in (*known, *choices) if not name.startswith("hydra") and name != "tuned"}
        raise InputError("unknown key", nearest_key(key, first(one), visible), key, first(one))
    if one.is_delete():
        raise InputError("cannot be left out", f"give it a value, like {key}=null", "argument", one.input_line)
    if isinstance(one.value(), dict | list):
        _check_inside(one.value(), key, known, one.get_value_string())
    for text in values(one) if isinstance(known[key], dict) and not isinstance(one.value(), dict) else ():
        if text != "null" or key.count(".") != 1:  # one of callbacks or loggers, which null turns off
            allowed = choice(text) or f"values of its keys, like {key}.KEY=..."
            raise InputError("no value belongs there", allowed, key, text)


def _check_inside(value: Any, key: str, known: Node, text: str, listed: bool = False) -> None:
    """That what stands in the brackets of a value is plain, and every key of a node, not `listed`, one that it has."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if "." in str(name):
                raise InputError("a key with a dot", "brackets in brackets, like {optimizer: {lr: 0.1}}", key, text)
            if f"{key}.{name}" not in known and not listed:
                path = f"{key}.{name}"
                raise InputError("unknown key", nearest_key(path, str(inner), known), path, inner)
            _check_inside(inner, f"{key}.{name}", known, text, listed)
    elif isinstance(value, list):
        for inner in value:
            _check_inside(inner, key, known, text, listed=True)
    elif isinstance(value, Sweep | Glob):
        raise InputError("cannot stand in brackets", "in quotes, like {lr: 'interval(0, 1)'}", key, text)
