"""Machines against a walk over all words, and what is no machine."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as some

from quick_properties import quick
from rnnlab.errors import InputError
from rnnlab.tasks.binaryaddition import BinaryAddition
from rnnlab.tasks.machine import Machine


@some.composite
def machines(draw):
    """Machines of up to four states over two symbols, with two classes."""
    states = draw(some.integers(1, 4))

    def table(most):
        rows = [[draw(some.integers(0, most)) for _ in range(2)] for _ in range(states)]
        return tuple(map(tuple, rows))

    names = tuple("abcd"[:states])
    return Machine(names, draw(some.integers(0, states - 1)), (0, 1), table(states - 1), table(1))


def words(longest):
    return itertools.chain.from_iterable(itertools.product((0, 1), repeat=length) for length in range(1, longest + 1))


def answers(machine, word):
    return machine.run(word)[1]


def test_a_word_is_followed_by_hand():
    turn = Machine(("off", "on"), 0, (0, 1), ((0, 1), (1, 0)), ((0, 1), (1, 0)))
    assert turn.run((1, 0, 1, 1)) == ([1, 1, 0, 1], [1, 1, 0, 1])
    assert turn.run((1,), state=1) == ([0], [0])


@quick
@given(machines(), machines())
def test_a_difference_is_a_shortest_word_and_none_is_missed(one, other):
    """Two machines of four states that agree on all words of length 8 are equal; 7 is enough (Moore, 1956)."""
    found = one.difference(other)
    first = next((word for word in words(8) if answers(one, word) != answers(other, word)), None)
    assert (found is None) == (first is None)
    if found is not None:
        assert len(found) == len(first)
        assert answers(one, found)[-1] != answers(other, found)[-1]
        assert answers(one, found)[:-1] == answers(other, found)[:-1]


@quick
@given(machines())
def test_the_minimal_machine_answers_alike_with_as_many_states_as_can_be_told_apart(machine):
    minimal = machine.minimal()
    assert all(answers(minimal, word) == answers(machine, word) for word in words(8))
    reached = {machine.start} | {machine.run(word)[0][-1] for word in words(4)}
    futures = {tuple(tuple(machine.run(word, state)[1]) for word in words(4)) for state in reached}
    assert len(minimal.names) == len(futures)
    assert set(minimal.reached()) == set(range(len(futures)))
    assert minimal.start == 0 and set(minimal.names) <= set(machine.names)


@quick
@given(machines())
def test_each_state_is_reached_by_its_word_and_no_shorter_one(machine):
    ends = {}
    for word in words(4):
        ends.setdefault(machine.run(word)[0][-1], word)
    ends[machine.start] = ()
    found = machine.reached()
    assert found.keys() == ends.keys()
    for state, word in found.items():
        assert len(word) == len(ends[state]) and (not word or machine.run(word)[0][-1] == state)


def test_the_way_that_is_found_first_by_going_deep_is_not_taken_for_the_shortest():
    table = ((1, 2), (4, 1), (3, 2), (4, 3), (4, 4))  # to 4 by 1 in two steps, by 2 and 3 in three
    machine = Machine(tuple("abcde"), 0, (0, 1), table, ((0, 0), (0, 0), (0, 0), (0, 0), (1, 1)))
    assert machine.reached()[4] == (0, 0)
    silent = Machine(("a",), 0, (0, 1), ((0, 0),), ((0, 0),))
    assert machine.difference(silent) == (0, 0, 0)


@pytest.mark.parametrize(
    "changed, said",
    [
        ({"names": ()}, r"\(names=\[\]\)"),
        ({"names": ("a", "a")}, r"\(names=\['a', 'a'\]\)"),
        ({"inputs": ()}, r"\(inputs=\[\]\)"),
        ({"inputs": ((1.0, 0.0), (1.0,))}, "equally many features"),
        ({"inputs": (0, (1.0,))}, "ids, or equally many features"),
        ({"start": 2}, r"\(start=2\): 0 to 1"),
        ({"start": -1}, r"\(start=-1\)"),
        ({"transitions": ((0, 1),)}, r"2 rows of 2, \[state\]\[symbol\]"),
        ({"outputs": ((0, 1), (0,))}, r"\(outputs=\(\(0, 1\), \(0,\)\)\): 2 rows of 2"),
        ({"transitions": ((0, 1), (2, 0))}, r"names no state \(transitions="),
        ({"outputs": ((0, 1), (-1, 0))}, r"no classes \(outputs="),
    ],
)
def test_what_is_no_machine_is_refused_in_one_line(changed, said):
    right = {"names": ("a", "b"), "start": 0, "inputs": (0, 1), "transitions": ((0, 1), (1, 0))}
    right["outputs"] = right["transitions"]
    Machine(**right)
    with pytest.raises(InputError, match=said):
        Machine(**(right | changed))


def test_machines_of_other_symbols_are_not_compared():
    adder, turn = BinaryAddition().machine(), Machine(("a",), 0, (0, 1), ((0, 0),), ((0, 0),))
    with pytest.raises(InputError, match=r"reads other symbols \(inputs=2\): 4"):
        adder.difference(turn)
