"""The space of a search: what each parameter may be, in the language of Hydra's sweeps.

`32,64`, `choice(32, 64)` and `range(1, 4)` list values; `interval(0, 1)` is all between its ends, and
`tag(log, interval(0.001, 0.1))` is that on a logarithmic scale. Whole ends of a whole number mean whole numbers.
"""

import math
import re
from collections.abc import Mapping
from random import Random
from typing import Any, NamedTuple

from hydra.core.override_parser.types import IntervalSweep, Override, QuotedString, Transformer

from rnnlab.config.overrides import parsed
from rnnlab.errors import InputError

ALLOWED = "like 32,64 or interval(0, 0.5) or tag(log, interval(0.001, 0.1))"

DIGITS = 4
"""Significant digits of a drawn number: enough to tell values apart, short enough to be read and typed."""

KEY = re.compile(r"[^\W\d_]\w*(\.[^\W\d_]\w*)*", re.ASCII)
ELSEWHERE = ("hydra", "search", "sweep", "launcher", "output_dir")
"""Nodes of a config that say how or where trials are run, not what they are."""

Value = float | int | bool | str | None


class Choice(NamedTuple):
    """A parameter with listed values; `texts` are the same as they are typed."""

    values: tuple[Value, ...]
    texts: tuple[str, ...]

    def draw(self, random: Random) -> Value:
        """One of the values, each as likely."""
        return random.choice(self.values)

    def ends(self) -> list[Value]:
        """Every value, since any may be a bad one."""
        return list(self.values)

    def points(self, count: int) -> list[Value]:
        """Every value, however many a grid has of an interval."""
        return list(self.values)

    def typed(self, value: Value) -> str:
        """A value as an override has it."""
        return next(
            text for one, text in zip(self.values, self.texts, strict=True) if one == value and type(one) is type(value)
        )

    def has(self, value: object) -> bool:
        """Whether a value is one of them."""
        return any(one == value and type(one) is type(value) for one in self.values)

    def __str__(self) -> str:
        return ",".join(self.texts)


class Interval(NamedTuple):
    """A parameter between two ends, both included; `log`: its logarithm is what is uniform."""

    low: float
    high: float
    log: bool
    whole: bool

    def draw(self, random: Random) -> Value:
        """A value at a uniform place of the scale."""
        return self.at(random.random())

    def ends(self) -> list[Value]:
        """The lowest and the highest value."""
        return [self.at(0.0), self.at(1.0)]

    def points(self, count: int) -> list[Value]:
        """`count` values at even distances, the ends among them (fewer where whole numbers coincide)."""
        return list(dict.fromkeys(self.at(place / (count - 1)) for place in range(count)))

    def at(self, share: float) -> Value:
        """The value at a share of the scale: 16 to 256 on a logarithmic one has 64 in its middle."""
        low, high = (math.log(self.low), math.log(self.high)) if self.log else (self.low, self.high)
        value = low + share * (high - low)
        return self.near(math.exp(value) if self.log else value)

    def near(self, value: float) -> Value:
        """A value as a trial gets it: whole, or of few digits, and never outside."""
        value = float(round(value)) if self.whole else float(f"{value:.{DIGITS}g}")
        value = min(max(value, self.low), self.high)
        return int(value) if self.whole else value

    def typed(self, value: Value) -> str:
        """A value as an override has it."""
        return str(value)

    def has(self, value: object) -> bool:
        """Whether a value is between the ends, and of their kind."""
        return type(value) is (int if self.whole else float) and self.low <= value <= self.high

    def __str__(self) -> str:
        low, high = (int(end) if self.whole else end for end in (self.low, self.high))
        return f"tag(log, interval({low}, {high}))" if self.log else f"interval({low}, {high})"


Space = dict[str, Choice | Interval]


def read_space(ready: Mapping[str, Any], given: list[Override], fixed: set[str], usual: Mapping[str, Any]) -> Space:
    """The space: the ready one (key -> text), with what was given on the command line in its place or added.

    A key in `fixed`, or of no text (null), is left out. `usual` is key -> value of the config without a search: where
    that is a whole number, an interval with whole ends holds whole numbers. An interval given for a parameter whose
    ready one is logarithmic is so too.

    Raises:
        InputError: naming what cannot be searched.
    """
    space: Space = {}
    for key, text in ready.items():
        if text is not None and key not in fixed:
            space[key] = _parameter(key, parsed(f"{key}={text}"), None, usual.get(key))
    for one in given:
        space[one.key_or_group] = _parameter(
            one.key_or_group, one, space.get(one.key_or_group), usual.get(one.key_or_group)
        )
    if not space:
        raise InputError("nothing to search", f"give a parameter values {ALLOWED}", "search.space", None)
    return space


def _parameter(key: str, one: Override, ready: Choice | Interval | None, usual: Any) -> Choice | Interval:
    given, text = one.value(), str(one.input_line).partition("=")[2]
    if not KEY.fullmatch(key) or key.split(".")[0] in ELSEWHERE:
        raise InputError("cannot be searched", "a key of a training, like optimizer.lr", "search.space", key)
    if key in ("task", "model"):
        raise InputError(
            "cannot be searched", "one task and one model a search, because the space is theirs", key, text
        )
    if isinstance(given, IntervalSweep):
        return _interval(key, given, text, ready, usual)
    if not one.is_sweep_override() or not one.is_discrete_sweep() or getattr(given, "shuffle", False):
        raise InputError("cannot be searched", ALLOWED, key, text)
    try:
        values = [_plain(value) for value in one.sweep_iterator(Transformer.identity)]
        texts = [str(text) for text in one.sweep_string_iterator()]
    except (TypeError, ValueError):
        raise InputError("cannot be searched", f"numbers or words, {ALLOWED}", key, text) from None
    if len(set(texts)) < len(texts):
        raise InputError("the same value twice", ALLOWED, key, text)
    return Choice(tuple(values), tuple(texts))


def _interval(key: str, given: IntervalSweep, text: str, ready: Choice | Interval | None, usual: Any) -> Interval:
    low, high = given.start, given.end
    inherits = ready if isinstance(ready, Interval) else None
    log = "log" in given.tags or bool(inherits and inherits.log)
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise InputError("cannot be searched", "two finite ends, the lower one first", key, text)
    if log and low <= 0:
        raise InputError("cannot be searched", "a logarithmic scale starts above 0", key, text)
    cast = isinstance(low, int) and isinstance(high, int)
    whole = float(low).is_integer() and float(high).is_integer()
    counted = isinstance(usual, int) and not isinstance(usual, bool)
    return Interval(float(low), float(high), log, cast or (whole and counted))


def _plain(value: Any) -> Value:
    """A value that json keeps as it is. Raises TypeError for a list or a mapping."""
    if isinstance(value, QuotedString):
        return value.text
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(type(value))
