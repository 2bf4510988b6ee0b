"""Every way in which one place of a checkpoint can be made wrong, one at a time."""

import copy
import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor

PLAIN = {
    "text": "x",
    "none": None,
    "true": True,
    "nan": math.nan,
    "inf": math.inf,
    "-inf": -math.inf,
    "-1": -1,
    "-1.0": -1.0,
    "1e20": 1e20,
    "2**62": 2**62,
    "10**20": 10**20,
    "a list": [],
    "a dict": {},
    "a tensor": torch.zeros(2),
}
WORDS = 8
"""Of a list of numbers, so many from both ends stand for all of them."""


class Mutant(NamedTuple):
    """A checkpoint with one thing wrong: where, what, and how to make it so."""

    place: str
    kind: str
    change: Callable[[Any], None]

    def of(self, content: dict) -> dict:
        """A changed copy."""
        content = copy.deepcopy(content)
        self.change(content)
        return content


def mutants(content: dict) -> Iterator[Mutant]:
    """All of them, of every leaf and every container."""
    yield Mutant("", "more", lambda whole: whole.update(more=1))
    for path, value in places(content):
        for kind, other in others(value):
            yield Mutant("/".join(map(str, path)), kind, putting(path, other))
        yield Mutant(
            "/".join(map(str, path)), "removed", lambda whole, path=path: inner(whole, path[:-1]).pop(path[-1])
        )


def places(value: Any, path: tuple = ()) -> Iterator[tuple[tuple, Any]]:
    """Path and value of everything below."""
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list | tuple):
        items = list(enumerate(value))
        items = items if len(items) < 2 * WORDS else items[:2] + items[-2:]
    else:
        return
    for key, part in items:
        if not isinstance(value, tuple):  # its parts cannot be changed, it can
            yield (*path, key), part
        yield from places(part, (*path, key))


def others(value: Any) -> Iterator[tuple[str, Any]]:
    """Kind and value of what may stand where `value` stood."""
    for kind, other in PLAIN.items():
        if type(other) is not type(value) or (isinstance(other, float | str) and other != value):
            yield kind, other
    if type(value) is bool:
        yield "the other", not value
    elif type(value) is int:
        yield from (("one more", value + 1), ("one less", value - 1), ("2**62", 2**62), ("10**20", 10**20), ("-1", -1))
    elif isinstance(value, str):
        yield "longer", value + "x"
    elif isinstance(value, Tensor):
        yield from of_tensor(value)
    elif isinstance(value, dict):
        yield from (("a list of it", list(value.values())), ("more", {**value, "more": 1}))
    elif isinstance(value, list | tuple):
        kind, another = (list, tuple) if isinstance(value, list) else (tuple, list)
        yield from (("longer", kind([*value, *(value[-1:] or [1])])), ("another kind", another(value)))
        yield "a dict of it", dict(enumerate(value))
    if isinstance(value, list | tuple) and value:
        yield "shorter", value[:-1]
    if isinstance(value, dict | list | tuple) and value:
        yield "emptied", type(value)()


def of_tensor(value: Tensor) -> Iterator[tuple[str, Tensor]]:
    """The same for a tensor: other shapes, other types, other numbers."""
    yield "flat and longer", torch.zeros(value.numel() + 1, dtype=value.dtype)
    yield "deeper", value[None].clone()
    yield "flat and short", torch.zeros(1, dtype=value.dtype) if value.ndim != 1 else value[:-1].clone()
    yield "huge", torch.zeros(100_000, dtype=value.dtype)
    for dtype in {torch.float64, torch.float32, torch.float16, torch.int64, torch.uint8} - {value.dtype}:
        yield str(dtype), value.to(dtype)
    for kind, number in {"all nan": math.nan, "all inf": math.inf, "all 1e20": 1e20, "all -1": -1, "all 0": 0}.items():
        if value.is_floating_point() or (math.isfinite(number) and abs(number) < 1e20):
            other = torch.full_like(value, number % 256 if value.dtype == torch.uint8 else number)
            if not torch.equal(other, value):
                yield kind, other
    if value.is_floating_point():
        one = value.clone()
        one.view(-1)[-1] = math.nan
        yield "one nan", one


def inner(whole: Any, path: tuple) -> Any:
    for key in path:
        whole = whole[key]
    return whole


def putting(path: tuple, other: Any) -> Callable[[Any], None]:
    def change(whole: Any) -> None:
        inner(whole, path[:-1])[path[-1]] = other

    return change


def removing(path: tuple) -> Callable[[Any], None]:
    def change(whole: Any) -> None:
        inner(whole, path[:-1]).pop(path[-1])

    return change
