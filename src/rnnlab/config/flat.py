"""Configs as nested dicts of plain values, and as flat ones of dotted keys."""

from collections.abc import Iterator
from typing import Any

from rnnlab.files import Unusable

Node = dict[str, Any]


def bounded(node: dict[str, Any], most: int = 2000) -> dict[str, Any]:
    """Dotted key -> value, for every value of a nested config that is not itself a mapping with something in it.

    Raises:
        Unusable: for more than `most` values.
    """
    values: dict[str, Any] = {}
    for key, value in _leaves(node, "", 0):
        values[key] = value
        if len(values) > most:
            raise Unusable(f"more than {most:,} values")
    return values


def _leaves(node: dict[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    for key, value in node.items():
        if isinstance(value, dict) and value and depth < 20:
            yield from _leaves(value, f"{prefix}{key}.", depth + 1)
        else:
            yield f"{prefix}{key}", value


def flat(node: Node, prefix: str = "") -> Node:
    """A nested dict as one of dotted keys."""
    items: Node = {}
    for key, value in node.items():
        items |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return items
