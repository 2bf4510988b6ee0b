"""Lengths as a person gives them: a list like [2,3,4], or a range like 1-40."""

import re

from rnnlab.errors import InputError

MOST = 1000
"""Lengths of a range: each is tried out before a training starts."""


def spread(key: str, lengths: object) -> object:
    """The list that a range stands for; anything else as it is. Raises InputError for a range that is none."""
    found = re.fullmatch(r"(\d{1,9})-(\d{1,9})", lengths) if isinstance(lengths, str) else None
    if not found:
        return lengths
    first, last = map(int, found.groups())
    if not first <= last < first + MOST:
        raise InputError("no range of lengths", f"two lengths like 1-40, at most {MOST:,} in all", key, lengths)
    return list(range(first, last + 1))
