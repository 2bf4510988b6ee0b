"""What a check leaves in the run: one row, the same twice, and the clock apart from it."""

from types import SimpleNamespace

import pytest

from rnnlab.training.callbacks import record
from rnnlab.training.callbacks.record import Record, append


@pytest.fixture
def clock(monkeypatch):
    """The time that the record is told, in seconds; and every learner is what its check has found."""
    now = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(record, "time", SimpleNamespace(perf_counter=lambda: now.seconds))
    monkeypatch.setattr(record, "ours", lambda learner: learner)
    return now


def check(callback, step, loss, loggers=(), first=True):
    trainer = SimpleNamespace(is_global_zero=first, global_step=step, current_epoch=step // 10, loggers=loggers)
    learner = SimpleNamespace(checked={"loss/validation": loss}, speed={"examples_per_second": 8.0})
    callback.on_validation_end(trainer, learner)


def test_a_check_is_a_row_and_what_the_clock_says_is_kept_apart(tmp_path, clock):
    logged = []
    logger = SimpleNamespace(log_metrics=lambda metrics, step: logged.append((step, metrics)))
    callback = Record(tmp_path)
    callback.on_train_start(None, None)
    for step, loss in ((5, 0.1), (10, 1 / 3)):
        clock.seconds += 2.5
        check(callback, step, loss, [logger])
    assert (tmp_path / "metrics.csv").read_text() == "step,epoch,loss/validation\n5,0,0.1\n10,1,0.3333333333333333\n"
    assert (tmp_path / "timing.csv").read_text() == "step,seconds,examples_per_second\n5,2.5,8.0\n10,5.0,8.0\n"
    assert logged[0] == (5, {"loss/validation": 0.1, "examples_per_second": 8.0}) and len(logged) == 2
    check(callback, 15, 0.1, [logger], first=False)
    assert callback.last_step == 10 and len(logged) == 2


def test_seconds_are_those_of_all_the_processes_that_trained(tmp_path, clock):
    before = Record(tmp_path)
    before.on_train_start(None, None)
    clock.seconds += 7
    check(before, 5, 0.5)
    after = Record(tmp_path)
    after.load_state_dict(before.state_dict())
    clock.seconds += 100  # nobody trains
    assert after.elapsed() == 7
    after.on_train_start(None, None)
    clock.seconds += 4
    check(after, 10, 0.25)
    assert after.state_dict() == {"checks": 2, "last_step": 10, "seconds": 11}
    assert (tmp_path / "timing.csv").read_text().splitlines()[1:] == ["5,7.0,8.0", "10,11.0,8.0"]


def test_a_csv_has_one_header(tmp_path):
    for number in range(3):
        append(tmp_path / "it.csv", {"a": number, "b": 0.5})
    assert (tmp_path / "it.csv").read_bytes() == b"a,b\n0,0.5\n1,0.5\n2,0.5\n"
