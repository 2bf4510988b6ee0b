"""The states of the global random generators: set where a training begins, saved, vetted, put back."""

import math
import random
import struct
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor

from rnnlab.likeness import Rule, whole

WORDS = 624
"""Of a Mersenne twister, which Python, numpy and torch (on the CPU) all have; its place in them is from 0 to this."""


def start_random(rank: int) -> None:
    """Lets training begin with generators that depend on the seed and the process alone, whatever was imported so far.

    Torch's goes on from the weights that it has drawn, but in other processes than the first: dropout differs there.
    """
    seed = torch.initial_seed() + rank
    random.seed(seed)
    np.random.seed(seed % 2**32)
    if rank:
        torch.manual_seed(seed)


def random_state() -> dict[str, Any]:
    """The state of every global random generator, as tensors and plain lists."""
    kind, words, gauss = random.getstate()
    name, keys, *rest = np.random.get_state()
    return {
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "python": [kind, list(words), gauss],
        "numpy": [name, keys.tolist(), *rest],
    }


def set_random_state(state: dict[str, Any]) -> None:
    """Puts every global random generator that is here where `random_state` found it."""
    torch.set_rng_state(state["torch"])
    devices = torch.cuda.device_count() if torch.cuda.is_available() else 0
    for device, one in zip(range(devices), state["cuda"], strict=False):
        torch.cuda.set_rng_state(one, device)
    kind, words, gauss = state["python"]
    random.setstate((kind, tuple(words), gauss))
    np.random.set_state(tuple(state["numpy"]))


def _of_torch(value: Any) -> bool:
    probe = Generator()
    if not _taken(value, probe):
        return False
    # torch itself takes a place in the twister from which it would read beyond it
    (left,), (place,) = struct.unpack_from("<i", value.numpy(), 8), struct.unpack_from("<Q", value.numpy(), 16)
    if left + place != WORDS + 1 and (left, place) != (1, 0):
        return False
    drawn = [float(torch.randn(1, generator=probe, dtype=dtype)) for dtype in (torch.float64, torch.float32)]
    return all(map(math.isfinite, drawn))  # one that was drawn before may be waiting in the state


def _of_cuda(value: Any) -> bool:
    if torch.cuda.is_available():
        return _taken(value, Generator("cuda"))
    return type(value) is Tensor and value.dtype == torch.uint8 and value.shape == (16,)


def _taken(value: Any, probe: Generator) -> bool:
    """Whether a generator takes a state and gives it back as it was."""
    if type(value) is not Tensor or value.dtype != torch.uint8 or value.shape != probe.get_state().shape:
        return False
    try:
        probe.set_state(value)
    except RuntimeError:
        return False
    return torch.equal(probe.get_state(), value)


def _are_words(value: Any, count: int) -> bool:
    return type(value) is list and len(value) == count and all(type(v) is int and 0 <= v < 1 << 32 for v in value)


def _is_normal(value: Any) -> bool:
    return type(value) is float and math.isfinite(value)


LIKENESS = {
    "torch": Rule("a state of torch's generator", _of_torch),
    "cuda": Rule("states of generators on GPUs", lambda value: type(value) is list and all(map(_of_cuda, value))),
    "python": [
        random.getstate()[0],
        Rule(
            f"{WORDS} words and a place",
            lambda value: _are_words(value, WORDS + 1) and whole(0, WORDS).holds(value[-1]),
        ),
        Rule("none, or a normal number", lambda value: value is None or _is_normal(value)),
    ],
    "numpy": [
        np.random.get_state()[0],
        Rule(f"{WORDS} words", lambda value: _are_words(value, WORDS)),
        whole(0, WORDS),
        whole(0, 1),
        Rule("a normal number", _is_normal),
    ],
}
"""The likeness of what `random_state` gives."""
