"""Words that a network gets wrong: the first mistake is found, and made short."""

import itertools

import pytest
import torch

from made_adders import MACHINE, adder, counting_adder
from rnnlab.proof.mistakes import Reader


def wrong(reader, word):
    said, right = reader.said(word)
    return said != right


@pytest.mark.parametrize("count", [2, 5])
def test_each_way_to_look_finds_words_that_the_network_gets_wrong(count):
    reader, generator = Reader(counting_adder(count), MACHINE), torch.Generator().manual_seed(0)
    for word in (reader.random(generator), reader.nearest(), reader.after([(3,) * count], generator)):
        assert word and wrong(reader, word)
        assert not any(wrong(reader, word[:end]) for end in range(1, len(word)))
        assert reader.shortened(word) == (3,) * count


def test_an_adder_that_is_right_is_found_no_mistake_of():
    reader, generator = Reader(adder(), MACHINE), torch.Generator().manual_seed(0)
    assert reader.random(generator) is reader.nearest() is reader.after([(1, 2)], generator) is None


def test_the_first_mistake_of_all_words_of_a_length_is_the_one_that_trying_each_alone_finds():
    reader = Reader(counting_adder(3), MACHINE)
    words = list(itertools.product(range(4), repeat=5))
    ends = [next((end for end in range(1, 6) if wrong(reader, word[:end])), 6) for word in words]
    found = reader.first(torch.tensor(words))
    assert found == words[ends.index(min(ends))][: min(ends)]
