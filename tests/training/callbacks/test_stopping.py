"""When a training is stopped, counted by hand over the checks that it had."""

from types import SimpleNamespace

import pytest

from rnnlab.training.callbacks import stopping
from rnnlab.training.callbacks.stopping import StopEarly, StopWhenSolved


@pytest.fixture(autouse=True)
def any_learner(monkeypatch):
    monkeypatch.setattr(stopping, "ours", lambda learner: learner)


def stopped_at(callback, name, values):
    """The check, from 1, after which the callback asks to stop; None if it never does."""
    trainer = SimpleNamespace(should_stop=False)
    for check, value in enumerate(values, 1):
        callback.on_validation_end(trainer, SimpleNamespace(checked={name: value}))
        if trainer.should_stop:
            return check
    return None


@pytest.mark.parametrize(
    ("checks", "exact", "stop"),
    [
        (1, [0.5, 1.0], 2),
        (2, [1.0, 0.5, 1.0, 1.0, 1.0], 4),  # in a row, so it counts anew after 0.5
        (3, [1.0, 1.0, 0.999, 1.0, 1.0], None),
        (None, [1.0] * 9, None),
    ],
)
def test_solved_is_so_many_checks_in_a_row_without_a_mistake(checks, exact, stop):
    assert stopped_at(StopWhenSolved(checks), "exact_match/validation", exact) == stop


@pytest.mark.parametrize(
    ("mode", "patience", "values", "stop"),
    [
        ("min", 2, [3.0, 2.0, 2.5, 2.1, 1.0], 4),
        ("min", 2, [3.0, 2.0, 2.0, 2.0], 4),  # an equal is no improvement
        ("min", 2, [3.0, 3.5, 2.0, 3.5, 1.0, 3.5], None),
        ("max", 1, [0.1, 0.2, 0.15], 3),
        ("min", None, [1.0, 2.0, 3.0, 4.0], None),
    ],
)
def test_early_is_so_many_checks_in_a_row_without_an_improvement(mode, patience, values, stop):
    assert stopped_at(StopEarly(mode=mode, patience=patience), "loss/validation", values) == stop


def test_a_callback_that_goes_on_where_another_was_saved_stops_where_that_would_have():
    values, name = [3.0, 2.0, 2.5, 2.5, 2.5, 2.5], "loss/validation"
    for saved in range(4):
        before, after = StopEarly(patience=3), StopEarly(patience=3)
        assert stopped_at(before, name, values[:saved]) is None
        after.load_state_dict(before.state_dict())
        assert saved + stopped_at(after, name, values[saved:]) == 5
