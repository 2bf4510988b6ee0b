"""Moving a number, on a network of three units that adds."""

from rnnlab.config import build
from rnnlab.inspection.moving import moved
from rnnlab.tasks.binaryaddition import BinaryAddition
from saved_runs import ADDER, exact_adder, plain


def test_a_carry_that_is_moved_by_one_carries_and_one_moved_by_two_does_not_exist():
    task = BinaryAddition()
    network = build.network(plain(*ADDER), task).eval()
    exact_adder(network)
    assert [moved(network, task, "carry", 6, by).value for by in (-1, 0, 1)] == [1.0, 1.0, 1.0]
    assert moved(network, task, "carry", 6, 2) is None
