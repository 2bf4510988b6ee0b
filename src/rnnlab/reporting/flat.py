"""The values of a run's config, of which anybody may have written as many as they like."""

from collections.abc import Iterator
from typing import Any

from rnnlab.files import Unusable


def flat(node: dict[str, Any], most: int = 2000) -> dict[str, Any]:
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
