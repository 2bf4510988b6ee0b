"""What was found, as it is told."""

from made_adders import MACHINE, machine_for
from rnnlab.proof.attempt import Open, Wrong
from rnnlab.proof.search import Gap
from rnnlab.proof.telling import plainly, spelled, told


def test_a_word_is_spelled_by_what_the_network_is_given():
    assert spelled((0, 1, 3), MACHINE) == "00 10 11" and spelled((0, 1, 3), machine_for("one hot")) == "0 1 3"
    assert len(spelled((0,) * 10**4, MACHINE)) == 1000


def test_a_counterexample_has_its_word_and_both_answers_as_the_task_calls_them():
    found = Wrong((3, 0), 0, 1, 0.5)
    assert told(found, MACHINE, ["no", "yes"].__getitem__) == [
        "COUNTEREXAMPLE of length 2: 11 00",
        "it says no, right is yes",
    ]
    assert plainly(found) == {"verdict": "wrong", "word": (3, 0), "said": 0, "right": 1, "seconds": 0.5}


def test_of_several_failures_the_nearest_to_a_proof_is_told():
    gaps = {"k=1": Gap("one", -2.0, (1,)), "k=2": Gap("two", -0.5, (3, 0)), "k=3": Gap("three", -1.0, ())}
    lines = told(Open(gaps, 1.0), MACHINE, str)
    assert lines[1:] == ["nearest to a proof: k=2, two, margin -0.5", "there after 11 00"]
