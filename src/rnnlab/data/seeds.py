"""Random generators and fingerprints: what depends on a few values and on nothing else."""

import hashlib

import numpy as np
from torch import Generator


def digest(*arrays: np.ndarray) -> str:
    """A fingerprint of arrays of any size, in bounded memory."""
    sha = hashlib.sha256()
    for array in arrays:
        sha.update(f"{array.dtype}{array.shape}".encode())
        for start in range(0, len(array), 1 << 20):
            sha.update(np.ascontiguousarray(array[start : start + (1 << 20)]).data)
    return sha.hexdigest()


def generator_for(*parts: int | str) -> Generator:
    """A random generator that depends on all the parts and nothing else."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=8).digest()
    return Generator().manual_seed(int.from_bytes(digest, "little") >> 1)
