"""Whose classes the config of a run may name: rnnlab's, and those of the packages that its user names.

A run's folder may come from anybody, so nothing in it counts, not even the command that it says it was made by.
"""

import os

ENVIRONMENT = "RNNLAB_TRUST"
"""In the environment: packages that are trusted besides those of `trust=[...]`."""


def listed(text: str) -> list[str]:
    """The packages in `[a,b]` or `a,b`."""
    return [name for name in text.strip("[]").replace(" ", "").split(",") if name]


def trusted(given: list[str]) -> set[str]:
    """The packages that are given, and those that the environment names."""
    return {*given, *listed(os.environ.get(ENVIRONMENT, ""))}
