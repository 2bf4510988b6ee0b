"""What is seen of a training: plain lines not too close to each other, or a bar; and the time left, by hand."""

import io
from types import SimpleNamespace

import pytest
from rich.console import Console

from rnnlab.training.callbacks import progress
from rnnlab.training.callbacks.progress import ShowProgress, describe

CHECKED = {"loss/validation": 0.25, "exact_match/validation": 0.5, "bits_per_character/validation": 0.3607}
LEARNER = SimpleNamespace(checked=CHECKED, answer="once")


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: now.seconds))
    monkeypatch.setattr(progress, "ours", lambda learner: learner)
    return now


@pytest.fixture
def output():
    said, noted = [], []
    console = Console(file=io.StringIO())
    return SimpleNamespace(console=console, said=said, noted=noted, say=said.append, note=noted.append)


def train(callback, clock, first, last):
    """Steps of two seconds, each with a check after it."""
    trainer = SimpleNamespace(global_step=first, callbacks=[])
    callback.on_train_start(trainer, LEARNER)
    while trainer.global_step < last:
        trainer.global_step += 1
        clock.seconds += 2
        callback.on_train_batch_end(trainer, LEARNER, None, None, 0)
        callback.on_validation_end(trainer, LEARNER)


def test_lines_are_five_seconds_apart_but_the_first_and_the_last(output, clock):
    train(ShowProgress(output, total_steps=9), clock, 0, 9)
    scores = "loss 0.2500  exact match 0.5000"
    assert output.said == [f"step {step}/9  {scores}  about {2 * (9 - step)} s left" for step in (1, 4, 7, 9)]


def test_the_time_left_is_reckoned_from_the_steps_of_this_process(output, clock):
    train(ShowProgress(output, total_steps=100), clock, 90, 91)
    assert output.said == ["step 91/100  loss 0.2500  exact match 0.5000  about 18 s left"]


@pytest.mark.parametrize("ending", ["on_train_end", "on_exception"])
def test_on_a_terminal_there_is_a_bar_until_the_training_ends_and_the_lines_are_in_the_log_alone(ending, output, clock):
    output.console = Console(file=io.StringIO(), force_terminal=True, width=200)
    callback = ShowProgress(output, total_steps=9)
    train(callback, clock, 0, 3)
    bar = callback.bar
    assert bar.live.is_started and bar.tasks[0].completed == 3 and "exact match 0.5" in bar.tasks[0].description
    assert output.said == [] and len(output.noted) == 3
    getattr(callback, ending)(None, LEARNER, *([KeyboardInterrupt()] if ending == "on_exception" else []))
    assert not bar.live.is_started and "3/9 steps" in output.console.file.getvalue()


def test_a_text_has_bits_where_others_have_exact_matches():
    assert describe(CHECKED, "endless") == "loss 0.2500 nats/char (0.361 bits)"
    assert describe(CHECKED, "each_step") == describe(CHECKED, "fed_back") == "loss 0.2500  exact match 0.5000"
