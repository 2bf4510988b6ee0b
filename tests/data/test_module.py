"""The data as Lightning asks for them."""

import itertools
from types import SimpleNamespace

import pytest
import torch

from rnnlab.batch import Batch
from rnnlab.data.loaders import Fixed, Shuffled
from rnnlab.data.module import TaskData


def batch(*numbers):
    column = torch.tensor(numbers).unsqueeze(1)
    return Batch(column, column)


@pytest.fixture
def made():
    """A function that makes a module of ten examples to train on, two to validate on and two to test on."""

    def fresh():
        train = Shuffled(batch(*range(10)), batch_size=4, seed=1)
        parts = {"train": train, "validation": Fixed([batch(10, 11)]), "test": Fixed([batch(12, 13)])}
        return TaskData(SimpleNamespace(**parts), SimpleNamespace())

    return fresh


def read(loader):
    return [part.inputs.flatten().tolist() for part in loader]


def test_every_part_is_handed_out_under_its_own_name(made):
    data = made()
    assert sorted(itertools.chain(*read(data.train_dataloader()))) == list(range(10))
    assert read(data.val_dataloader()) == [[10, 11]] and read(data.test_dataloader()) == [[12, 13]]


def test_processes_share_every_batch_of_every_part(made):
    whole, *shares = made(), made(), made()
    for rank, data in enumerate(shares):
        data.trainer = SimpleNamespace(global_rank=rank, world_size=2)
        data.setup("fit")
    for part in ("train_dataloader", "val_dataloader", "test_dataloader"):
        batches, first, second = (read(getattr(data, part)()) for data in (whole, *shares))
        assert all(
            one == all_[::2] and other == all_[1::2] for all_, one, other in zip(batches, first, second, strict=True)
        )


def test_the_training_goes_on_at_the_batch_where_it_was_saved(made):
    whole, again = made(), made()
    epochs = iter(read(whole.train_dataloader()) + read(whole.train_dataloader()))
    left = made()
    reading = iter(left.train_dataloader())
    assert next(reading).inputs.flatten().tolist() == next(epochs)
    again.load_state_dict(left.state_dict())
    loader = again.train_dataloader()
    assert read(loader) + read(loader) == list(epochs)
