"""Countdown, the one-to-many task, by hand."""

import pytest

from rnnlab.batch import IGNORE
from rnnlab.data.splits import ExampleData
from rnnlab.errors import InputError
from rnnlab.tasks.countdown import Countdown


def test_three_counts_down_to_zero_and_ends():
    batch = Countdown(highest=5).every(3)
    assert batch.inputs.tolist() == [[3, 2, 1, 0]] and batch.targets.tolist() == [[2, 1, 0, 6]]


def test_zero_ends_at_once():
    batch = Countdown(highest=5).every(0)
    assert batch.inputs.tolist() == [[0]] and batch.targets.tolist() == [[6]]


def test_all_starts_are_padded_to_the_longest_in_one_set():
    data = ExampleData(Countdown(highest=2), seed=1, batch_size=3, lengths=[0, 1, 2], split=None)
    assert next(iter(data.validation)).targets.tolist() == [
        [3, IGNORE, IGNORE],
        [0, 3, IGNORE],
        [1, 0, 3],
    ]


def test_a_batch_repeats_the_one_example_of_its_length(seeded):
    assert Countdown().batch(3, 2, seeded()).inputs.tolist() == [[2, 1, 0]] * 3


def test_what_is_typed_is_shown_with_its_answer():
    task = Countdown()
    assert task.show(*(part[0] for part in task.parse("3"))) == "3: 2 1 0"


@pytest.mark.parametrize("text", ["21", "-1", "x", ""])
def test_a_start_out_of_range_is_refused(text):
    with pytest.raises(InputError, match="from 0 to 20"):
        Countdown().parse(text)


def test_what_is_left_is_what_has_just_been_read():
    batch = Countdown().parse("3")
    assert Countdown().quantities(batch)["left"].tolist() == [[3, 2, 1, 0]]
