"""An axis of a chart: where a value lies, and which values are named."""

import math
from collections.abc import Iterable


class Axis:
    """Values in [low, high] onto [start, end] of the picture, straight or logarithmic."""

    def __init__(self, values: Iterable[float], start: float, end: float, log: bool = False, whole: bool = False):
        values = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
        positive = [value for value in values if value > 0]
        self.log = log and bool(positive)
        self.low, self.high = min(positive if self.log else values), max(values)
        self.start, self.end, self.whole = start, end, whole
        if (
            self.high - self.low <= 1e-9 * max(abs(self.low), abs(self.high))
            or max(abs(self.low), abs(self.high)) < 1e-100
        ):
            around = abs(self.low) / 2 or 0.5
            self.low, self.high = self.low - around, self.high + around
        self._lowest = self._scaled(self.low)
        self._units = (end - start) / (self._scaled(self.high) - self._lowest)

    def __call__(self, value: float) -> float:
        """Where a value lies; one outside lies at the border."""
        inside = self.low if value < self.low else self.high if value > self.high else value
        return self.start + (self._scaled(inside) - self._lowest) * self._units

    def ticks(self) -> list[float]:
        """Three to eight round values."""
        if self.log and self.high / self.low >= 10:
            powers = range(math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9) + 1)
            factors = (1.0,) if len(powers) > 2 else (1.0, 2.0, 5.0)
            ticks = [factor * 10.0**power for power in (powers.start - 1, *powers) for factor in factors]
            return [tick for tick in ticks if self.low <= tick <= self.high][:: math.ceil(len(powers) / 8) or 1]
        step = 10.0 ** math.floor(math.log10((self.high - self.low) / 3))
        step *= max(factor for factor in (1, 2, 5) if (self.high - self.low) / (step * factor) >= 3 or factor == 1)
        step = max(step, 1.0) if self.whole else step
        first = math.ceil(self.low / step - 1e-9)
        return [step * place for place in range(first, math.floor(self.high / step + 1e-9) + 1)]

    def _scaled(self, value: float) -> float:
        return math.log(value) if self.log else value


def named(value: float) -> str:
    """A tick as it is written: 0.5, 20k, 1e-5."""
    if abs(value) >= 1e6 or 0 < abs(value) < 1e-3:
        digits, power = f"{value:.2e}".split("e")
        return f"{float(digits):g}e{int(power)}"
    return f"{value / 1000:.4g}k" if abs(value) >= 10_000 else f"{value:.4g}"
