"""Configs as nested dicts of plain values, and as flat ones of dotted keys."""

from typing import Any

Node = dict[str, Any]

DEEPEST = 20
"""Nodes within nodes; of a received config, what lies deeper is not read."""


def flat(node: Node) -> Node:
    """Dotted key -> value, for every value of a nested config that is not itself a node with something in it."""
    return {key: value for key, value in every(node).items() if not isinstance(value, dict) or not value}


def every(node: Node, prefix: str = "", depth: int = 0) -> Node:
    """Dotted key -> value, for every value and every node of a nested config."""
    found: Node = {}
    for key, value in node.items():
        found[prefix + key] = value
        if isinstance(value, dict) and depth < DEEPEST:
            found |= every(value, f"{prefix}{key}.", depth + 1)
    return found
