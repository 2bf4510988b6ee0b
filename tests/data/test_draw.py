"""Drawn examples: none falls in two parts of a split."""

import itertools

import pytest
import torch

from rnnlab.batch import label_each_step
from rnnlab.data.draw import row_hash
from rnnlab.data.splits import ExampleData
from rnnlab.tasks.binaryaddition import BinaryAddition
from rnnlab.tasks.task import Task

SPLIT = [0.8, 0.1, 0.1]


def drawn_data(**more):
    settings = {"seed": 1, "batch_size": 16, "lengths": [1, 2, 3], "source": "drawn", "split": SPLIT}
    return ExampleData(BinaryAddition("one_hot"), **(settings | {"steps_per_epoch": 5, "held_out": 60} | more))


def endless(loader):
    while True:
        yield from loader


def test_drawn_examples_never_fall_in_two_parts():
    data = drawn_data()
    seen = [set(), set(), set()]
    for part, loader in zip(seen, (data.train, data.validation, data.test), strict=True):
        for batch in itertools.islice(endless(loader), 60):
            part |= {tuple(row) for row in batch.inputs.tolist()}
    training, validation, test = seen
    assert not training & validation and not training & test and not validation & test
    assert min(map(len, seen)) >= 3
    assert len(training | validation | test) >= 80  # of the 84 pairs of one, two and three bits


def test_drawn_features_never_fall_in_two_parts_either():
    class Reals(Task):
        answer = "each_step"
        num_inputs, num_classes, symbols = 1, 2, False

        def batch(self, size, length, generator):
            pool = torch.arange(300).view(300, 1, 1) / 1000  # all below one: whole parts say nothing
            values = pool[torch.randint(300, (size,), generator=generator)].expand(-1, length, -1)
            return label_each_step(values, torch.ones(size, length, dtype=torch.int64))

    data = ExampleData(Reals(), 1, 32, [2], source="drawn", split=[0.6, 0.2, 0.2], steps_per_epoch=50, held_out=500)
    parts = [
        {value for batch in loader for value in batch.inputs[:, 0, 0].tolist()}
        for loader in (data.train, data.validation, data.test)
    ]
    assert sum(map(len, parts)) == len(set.union(*parts)) > 250
    assert [len(part) / 300 for part in parts] == pytest.approx([0.6, 0.2, 0.2], abs=0.1)


def test_hashes_of_rows_are_even_and_depend_on_row_and_seed():
    rows = torch.arange(10_000).unsqueeze(1) // torch.tensor([1000, 100, 10, 1]) % 10
    places = row_hash(rows, 1)
    assert places.min() >= 0 and places.max() < 1 and places.unique().numel() == 10_000
    counts = torch.histc(places, bins=10, min=0, max=1)
    assert (counts - 1000).abs().max() < 150  # five standard deviations
    assert torch.equal(row_hash(rows[7:8], 1), places[7:8])
    assert not torch.equal(row_hash(rows, 2), places)
