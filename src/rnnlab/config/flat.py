"""Configs as nested dicts of plain values, and as flat ones of dotted keys."""

from typing import Any

from rnnlab.files import Unusable

Node = dict[str, Any]


def bounded(node: dict[str, Any], most: int = 2000) -> dict[str, Any]:
    """Dotted key -> value, for every value of a nested config that is not itself a mapping with something in it.

    Raises:
        Unusable: for more than `most` values.
    """
    values: dict[str, Any] = {}
    _gather(values, node, "", 0, most)
    return values


def _gather(values: dict[str, Any], node: dict[str, Any], prefix: str, depth: int, most: int) -> None:
    for key, value in node.items():
        if isinstance(value, dict) and value and depth < 20:
            _gather(values, value, f"{prefix}{key}.", depth + 1, most)
        else:
            values[prefix + key] = value
    if len(values) > most:
        raise Unusable(f"more than {most:,} values")


def flat(node: Node, prefix: str = "") -> Node:
    """A nested dict as one of dotted keys."""
    items: Node = {}
    for key, value in node.items():
        items |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return items
