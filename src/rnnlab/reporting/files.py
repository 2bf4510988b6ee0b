"""Files of runs are data that anybody may have written: read with a bound, and never through a link."""

import json
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rnnlab.reporting.writing import plain

LARGEST = {".json": 1 << 20, ".yaml": 1 << 18, ".csv": 1 << 24}
"""Bytes of a file of each kind that are read at all. A check is about 150 bytes of csv, so this is 100,000 checks."""

ALIAS = re.compile(rb"(?:^|[\s\[{,:])[*&]\w", re.MULTILINE)
"""A yaml anchor or alias: with these, 1 KB can stand for 10^30 values."""


class Unreadable(ValueError):
    """A file that cannot be used; the message says why, in a few words."""


def content(path: Path, largest: int | None = None) -> bytes:
    """The bytes of a plain file of a bounded size.

    Raises:
        FileNotFoundError: where there is none.
        Unreadable: for a link, a pipe, a device, a folder, too large a file, or one that the system refuses.
    """
    largest = largest or LARGEST[path.suffix]
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unreadable("a link" if path.is_symlink() else f"cannot be read, {error.strerror}") from None
    with open(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise Unreadable("not a plain file")
        if facts.st_size > largest:
            raise Unreadable(f"{facts.st_size:,} bytes, more than {largest:,}")
        return file.read(largest)


def json_record(path: Path, largest: int | None = None) -> dict[str, Any]:
    """The object in a json file; raises as `content`, and Unreadable where it holds anything else."""
    return _mapping(path, json.loads, largest)


def yaml_record(path: Path) -> dict[str, Any]:
    """The mapping in a yaml file of plain values without aliases; raises as `json_record`."""
    return _mapping(path, _yaml)


def yaml_list(path: Path) -> list[Any]:
    """The list in a yaml file; empty where it is missing or anything else."""
    try:
        value = _yaml(content(path))
    except (FileNotFoundError, ValueError, RecursionError):
        return []
    return value if isinstance(value, list) else []


def flat(node: dict[str, Any], most: int = 2000) -> dict[str, Any]:
    """Dotted key -> value, for every value of a nested config that is not itself a mapping with something in it.

    Raises:
        Unreadable: for more than `most` values.
    """
    values: dict[str, Any] = {}
    for key, value in _leaves(node, "", 0):
        values[key] = value
        if len(values) > most:
            raise Unreadable(f"more than {most:,} values")
    return values


def _leaves(node: dict[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    for key, value in node.items():
        if isinstance(value, dict) and value and depth < 20:
            yield from _leaves(value, f"{prefix}{key}.", depth + 1)
        else:
            yield f"{prefix}{key}", value


def _mapping(path: Path, read: Any, largest: int | None = None) -> dict[str, Any]:
    text = content(path, largest)
    if not text.strip():
        raise Unreadable("empty")
    try:
        value = read(text)
    except Unreadable:
        raise
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no {path.suffix[1:]}, {plain(error, 80)}") from None
    if not isinstance(value, dict):
        raise Unreadable(f"no {path.suffix[1:]} of named values")
    return value


def _yaml(text: bytes) -> Any:
    import yaml  # comes with OmegaConf; only runs without a config in run.json need it

    if ALIAS.search(text):
        raise Unreadable("aliases in yaml")
    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise Unreadable(f"no yaml, {plain(error, 80)}") from None
