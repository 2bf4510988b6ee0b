"""Every state that the random generators can be in is taken and put back, and no other."""

import random

import numpy as np
import pytest
import torch

from rnnlab.runs.likeness import Differs, compare
from rnnlab.training import random_state


@pytest.mark.parametrize("drawn", [0, 1, 2, 623, 624, 625, 1000, 1247, 1248])
def test_every_state_of_the_random_generators_is_like_one(drawn):
    torch.manual_seed(drawn)
    random.seed(drawn)
    np.random.seed(drawn)
    torch.rand(drawn)
    torch.randn(drawn % 3, dtype=torch.float64)
    for _ in range(drawn):
        random.getrandbits(32)
        np.random.randint(2**32, dtype=np.uint64)
    random.gauss(0, 1)
    np.random.randn()
    compare(random_state.random_state(), random_state.LIKENESS)


def altered(offset: int, content: bytes) -> torch.Tensor:
    state = bytearray(torch.Generator().manual_seed(1).get_state().numpy().tobytes())
    state[offset : offset + len(content)] = content
    return torch.frombuffer(state, dtype=torch.uint8).clone()


@pytest.mark.parametrize(
    ("offset", "content"),
    [
        (8, b"\0\0\0\0"),  # words left in the twister: none
        (8, b"\x80\1\0\0"),  # 384, from the first word on, as many as torch would take, but not in this place
        (16, b"\5\0\0\0"),  # from word 5 on
        (16, b"\xff\xff\xff\xff"),
        (12, b"\0\0\0\0"),  # not seeded
        (5024, b"\0\0\0\0\0\0\xf8\x7f" + bytes(8) + b"\1"),  # nan as the next normal number
    ],
)
def test_a_state_that_torch_would_read_beyond_is_refused(offset, content):
    with pytest.raises(Differs, match="torch"):
        compare(random_state.random_state() | {"torch": altered(offset, content)}, random_state.LIKENESS)
