"""What every task of conf/task must do, and a many-to-one task, which no yaml has, made here."""

import pytest
import torch

from rnnlab.batch import label_at_end, stack
from rnnlab.config import build
from rnnlab.data.splits import ExampleData
from rnnlab.errors import InputError
from rnnlab.metrics import score
from rnnlab.network import Network, OneHot
from rnnlab.tasks.task import Task
from task_contract import (
    asks_where_it_says,
    has_its_shapes,
    parses_what_it_shows,
    parts_share_no_example,
    says_how_its_answer_comes,
    says_quantities_at_steps,
)


class Parity(Task):
    """Many-to-one: is the number of ones in a row of bits odd?"""

    answer = "once"
    num_inputs = num_classes = 2

    def batch(self, size, length, generator):
        bits = torch.randint(2, (size, length), generator=generator)
        return label_at_end(bits, bits.sum(1) % 2)

    def every(self, length):
        bits = torch.arange(2**length).unsqueeze(1) // 2 ** torch.arange(length) % 2
        return label_at_end(bits, bits.sum(1) % 2)


@pytest.fixture
def lengths(task_name, config):
    """Some lengths that the task's own config uses."""
    return (config(f"task={task_name}", "model=lstm")["data"].get("lengths") or [1, 2, 9, 30])[:5]


def listed(task, length):
    """All examples of a length, or None for a task that says it cannot list them."""
    try:
        return task.every(length)
    except InputError:
        return None


def keeps_the_contract(task, batch, size):
    says_how_its_answer_comes(task)
    has_its_shapes(task, batch, size)
    asks_where_it_says(task, batch)


def test_a_batch_keeps_the_contract(task, lengths, seeded):
    for length in lengths:
        keeps_the_contract(task, task.batch(6, length, seeded()), 6)


def test_listed_examples_keep_the_contract(task, lengths):
    for length in lengths:
        examples = listed(task, length)
        if examples is not None:
            keeps_the_contract(task, examples, len(examples.targets))


def test_equal_seeds_give_equal_batches(task, lengths, seeded):
    for length in lengths:
        one, other = (task.batch(6, length, seeded(4)) for _ in range(2))
        assert torch.equal(one.inputs, other.inputs) and torch.equal(one.targets, other.targets)


def test_another_seed_gives_another_batch_where_there_is_a_choice(task, lengths, seeded):
    examples = listed(task, lengths[-1])
    if examples is not None and len(examples.targets) == 1:
        pytest.skip("there is one example of a length")
    assert not torch.equal(task.batch(20, lengths[-1], seeded(1)).inputs, task.batch(20, lengths[-1], seeded(2)).inputs)


def test_a_batch_does_not_touch_the_global_generator(task, lengths, seeded):
    before = torch.get_rng_state()
    task.batch(6, lengths[-1], seeded())
    assert torch.equal(torch.get_rng_state(), before)


def test_length_alone_decides_how_many_steps_are_read(task, lengths, seeded):
    first_asked = []
    for length in lengths:
        starts = [task.batch(5, length, seeded(seed)).asked().long().argmax(1) for seed in range(3)]
        assert torch.cat(starts).unique().numel() == 1
        steps = {task.batch(5, length, seeded(seed)).targets.shape[1] for seed in range(3)}
        assert len(steps) == 1
        first_asked.append(steps.pop())
    assert first_asked == sorted(set(first_asked))


def test_every_lists_exactly_what_can_be_drawn(task, lengths, seeded):
    for length in lengths:
        examples = listed(task, length)
        if examples is None or len(examples.targets) > 300:
            continue
        rows = [tuple(row) for row in examples.inputs.flatten(1).tolist()]
        assert len(set(rows)) == len(rows)
        drawn = task.batch(30 * len(rows), length, seeded())
        assert {tuple(row) for row in drawn.inputs.flatten(1).tolist()} == set(rows)
        answers = dict(zip(rows, examples.targets.tolist(), strict=True))
        for row, targets in zip(drawn.inputs.flatten(1).tolist(), drawn.targets.tolist(), strict=True):
            assert answers[tuple(row)] == targets


def test_different_examples_are_shown_differently(task, lengths):
    for length in lengths:
        examples = listed(task, length)
        if examples is not None and len(examples.targets) <= 300:
            texts = [task.show(*row) for row in zip(*examples, strict=True)]
            assert len(set(texts)) == len(texts) and all(texts)


def test_padding_is_not_shown(task, lengths):
    if listed(task, lengths[0]) is None:
        pytest.skip("its examples are never stacked")
    batches = [task.every(length).rows(slice(300)) for length in lengths[:3]]
    padded = stack(batches)
    alone = [task.show(*row) for batch in batches for row in zip(*batch, strict=True)]
    assert [task.show(*row) for row in zip(*padded, strict=True)] == alone


def test_what_is_typed_is_the_question_that_is_shown(task, lengths, seeded):
    for length in lengths:
        parses_what_it_shows(task, task.batch(10, length, seeded(length)))


def test_no_example_is_in_two_parts(task, task_name, config):
    settings = config(f"task={task_name}", "model=lstm")
    if task.answer == "endless":
        pytest.skip("the parts of a text are stretches of it")
    if settings["data"]["split"] is None:
        pytest.skip("its yaml lets all parts hold everything")
    parts_share_no_example(task, build.data(settings, task))


def test_its_quantities_have_a_value_at_every_step(task, lengths, seeded):
    for length in lengths:
        says_quantities_at_steps(task, task.batch(10, length, seeded(length)))


def test_nothing_typed_is_refused_in_one_line(task):
    with pytest.raises(InputError) as refusal:
        task.parse("")
    assert "input=" in str(refusal.value) and "\n" not in str(refusal.value)


def test_a_number_of_five_thousand_digits_is_no_crash(task):
    try:
        batch = task.parse("9" * 5000)
    except InputError:
        return
    assert batch.inputs.shape[1] >= 5000


@pytest.mark.parametrize("length", [-1, 2.0, "2", None, True])
def test_a_length_that_is_no_length_is_refused(task, seeded, length):
    with pytest.raises(InputError, match="length="):
        task.batch(3, length, seeded())


def test_a_many_to_one_task_keeps_the_contract_and_is_listed(seeded):
    keeps_the_contract(Parity(), Parity().batch(6, 5, seeded()), 6)
    examples = Parity().every(5)
    keeps_the_contract(Parity(), examples, 32)
    assert examples.asked().sum() == 32
    assert examples.targets[:, -1].tolist() == [sum(row) % 2 for row in examples.inputs.tolist()]


def test_a_many_to_one_task_is_split_scored_and_learnt():
    data = ExampleData(Parity(), seed=1, batch_size=8, lengths=[2, 3], split=None)
    batch = next(iter(data.validation))
    assert batch.targets.shape == (12, 3)
    torch.manual_seed(12)
    network = Network(OneHot(2), torch.nn.GRU(2, 16, batch_first=True), 16, 2)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
    for _ in range(100):
        for one in data.train:
            sums = score(network(one.inputs)[0], one.targets)
            assert sums.asked == len(one.targets)
            optimizer.zero_grad()
            (sums.nats / sums.asked).backward()
            optimizer.step()
    assert score(network(batch.inputs)[0], batch.targets).exact == 12
