"""Instants in the life of a process, whatever it does: every call that a file of rnnlab makes or gets is one.

So a kill can come between any two of them, in code that no test has heard of, from the first check of a value to the
last line that is printed: before and after a file is opened, written, synced or renamed, in the midst of a save.
"""

import os
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import rnnlab

SOURCE = f"{Path(rnnlab.__file__).parent}{os.sep}"


SIGNALS = [signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]


class Instant(NamedTuple):
    """The `count`-th time that something happens at a place, and the signal that comes then."""

    place: str
    count: int
    signum: int


def listen(act: Callable[[str], None]) -> None:
    """From now on `act` is called at every instant, with its place: file, function, and what is called there."""

    def profile(frame: FrameType, event: str, argument: object) -> None:
        name = frame.f_code.co_filename
        if name.startswith(SOURCE):
            called = f" {getattr(argument, '__name__', '')}" if event.startswith("c_") else ""
            act(f"{name[len(SOURCE) :]} {frame.f_code.co_qualname} {event}{called}")

    sys.setprofile(profile)


def striking(instant: Instant, whom: Callable[[], int] = os.getpid) -> Callable[[str], None]:
    """What lets the signal come at the instant, when it is listening; to the process that `whom` names as well."""
    left = [instant.count]

    def act(place: str) -> None:
        if place == instant.place:
            left[0] -= 1
            if left[0] == 0:
                os.kill(whom(), instant.signum)
                os.kill(os.getpid(), instant.signum)

    return act


def choose(chance: random.Random, life: list[str]) -> Instant:
    """One of the instants of a life, given the places of all of them in their order.

    Half of the time one where another file's turn comes, which is any time; a quarter of the time one of the last such.
    Otherwise first a file is chosen and then a place in it, so that what happens seldom is met as often.
    """
    files = [place.split()[0] for place in life]
    turns = [index for index in range(len(life)) if index == 0 or files[index] != files[index - 1]]
    how = chance.random()
    if how < 0.75:
        index = chance.choice(turns if how < 0.5 else turns[-len(turns) // 6 :])
    else:
        file = chance.choice(sorted(set(files)))
        place = chance.choice(sorted({place for place in life if place.split()[0] == file}))
        index = chance.choice([index for index, other in enumerate(life) if other == place])
    return Instant(life[index], life[: index + 1].count(life[index]), chance.choice(SIGNALS))
