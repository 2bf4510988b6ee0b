"""The search for boxes that a network maps into each other, over each of which it is right."""

import time
from typing import NamedTuple

import numpy as np

from rnnlab.proof.boxes import GRID, Box, Numbers, Steps
from rnnlab.tasks.machine import Machine

SWEEPS = 200
"""How often boxes are pushed and joined, at most."""

GROWN = 0.05
"""By what share of its width a box that has to grow grows besides, so that it need not grow again at once."""


class Sets(NamedTuple):
    """N boxes, the machine's state in each, and into which box each symbol leads: (N, D) twice, (N,), (N, S)."""

    box: Box
    states: list[int]
    after: np.ndarray


class Gap(NamedTuple):
    """Why boxes prove nothing. word: leads from the start to where the margin fails, as far as that is known."""

    why: str
    margin: float
    word: tuple[int, ...]


def words(machine: Machine, length: int) -> tuple[list[tuple[int, tuple[int, ...]]], np.ndarray]:
    """Keys, each the machine's state before at most `length` symbols and these, the start's first; and (N, S) what each
    symbol makes of each.

    A key is shorter only where no more has been read since the start.
    """
    keys: list[tuple[int, tuple[int, ...]]] = [(machine.start, ())]
    place: dict[tuple[int, tuple[int, ...]], int] = {keys[0]: 0}
    after = []
    for before, word in keys:  # grows meanwhile
        row = []
        for symbol in range(len(machine.inputs)):
            key = (before, (*word, symbol))
            if len(key[1]) > length:
                key = (machine.transitions[before][key[1][0]], key[1][1:])
            if key not in place:
                place[key] = len(keys)
                keys.append(key)
            row.append(place[key])
        after.append(row)
    return keys, np.array(after)


def by_words(steps: Steps, machine: Machine, length: int, until: float) -> Sets | Gap:
    """One box for each machine's state `length` symbols ago and these symbols, joined until nothing leaves its box.

    until: the time.monotonic() at which the search ends.
    """
    keys, after = words(machine, length)
    states = [machine.run(word, before)[0][-1] if word else before for before, word in keys]
    right = np.array(machine.outputs)[states]  # (N, S)
    low = np.full((len(keys), steps.plain.size), np.inf)
    high = -low
    low[0] = high[0] = 0.0
    gap = Gap("boxes keep growing", np.inf, ())
    for sweep in range(SWEEPS):
        there = np.isfinite(low).all(1)
        joined = low.copy(), high.copy()
        for symbol in range(len(machine.inputs)):
            image = steps((low[there], high[there]), symbol)
            margin = of_rows(steps, image, right[there, symbol])
            worst = int(margin.argmin())
            gap = gap._replace(margin=min(gap.margin, float(margin[worst])))
            if margin[worst] <= 0:
                key = keys[int(np.flatnonzero(there)[worst])]
                path = machine.reached()[key[0]] + key[1] + (symbol,)
                return Gap(f"{sweep + 1} joins let in a state that would be wrong", float(margin[worst]), path)
            np.minimum.at(joined[0], after[there, symbol], image[0])
            np.maximum.at(joined[1], after[there, symbol], image[1])
        if (joined[0] == low).all() and (joined[1] == high).all():
            return Sets((low, high), states, after)
        if time.monotonic() > until:
            return gap._replace(why="the time is over")
        room = GRID * np.ceil(GROWN * np.where(there[:, None], high - low, 0.0) / GRID)
        low, high = [
            np.where(new == old, old, new + way * (room if sweep > 2 else 0))
            for new, old, way in ((joined[0], low, -1), (joined[1], high, 1))
        ]
    return gap


def of_rows(steps: Steps, box: Box, right: np.ndarray) -> Numbers:
    """(N,) margins over boxes, of each of which another class may be right."""
    margin = np.empty(len(right))
    for one in np.unique(right):
        rows = right == one
        margin[rows] = steps.margins((box[0][rows], box[1][rows]), int(one))
    return margin


ROWS = 64
"""Boxes that are pushed at once."""


class Grown:
    """A list of boxes, each the image of another one grown by a margin, until every image lies in one of the list."""

    def __init__(self, steps: Steps, machine: Machine, by: float, most: int, until: float):
        self.steps, self.machine, self.by, self.most, self.until = steps, machine, by, most, until
        zero = np.zeros((1, steps.plain.size))
        self.low, self.high, self.states = zero, zero, np.array([machine.start])
        self.parents: list[tuple[int, int]] = [(-1, -1)]
        self.after = np.empty((0, len(machine.inputs)), int)

    def search(self) -> Sets | Gap:
        """Pushes box after box, until there is none left to push."""
        smallest = np.inf
        while len(self.after) < len(self.states):
            if len(self.states) > self.most or time.monotonic() > self.until:
                return Gap(f"{len(self.states):,} boxes, and no end", smallest, ())
            now = np.arange(len(self.after), min(len(self.after) + ROWS, len(self.states)))
            rows = np.empty((len(now), len(self.machine.inputs)), int)
            for symbol in range(len(self.machine.inputs)):
                image = self.steps((self.low[now], self.high[now]), symbol)
                margin = of_rows(self.steps, image, np.array(self.machine.outputs)[self.states[now], symbol])
                worst = int(margin.argmin())
                smallest = min(smallest, float(margin[worst]))
                if smallest <= 0:
                    why = f"of {len(self.states):,} boxes one is too wide"
                    return Gap(why, smallest, self.word(int(now[worst]), symbol))
                rows[:, symbol] = self._place(image, now, symbol)
            self.after = np.concatenate([self.after, rows])
        return Sets((self.low, self.high), self.states.tolist(), self.after)

    def _place(self, image: Box, parents: np.ndarray, symbol: int) -> np.ndarray:
        """(N,) the box that holds each image: one that was there, or the image itself, grown."""
        states = np.array(self.machine.transitions)[self.states[parents], symbol]
        found = self._holding(image, states, 0)
        first = len(self.states)
        for row in np.flatnonzero(found < 0):
            one = image[0][row : row + 1], image[1][row : row + 1]
            found[row] = self._holding(one, states[row : row + 1], first)[0]
            if found[row] < 0:
                found[row] = len(self.states)
                by = GRID * round(self.by / GRID)
                self.low, self.high = np.concatenate([self.low, one[0] - by]), np.concatenate([self.high, one[1] + by])
                self.states = np.append(self.states, states[row])
                self.parents.append((int(parents[row]), symbol))
        return found

    def _holding(self, image: Box, states: np.ndarray, first: int) -> np.ndarray:
        """(N,) which box, from `first` on, holds each image and is of its state; -1: none."""
        inside = (self.low[first:] <= image[0][:, None]).all(2) & (image[1][:, None] <= self.high[first:]).all(2)
        inside &= self.states[first:] == states[:, None]
        return np.where(inside.any(1), first + inside.argmax(1) if inside.shape[1] else -1, -1)

    def word(self, box: int, symbol: int) -> tuple[int, ...]:
        """What leads to a box, and a symbol more."""
        found = [symbol]
        while box > 0:
            box, symbol = self.parents[box]
            found.append(symbol)
        return tuple(reversed(found))
