"""What callbacks remember must be data, as all of a checkpoint is, or a run of theirs could not go on."""

from collections.abc import Iterable
from typing import Any

import pytorch_lightning as pl

from rnnlab.errors import InputError
from rnnlab.runs.checkpoint import check_saveable

PLAIN = "text, numbers, true, false, none, tensors, and lists and dicts of these"


def check_states(callbacks: Iterable[pl.Callback]) -> None:
    """That the state of each callback can be saved and read again, and has a place of its own in a checkpoint.

    Raises:
        InputError: naming the callback, and the key of its state.
    """
    seen: set[str] = set()
    for callback in callbacks:
        state, key, name = callback.state_dict(), callback.state_key, type(callback).__name__
        if type(callback).state_dict is not pl.Callback.state_dict:
            if key in seen:
                raise InputError(f"two callbacks have the state_key {key}", "each its own", "callbacks", name)
            seen.add(key)
        check_state(name, state)


def check_state(name: str, state: Any) -> None:
    """That the state of one callback can be saved and read again. Raises InputError."""
    if not isinstance(state, dict):
        raise InputError("its state_dict is no dict", PLAIN, "callbacks", name)
    for key, value in state.items():
        try:
            check_saveable({key: value})
        except InputError as error:
            what = f"its state {key!r} could not be resumed, {error.what}"
            raise InputError(what, PLAIN, "callbacks", name) from None
