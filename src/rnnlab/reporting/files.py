"""Files of runs are data that anybody may have written: read with a bound, and never through a link."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rnnlab.reporting.writing import plain

LARGEST = {".json": 1 << 20, ".csv": 1 << 24}
"""Bytes of a file of each kind that are read at all. A check is about 150 bytes of csv, so this is 100,000 checks."""


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
    text = content(path, largest)
    if not text.strip():
        raise Unreadable("empty")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no json, {plain(error, 80)}") from None
    if not isinstance(value, dict):
        raise Unreadable("no json of named values")
    return value


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
