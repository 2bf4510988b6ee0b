"""Generators and fingerprints depend on what they are made from, and on nothing else."""

import hashlib
import itertools

import numpy as np
import torch

from rnnlab.data.seeds import digest, generator_for


def numbers(*parts):
    return tuple(torch.randint(1 << 30, (4,), generator=generator_for(*parts)).tolist())


def test_a_generator_depends_on_every_part_and_on_its_place():
    torch.manual_seed(1)
    parts = [*itertools.product([1, 2, 12], ["order", "draw"], [0, 1, 2]), (1, 2), (2, 1), (12,), ("12",), (1, "2"), ()]
    drawn = [numbers(*one) for one in parts]
    assert len(set(drawn)) == len(parts)
    torch.manual_seed(2)
    assert [numbers(*one) for one in parts] == drawn


def test_the_numbers_of_a_seed_are_those_of_blake2():
    half = int.from_bytes(hashlib.blake2b(b"(1, 'order', 3)", digest_size=8).digest(), "little") // 2
    assert generator_for(1, "order", 3).initial_seed() == half


def test_a_fingerprint_is_sha256_of_kind_shape_and_bytes_however_long_the_array():
    long = np.arange((1 << 20) + 5, dtype=np.uint8)
    assert digest(long) == hashlib.sha256(b"uint8(1048581,)" + long.tobytes()).hexdigest()
    every_second = np.arange(12, dtype=np.int16)[::2]  # not in one piece of memory
    assert digest(every_second) == hashlib.sha256(b"int16(6,)" + every_second.tobytes()).hexdigest()
    pairs = every_second.reshape(3, 2)
    different = [(every_second,), (pairs,), (pairs.T,), (every_second.astype(np.uint16),), (pairs, pairs), (pairs + 1,)]
    assert len({digest(*arrays) for arrays in different}) == len(different)
