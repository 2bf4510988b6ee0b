"""The search: keys of words, boxes that close, and lists of boxes."""

import time

import numpy as np
import pytest

from made_adders import MACHINE, adder, counting_adder
from rnnlab.proof.boxes import Steps
from rnnlab.proof.plain import plain
from rnnlab.proof.search import Gap, Grown, Sets, by_words, words

SOON = time.monotonic() + 3600


def steps(kind="tanh"):
    return Steps(plain(adder(kind), MACHINE))


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_key_is_where_the_machine_was_and_what_it_has_read_since(length):
    keys, after = words(MACHINE, length)
    assert len(keys) == len(set(keys)) and len(keys) - 2 * 4**length == sum(4**short for short in range(length))
    for word in np.random.default_rng(0).integers(0, 4, (50, 6)).tolist():
        place = 0
        for symbol in word:
            place = after[place, symbol]
        before, rest = keys[place]
        assert rest == tuple(word[-length:])
        assert before == ([MACHINE.start, *MACHINE.run(word)[0]])[-1 - length]


def closed(found):
    assert isinstance(found, Sets)
    assert found.states[0] == MACHINE.start and (found.box[0][0] <= 0).all() and (found.box[1][0] >= 0).all()
    for symbol in range(4):
        image = steps()(found.box, symbol)
        to = found.after[:, symbol]
        assert (found.box[0][to] <= image[0]).all() and (image[1] <= found.box[1][to]).all()
        states = np.array(found.states)
        assert (np.array(MACHINE.transitions)[states, symbol] == states[to]).all()
    return len(found.states)


def test_boxes_by_words_close():
    assert closed(by_words(steps(), MACHINE, 1, SOON)) == 9
    assert closed(by_words(steps(), MACHINE, 2, SOON)) == 37


def test_a_list_of_boxes_closes():
    assert 2 < closed(Grown(steps(), MACHINE, 0.05, 500, SOON).search()) < 50


def test_where_boxes_cannot_close_it_is_said_why_and_after_which_word():
    grows = Steps(plain(counting_adder(5), MACHINE))
    for found in (by_words(grows, MACHINE, 2, SOON), Grown(grows, MACHINE, 0.01, 500, SOON).search()):
        assert isinstance(found, Gap) and found.margin <= 0 and found.word[-5:].count(3) >= 3
    found = Grown(steps(), MACHINE, 0.0, 4, SOON).search()
    assert isinstance(found, Gap) and "no end" in found.why and found.word == ()


def test_a_search_ends_when_its_time_is_over():
    assert by_words(steps(), MACHINE, 2, 0.0).why == "the time is over"
    assert "no end" in Grown(steps(), MACHINE, 0.01, 500, 0.0).search().why
