"""A growing curriculum lets a length in when the longest so far is solved."""

import torch

from rnnlab.data.curriculum import COUNT, Curriculum
from rnnlab.data.draw import Part
from rnnlab.data.loaders import Drawn
from rnnlab.tasks.binaryaddition import BinaryAddition


def lengths_of(batch):
    """The lengths of the sums in a batch, which have a step more."""
    return {int(row.sum()) - 1 for row in batch.asked()}


def drawn(*curriculum):
    """A loader of sums of 1 to 4 bits, and the curriculum that it asks."""
    asked = Curriculum(*curriculum)
    return Drawn(Part(BinaryAddition()), [4, 2, 3, 1], batch_size=8, steps=40, seed=1, curriculum=asked), asked


class Knows(torch.nn.Module):
    """A network that adds operands of up to `most` bits, but for the first `wrong` rows of a batch."""

    def __init__(self, most, wrong=0):
        super().__init__()
        self.head = torch.nn.Linear(1, 2)
        self.most, self.wrong = most, wrong

    def forward(self, inputs):
        bits = inputs[:, :-1].long()
        targets = BinaryAddition().add(bits).targets
        logits = torch.nn.functional.one_hot(targets, 2).float()
        logits[: self.wrong if bits.shape[1] <= self.most else None] *= -1
        return logits, None


def look(loader, network, step=0):
    """What a check finds, and the longest length that batches have after it."""
    return loader.check(network, step)["longest_length"], max(loader.curriculum.present(loader.lengths))


def test_a_growing_curriculum_lets_a_length_in_when_the_longest_so_far_is_solved():
    loader, curriculum = drawn("growing")
    assert set.union(*map(lengths_of, loader)) == {1}
    assert [look(loader, Knows(most=2), step) for step in range(4)] == [(1, 2), (2, 3), (3, 3), (3, 3)]
    assert set.union(*map(lengths_of, loader)) == {1, 2, 3}
    assert [look(loader, Knows(most=9), step) for step in range(3)] == [(3, 4), (4, 4), (4, 4)]
    assert curriculum.present(loader.lengths) == [1, 2, 3, 4]


def test_solved_is_the_share_of_examples_that_it_says():
    enough = COUNT // 4
    loader, _ = drawn("growing", 0.75)
    assert look(loader, Knows(9, wrong=enough + 1)) == (1, 1)
    assert look(loader, Knows(9, wrong=enough)) == (1, 2)


def test_a_growing_curriculum_goes_on_where_its_loader_was_saved():
    loader, curriculum = drawn("growing", 0.5)
    look(loader, Knows(9))
    again, anew = drawn("growing", 0.5)
    again.load_state_dict(loader.state_dict())
    assert anew.present(again.lengths) == curriculum.present(loader.lengths) == [1, 2]
