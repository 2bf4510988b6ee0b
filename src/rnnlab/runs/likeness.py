"""What a structure from a file must look like before it is used, taken from one that this process made itself.

A likeness is a structure of dicts, lists and tuples. What is plain in it must be equal; a `Rule` says what else may be
there: a fresh counter stands for any counter, a fresh tensor for any finite one of its shape and type.
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

MOST = 10**15
"""The largest whole number in a checkpoint that is taken for a count: more than any run lives to see."""


class Differs(ValueError):
    """What was read is not what was expected; the message names the place and both."""


class Rule(NamedTuple):
    """What may be in a place besides one certain value; `allowed` says it in words."""

    allowed: str
    holds: Callable[[Any], bool]


class Maybe(NamedTuple):
    """The likeness of what may be missing in a dict."""

    likeness: Any


def whole(low: int = 0, high: int = MOST) -> Rule:
    """A whole number in [low, high]."""
    return Rule(f"a whole number from {low} to {high}", lambda value: type(value) is int and low <= value <= high)


def number(low: float = -math.inf, besides: float = 0.0) -> Rule:
    """A finite number of at least `low`, or the one that `besides` is (an infinity, nan)."""

    def holds(value: Any) -> bool:
        if type(value) is int:
            return low <= value and abs(value) <= MOST
        return type(value) is float and ((math.isfinite(value) and value >= low) or repr(value) == repr(besides))

    least = "" if low == -math.inf else f" of at least {low:g}"
    other = "" if math.isfinite(besides) else f", or {besides}"
    return Rule(f"a finite number{least}{other}", holds)


def tensor(like: Tensor, low: float = -math.inf) -> Rule:
    """A tensor of the shape and type of `like`, finite and nowhere below `low`."""

    def holds(value: Any) -> bool:
        if type(value) is not Tensor or value.shape != like.shape or value.dtype != like.dtype:
            return False
        fine = torch.isfinite(value) & (value >= low) | (value == like) & ~torch.isfinite(like)
        return bool(fine.all())  # what is infinite in a fresh one may still be so

    least = "" if low == -math.inf else f" and at least {low:g}"
    return Rule(f"{described(like)}, finite{least}", holds)


def like(value: Any, grows: bool = False) -> Any:
    """The likeness of a fresh value, for the same one after any number of steps.

    A number that is not known at first (None, an infinity, nan) may have become a finite one; a whole number stays
    whole and, unless it began there, does not fall below 0; keys stay. With `grows`, what is empty may have been filled
    with plain and finite values.
    """
    if isinstance(value, Mapping | list | tuple) and not value and grows:
        return Rule(f"a {type(value).__name__} of plain, finite values", lambda v: type(v) is type(value) and plain(v))
    if isinstance(value, Mapping):
        return {key: like(inner, grows) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(like(inner, grows) for inner in value)
    if isinstance(value, Tensor):
        return tensor(value)
    if isinstance(value, bool):
        return Rule("true or false", lambda given: type(given) is bool)
    if isinstance(value, int):
        return whole(min(value, 0))
    if isinstance(value, float):
        return number(besides=value)
    if value is None:
        return Rule("none, or a finite number", lambda given: given is None or number().holds(given))
    return Rule("a text", lambda given: type(given) is str)


def plain(value: Any) -> bool:
    """Whether all in a value is finite."""
    if isinstance(value, Mapping):
        return all(map(plain, value.values()))
    if isinstance(value, list | tuple):
        return all(map(plain, value))
    if isinstance(value, Tensor):
        return bool(torch.isfinite(value).all())
    return number().holds(value) if type(value) in (int, float) else True


def compare(value: Any, likeness: Any, place: str = "") -> None:
    """Raises Differs where a value, which is said to stand at `place`, is not like its likeness."""
    if isinstance(likeness, Rule):
        if not likeness.holds(value):
            raise Differs(f"{place} is {described(value)}, this run has {likeness.allowed}")
    elif isinstance(likeness, Mapping) and isinstance(value, dict):
        _compare_dicts(value, likeness, place)
    elif isinstance(likeness, list | tuple) and type(value) is type(likeness):
        if len(value) != len(likeness):
            raise Differs(f"{place} has {len(value)} items, this run has {len(likeness)}")
        for index, (inner, expected) in enumerate(zip(value, likeness, strict=True)):
            compare(inner, expected, _under(place, index))
    elif isinstance(value, Tensor) or type(value) is not type(likeness) or value != likeness:
        raise Differs(f"{place} is {described(value)}, this run has {described(likeness)}")


def _compare_dicts(value: dict, likeness: Mapping, place: str) -> None:
    kinds = {(type(key), key) for key in likeness}
    for key in value:
        if (type(key), key) not in kinds:
            raise Differs(f"{_under(place, key)} is in no checkpoint of this run")
    for key, expected in likeness.items():
        if key in value:
            compare(value[key], expected.likeness if isinstance(expected, Maybe) else expected, _under(place, key))
        elif not isinstance(expected, Maybe):
            raise Differs(f"{_under(place, key)} is missing")


def at(value: Any, place: str) -> Any:
    """What stands at a place like `learner/losses`. Raises Differs where there is nothing."""
    names = place.split("/")
    for index, name in enumerate(names):
        if not isinstance(value, dict) or name not in value:
            raise Differs(f"{'/'.join(names[: index + 1])} is missing")
        value = value[name]
    return value


def count(value: Any, place: str, high: int = MOST) -> int:
    """The whole number from 0 to `high` that stands at a place. Raises Differs where it is none."""
    number = at(value, place)
    compare(number, whole(0, high), place)
    return int(number)


def _under(place: str, key: Any) -> str:
    name = str(key) if re.fullmatch(r"[\w.-]{1,80}", str(key), re.ASCII) else ascii(key)[:80]
    return f"{place}/{name}" if place else name


def described(value: Any) -> str:
    """A value in a few words: of a tensor its shape and type, of a dict or list how many items it has."""
    if isinstance(value, Tensor):
        finite = "" if bool(torch.isfinite(value).all()) else " that is not finite"
        return f"a {str(value.dtype).removeprefix('torch.')} tensor of shape {list(value.shape)}{finite}"
    if isinstance(value, Mapping | list | tuple):
        return f"a {type(value).__name__} of {len(value)}"
    return "none" if value is None else ascii(value)[:60]
