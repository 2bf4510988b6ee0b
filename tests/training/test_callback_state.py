"""What callbacks remember agrees with the checks there have been, in every pair of the two that can be."""

import math
from pathlib import Path

import pytest
import pytorch_lightning as pl

from rnnlab.runs.likeness import Differs, compare
from rnnlab.training.callback_state import callbacks_likeness, checks_of
from rnnlab.training.callbacks.record import Record
from rnnlab.training.callbacks.saver import Saver
from rnnlab.training.callbacks.stopping import StopEarly, StopWhenSolved


class Watch(pl.Callback):
    """A user's, with nothing to remember at first."""

    def state_dict(self):
        return {}


def fresh():
    return [Saver(), StopWhenSolved(), StopEarly(), Record(Path()), Watch()]


def remembered(losses):
    """What is remembered after checks with these losses, every fourth step; the best one is the least."""
    best = min(losses, default=None)
    states = {
        "Saver": {"best": best, "tie": best},
        "StopWhenSolved": {"solved": 0},
        "StopEarly": {"best": min(losses, default=math.inf), "waited": 0},
        "Record": {"checks": len(losses), "last_step": 4 * len(losses) if losses else -1, "seconds": 0.5},
    }
    return {"callbacks": states, "learner": {"losses": list(losses)}}


def check(saved, step=20):
    checks, last = checks_of(saved, step)
    compare(saved["callbacks"], callbacks_likeness(fresh(), saved, checks, last))
    return checks, last


@pytest.mark.parametrize("losses", [[], [0.5], [0.5, 0.75, 0.25]])
def test_what_is_remembered_of_any_number_of_checks_is_like_it(losses):
    saved = remembered(losses)
    assert check(saved) == (len(losses), 4 * len(losses))
    saved["callbacks"]["Saver"] = {"best": None, "tie": None}  # as where best.ckpt was lost
    check(saved)


@pytest.mark.parametrize("losses", [[], [0.5, 0.25]])
@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        ("Record/checks", [-1, 21, 0.5, None]),
        ("Record/last_step", [-2, 21, 0.5, None]),
        ("Record/seconds", [-1.0, math.nan, None]),
        ("Saver/best", [-0.5, math.inf, "x"]),
        ("Saver/tie", [0.125, math.nan, None, "x"]),
        ("StopEarly/best", [-math.inf, math.nan, None]),
        ("StopEarly/waited", [-1, 0.5, True]),
        ("StopWhenSolved/solved", [-1, 0.5, True]),
    ],
)
def test_what_no_such_run_remembers_is_named(losses, place, wrong):
    callback, key = place.split("/")
    for value in wrong:
        saved = remembered(losses)
        if saved["callbacks"][callback][key] == value:
            continue
        saved["callbacks"][callback][key] = value
        with pytest.raises(Differs, match=callback):
            check(saved)


def test_a_memory_of_checks_is_known_once_there_has_been_one():
    saved = remembered([0.5])
    saved["callbacks"]["StopEarly"]["best"] = math.inf
    with pytest.raises(Differs, match="StopEarly/best"):
        check(saved)
    del saved["callbacks"]["StopEarly"]
    with pytest.raises(Differs, match="StopEarly is missing"):
        check(saved)


def test_what_had_nothing_to_remember_may_have_something():
    saved = remembered([])
    saved["callbacks"]["Watch"] = {"all": [0.5]}
    check(saved)
    saved["callbacks"]["Watch"] = {"all": [math.nan]}
    with pytest.raises(Differs, match="Watch"):
        check(saved)
