"""One attempt at a network: a proof, a word that it gets wrong, or where the proof fails."""

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch

from rnnlab.errors import InputError
from rnnlab.network import Network
from rnnlab.proof.boxes import Steps
from rnnlab.proof.certificate import certificate
from rnnlab.proof.mistakes import Reader, Word
from rnnlab.proof.plain import plain
from rnnlab.proof.search import Gap, Grown, Sets, by_words
from rnnlab.proof.verify import Checked, verify
from rnnlab.tasks.machine import Machine

LONGEST = 6
"""Symbols of a key, at most."""

KEYS = 20_000
"""Keys of all, at most."""

MARGINS = (0.1, 0.03, 0.01)
"""By which a list of boxes is grown, the coarsest first."""

MOST = 5_000
"""Boxes of a list, at most."""


Say = Callable[[str, Gap], None]
"""Is told of each search that failed, by its name, and why."""


class Proven(NamedTuple):
    """The network is right on words of every length. how: which boxes say so. checked: what the check of them found."""

    how: str
    checked: Checked
    text: str
    sets: Sets
    seconds: float


class Wrong(NamedTuple):
    """The network says `said` after a word, where `right` would be right."""

    word: Word
    said: int
    right: int
    seconds: float


class Open(NamedTuple):
    """Neither is known. gaps: why each search failed, by its name."""

    gaps: dict[str, Gap]
    seconds: float


Outcome = Proven | Wrong | Open


def attempt(network: Network, machine: Machine, seconds: float, say: Say, seed: int = 0) -> Outcome:
    """What can be said of a network within so many seconds, or a little more.

    Raises:
        InputError: for a network that cannot be treated.
    """
    begun = time.monotonic()
    steps = Steps(plain(network, machine))
    reader, generator = Reader(network, machine), torch.Generator().manual_seed(seed)

    def since() -> float:
        return time.monotonic() - begun

    def wrong(word: Word | None) -> Wrong | None:
        if word is None:
            return None
        word = reader.shortened(word)
        return Wrong(word, *reader.said(word), since())

    found = wrong(reader.random(generator))
    if found:
        return found
    gaps: dict[str, Gap] = {}
    for name, sets in searches(steps, machine, begun + seconds):
        if isinstance(sets, Gap):
            gaps[name] = sets
            say(name, sets)
            continue
        text = certificate(network, machine, sets, name)
        try:
            return Proven(name, verify(text, network, machine), text, sets, since())
        except InputError as error:
            gaps[name] = Gap(f"found, but {error.what}", 0.0, ())
            say(name, gaps[name])
    words = [gap.word for gap in gaps.values() if gap.word]
    return wrong(reader.after(words, generator)) or wrong(reader.nearest()) or Open(gaps, since())


def searches(steps: Steps, machine: Machine, until: float) -> Iterator[tuple[str, Sets | Gap]]:
    """Every way to look for boxes, the cheapest first, until the time is over."""
    for length in range(1, LONGEST + 1):
        if len(machine.names) * len(machine.inputs) ** length <= KEYS and time.monotonic() < until:
            yield f"k={length}", by_words(steps, machine, length, until)
    for margin in MARGINS:
        if time.monotonic() < until:
            yield f"boxes grown by {margin}", Grown(steps, machine, margin, MOST, until).search()
