"""Machines of a yaml against Python's `re`, integers and counting, on all short words and on long random ones."""

import itertools
import math
import random
import re

import pytest
import torch

from conftest import built_task
from rnnlab.batch import IGNORE
from rnnlab.errors import InputError
from rnnlab.tasks.automaton import LISTED, PIECE, Automaton

PARITY = {
    "alphabet": "0 1",
    "start": "even",
    "transitions": {"even": "even odd", "odd": "odd even"},
    "outputs": {"even": 0, "odd": 1},
}
TURN = PARITY | {"outputs": {"even": "stay go", "odd": "keep back"}}


def accepts(pattern):
    """Whether a word is in a regular language, in words."""
    return lambda word: "accept" if re.fullmatch(pattern, word) else "reject"


def tomita3(word):
    """By runs: an odd one of ones is not followed at once by an odd one of zeros."""
    runs = [(bit, len(list(run))) for bit, run in itertools.groupby(word)]
    odd = any(one == "1" and a % 2 and b % 2 for (one, a), (_, b) in itertools.pairwise(runs))
    return "reject" if odd else "accept"


def dyck(word):
    heights = list(itertools.accumulate(1 if bracket == "(" else -1 for bracket in word))
    return "accept" if heights[-1] == 0 and min(heights) >= 0 and max(heights) <= 4 else "reject"


def calculated(symbols):
    """By Python's own integers, which have no end: 0 op digit op digit ..., every step in brackets."""
    return str(eval("(" * len(symbols) + "0" + "".join(f"{one})" for one in symbols)) % 5)


ORACLES = {
    "parity": lambda word: "odd" if word.count("1") % 2 else "even",
    "evenpairs": lambda word: "odd" if (word.count("ab") + word.count("ba")) % 2 else "even",
    "modular": calculated,
    "cycle": lambda word: str((word.count(">") - word.count("<")) % 5),
    "tomita1": accepts("1*"),
    "tomita2": accepts("(10)*"),
    "tomita3": tomita3,
    "tomita4": lambda word: "reject" if "000" in word else "accept",
    "tomita5": lambda word: "reject" if word.count("0") % 2 or word.count("1") % 2 else "accept",
    "tomita6": lambda word: "reject" if (word.count("0") - word.count("1")) % 3 else "accept",
    "tomita7": accepts("0*1*0*1*"),
    "dyck1": dyck,
}
"""What is right after a word, or after its symbols where they are longer than a character; none asks a machine."""


def words_of(task, inputs):
    words = [[task.spelled(symbol) for symbol in row] for row in inputs.tolist()]
    return ["".join(word) for word in words] if all(len(one) == 1 for one in task.alphabet) else words


def check(task, oracle, batch):
    for word, targets in zip(words_of(task, batch.inputs), batch.targets.tolist(), strict=True):
        right = [oracle(word[: step + 1]) for step in range(len(word))]
        assert [task.label(target) for target in targets] == right, word


@pytest.mark.parametrize("name", ORACLES)
def test_a_machine_of_conf_says_what_its_oracle_says_of_all_short_words_and_of_long_ones(name, seeded):
    task = built_task(name)
    for length in range(1, 1 + int(math.log(600, task.num_inputs))):
        batch = task.every(length)
        assert len(batch.targets) == task.num_inputs**length
        check(task, ORACLES[name], batch)
    check(task, ORACLES[name], task.batch(8, 40, seeded(1)))


@pytest.mark.parametrize("name", ORACLES)
def test_a_machine_of_conf_is_as_small_as_can_be(name):
    machine = built_task(name).machine()
    assert len(machine.minimal().names) == len(machine.names)


@pytest.mark.parametrize("name", ["tomita1", "dyck1"])
def test_half_of_the_words_are_uniform_and_a_quarter_and_more_never_fall_into_a_trap(name, seeded):
    task = built_task(name)
    trap = len(task.machine().names) - 1
    fell = (task.quantities(task.batch(4000, 30, seeded(1)))["state"] == trap).any(1).float().mean()
    assert 0.65 < fell < 0.75  # half, which are uniform, and most of the quarter that is careful up to a random step


def test_what_is_said_on_reading_a_symbol_is_not_what_is_said_on_reaching_a_state():
    batch = Automaton(**TURN).parse("1011")
    assert [Automaton(**TURN).label(one) for one in batch.targets[0].tolist()] == ["go", "keep", "back", "go"]
    assert Automaton(**PARITY).parse("1011").targets.tolist() == [[1, 1, 0, 1]]


def test_a_word_is_shown_with_what_is_said_and_the_states_that_it_leads_through():
    task = Automaton(**TURN)
    batch = task.parse(" 1 01")
    assert task.show(batch.inputs[0], batch.targets[0]) == "101: go keep back"
    assert task.explain(batch.inputs[0], batch.targets[0]) == "even -> odd -> odd -> even"
    calculator = built_task("modular")
    batch = calculator.parse("+3 *2  -4")
    assert calculator.show(batch.inputs[0], batch.targets[0]) == "+3 *2 -4: 3 1 2"


def test_long_words_come_in_pieces_that_go_on_where_the_last_one_ended(seeded):
    task, size = built_task("dyck1"), 700
    pieces = list(task.pieces(size, 400, seeded(3)))
    assert [piece.targets.shape[1] for piece in pieces] == [PIECE // size, PIECE // size, 400 - 2 * (PIECE // size)]
    inputs, targets = (torch.cat([piece[part] for piece in pieces], 1) for part in (0, 1))
    for row in range(0, size, 100):
        word = "".join(task.spelled(one) for one in inputs[row].tolist())
        assert [task.label(one) for one in targets[row].tolist()] == [dyck(word[: n + 1]) for n in range(400)]


def test_adversarial_words_are_one_symbol_throughout_and_two_in_turn():
    task = built_task("cycle")
    found = {name: words_of(task, next(pieces).inputs) for name, pieces in task.adversarial(4).items()}
    assert found == {"one symbol throughout": [">>>>", "<<<<", "...."], "two symbols in turn": ["><><", "<.<.", ".>.>"]}
    for pieces in task.adversarial(30).values():
        check(task, ORACLES["cycle"], next(pieces))


def test_its_state_is_counted_and_another_rows_state_goes_on_from_there(seeded):
    task = built_task("cycle")
    one, other = (task.batch(30, 9, seeded(seed)) for seed in (1, 2))
    moves = [torch.tensor([1, -1, 0])[batch.inputs].cumsum(1) % 5 for batch in (one, other)]
    assert torch.equal(task.quantities(one)["state"], moves[0])
    for step in range(8):
        changed = task.exchanged("state", one, other, step)
        rest = torch.tensor([1, -1, 0])[one.inputs[:, step + 1 :]].cumsum(1)
        assert torch.equal(changed.targets[:, step + 1 :], (moves[1][:, step : step + 1] + rest) % 5)
        assert torch.equal(changed.targets[:, : step + 1], one.targets[:, : step + 1])
    with pytest.raises(InputError, match="quantity"):
        task.exchanged("state", one, other, 8)


def test_padding_has_no_state():
    task = Automaton(**PARITY)
    batch = task.parse("10")
    padded = batch._replace(targets=torch.tensor([[1, IGNORE]]))
    assert task.quantities(padded)["state"].tolist() == [[1, IGNORE]]


def test_more_words_than_can_be_listed_are_refused():
    longest = int(math.log2(LISTED))
    assert len(Automaton(**PARITY).every(longest).targets) == LISTED
    with pytest.raises(InputError, match=f"length={longest + 1}"):
        Automaton(**PARITY).every(longest + 1)


@pytest.mark.parametrize(
    "changed, said",
    [
        ({"alphabet": 0}, r"not two different symbols or more \(alphabet=0\): like 0 1"),
        ({"alphabet": "0 0"}, r"\(alphabet=0 0\)"),
        ({"start": "evn"}, r"no state \(start=evn\): did you mean 'even'"),
        (
            {"transitions": {"even": "even odd", "odd": "odd"}},
            r"1 words \(transitions.odd=odd\): 2, one for each",
        ),
        ({"transitions": {"even": "even odd", "odd": "odd evn"}}, r"evn is no state \(transitions.odd=odd evn\): did"),
        ({"outputs": {"even": 0}}, r"not of the same states \(outputs=even\): outputs of even, odd"),
        ({"outputs": {"even": "0 1", "odd": "1"}}, r"1 words \(outputs.odd=1\): 2, one for each"),
        ({"outputs": {"even": "", "odd": ""}}, r"0 words \(outputs.even=\)"),
        ({"outputs": {"even": True, "odd": False}}, "yes and no in quotes"),
        ({"transitions": {0: "0 1", 1: "1 0"}}, "numbers, yes and no in quotes"),
    ],
)
def test_what_is_no_machine_is_refused_in_one_line(changed, said):
    with pytest.raises(InputError, match=said) as refusal:
        Automaton(**(PARITY | changed))
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("text", ["", "102", "+1"])
def test_what_is_no_word_is_refused(text):
    with pytest.raises(InputError, match=r"not a word of the symbols .* one or more of 0 1"):
        Automaton(**PARITY).parse(text)


def test_random_words_are_read_as_a_walk_from_state_to_state_reads_them():
    draw = random.Random(4)
    names = [f"q{place}" for place in range(6)]
    transitions = {name: " ".join(draw.choices(names, k=3)) for name in names}
    outputs = {name: " ".join(draw.choices("xyz", k=3)) for name in names}
    task = Automaton("a b c", "q2", transitions, outputs)
    word = "".join(draw.choices("abc", k=200))
    state, right = "q2", []
    for symbol in word:
        right.append(outputs[state].split()["abc".index(symbol)])
        state = transitions[state].split()["abc".index(symbol)]
    assert [task.label(one) for one in task.parse(word).targets[0].tolist()] == right
