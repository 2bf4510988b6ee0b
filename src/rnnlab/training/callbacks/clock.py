"""A training that ends by the clock."""

from datetime import timedelta
from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Timer


class EndInTime(Timer):
    """Lightning's timer: ends a training after so many seconds of it, checks included, over all its processes."""

    def __init__(self, seconds: float):
        super().__init__(timedelta(seconds=seconds), verbose=False)

    def on_fit_start(self, trainer: pl.Trainer, *_: object, **__: object) -> None:
        """A run that goes on when its time is over takes one more step, after which it is checked."""

    def state_dict(self) -> dict[str, Any]:
        return {"seconds": float(self.time_elapsed())}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        super().load_state_dict({"time_elapsed": {"train": state_dict["seconds"]}})


def progress(trainer: pl.Trainer, steps: int) -> float:
    """The share of a training that is over, in [0, 1): of its steps or of its time, whichever is more."""
    shares = [trainer.global_step / steps]
    for timer in trainer.callbacks:  # type: ignore[attr-defined] # Lightning says less
        if isinstance(timer, EndInTime):
            past, left = timer.time_elapsed(), timer.time_remaining() or 0.0
            shares.append(trainer.strategy.broadcast(past / (past + left)))  # one clock for all processes
    return min(max(shares), 1 - 1e-9)
