"""How far a long measurement is, in parts whose costs are about known."""

import time
from collections.abc import Callable

OFTEN = 5.0
"""Seconds between two lines."""


class Progress:
    """Says now and then which part begins, and how long it and all after it will take, as those before it took.

    whole: the costs of all parts together, in any unit. told: what hears a line.
    """

    def __init__(self, whole: float, told: Callable[[str], object], clock: Callable[[], float] = time.monotonic):
        self.whole, self.told, self.clock = whole, told, clock
        self.before, self.now = 0.0, 0.0
        self.began = self.last = clock()

    def begin(self, what: str, cost: float) -> None:
        """The next part."""
        self.before, self.now = self.before + self.now, cost
        time = self.clock()
        if self.before and time - self.last >= OFTEN:
            self.last = time
            left = (time - self.began) / self.before * max(0.0, self.whole - self.before)
            self.told(f"study: {self.before / self.whole:.0%}, now {what}, about {left:.0f} s left")
