"""The grid of a sweep: every combination of the values given, counted before any is listed."""

import decimal
import itertools
import math
from collections.abc import Iterable
from typing import Any

from hydra.core.override_parser.types import ChoiceSweep, Glob, Override, RangeSweep

from rnnlab.errors import InputError

MOST = 100_000
"""Jobs of a sweep: more than anybody runs, and few enough to be listed."""


def grid(overrides: list[Override]) -> list[list[str]]:
    """The overrides of each job, the last one changing fastest.

    Raises:
        InputError: for an interval, and for more jobs than MOST.
    """
    for one in overrides:
        if one.is_sweep_override() and not one.is_discrete_sweep():
            allowed = "values like 1,2,3 or range(1,4); or a search, like search=random"
            raise InputError("no grid has all of an interval", allowed, one.key_or_group, one.get_value_string())
    count = math.prod(how_many(one) for one in overrides if one.is_sweep_override())
    if count > MOST:
        raise InputError(f"a sweep of {count:,} jobs", f"at most {MOST:,}: give a key fewer values")
    return [list(each) for each in itertools.product(*(_texts(one) for one in overrides))]


def how_many(one: Override) -> int:
    """How many values a sweep over one key has; nothing is listed to find out.

    Raises:
        InputError: for none, for more than MOST, and for a range without an end.
    """
    given = one._value
    if not isinstance(given, RangeSweep | ChoiceSweep):
        return 1  # also an interval, of which a search takes what it needs
    key, text = one.get_key_element(), one.get_value_string()
    count = len(given.list) if isinstance(given, ChoiceSweep) else _in_range(given)
    if count is None:
        raise InputError("a range without an end", "like range(1,4) or range(0,1,0.1)", key, text)
    if count < 1:
        raise InputError("no value at all", "at least one, like 1,2,3 or range(1,4)", key, text)
    if count > MOST:
        raise InputError(f"{count:,} values", f"at most {MOST:,}", key, text)
    return count


def _in_range(given: RangeSweep) -> int | None:
    """How many numbers are in a range, as Hydra makes them."""
    if given.start is None or given.stop is None or given.step is None:
        return None
    try:
        start, stop, step = (decimal.Decimal(number) for number in (given.start, given.stop, given.step))
        return max(math.ceil((stop - start) / step), 0)
    except (ArithmeticError, ValueError):
        return None


def spelled_out(one: Override, names: Iterable[str]) -> str:
    """An override as it was typed, but `model=glob(l*)` as the choice of those of `names` that it means.

    Raises:
        InputError: where it means none.
    """
    given: Any = one._value  # Hydra says less than it may be
    if not isinstance(given, Glob):
        return str(one.input_line)
    meant = given.filter(sorted(names))
    if not meant:
        allowed = f"a pattern of {', '.join(sorted(names))}" if names else "values like 1,2,3: patterns are for choices"
        raise InputError("matches nothing", allowed, one.get_key_element(), one.get_value_string())
    return f"{one.get_key_element()}=choice({','.join(meant)})"


def _texts(one: Override) -> list[str]:
    """The overrides that one over several values stands for."""
    key = one.get_key_element()
    if not one.is_sweep_override():
        return [f"{key}={one.get_value_element_as_str()}"]
    try:
        texts = [f"{key}={text}" for text in one.sweep_string_iterator()]
    except (TypeError, ValueError) as error:
        raise InputError(f"cannot be listed, {error}", "values like 1,2,3", key, one.get_value_string()) from None
    if len(set(texts)) < len(texts):
        raise InputError("the same value twice", "each once", key, one.get_value_string())
    return texts
