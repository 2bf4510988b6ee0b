"""What is said of a network: each kind is proven, and what is wrong, or cannot be told, is said so."""

import dataclasses

import pytest
import torch

from made_adders import KINDS, MACHINE, adder, answers, counting_adder, machine_for
from rnnlab.errors import InputError
from rnnlab.network import Network
from rnnlab.proof.attempt import Open, Proven, Wrong, attempt
from rnnlab.proof.verify import verify
from rnnlab.tasks.binaryaddition import BinaryAddition


def quiet(name, gap):
    pass


@pytest.mark.parametrize("kind", KINDS)
def test_an_adder_of_each_kind_is_proven_and_adds(kind):
    network, machine = adder(kind), machine_for(kind)
    found = attempt(network, machine, 10, quiet)
    assert isinstance(found, Proven) and found.how == "k=1" and found.checked.margin > 1
    assert verify(found.text, network, machine) == found.checked
    task = BinaryAddition("one_hot" if kind == "one hot" else "scalar")
    batch = task.batch(20, 300, torch.Generator().manual_seed(1))
    assert bool((answers(network, batch) == batch.targets).all())


def test_a_wrong_machine_has_a_shortest_counterexample_that_the_network_really_gets_wrong():
    never = dataclasses.replace(MACHINE, transitions=((0, 0, 0, 0), (0, 0, 0, 0)))  # a carry is forgotten
    network = adder()
    found = attempt(network, never, 10, quiet)
    assert isinstance(found, Wrong) and len(found.word) == 2
    said = network(torch.tensor([[MACHINE.inputs[symbol] for symbol in found.word]]))[0][0, -1].argmax()
    assert int(said) == found.said != found.right == never.run(found.word)[1][-1]


def test_weights_perturbed_until_the_network_errs_are_given_a_counterexample_and_their_old_certificate_is_refused():
    network = adder()
    text = attempt(network, MACHINE, 10, quiet).text
    task, generator = BinaryAddition(), torch.Generator().manual_seed(2)
    batch = task.batch(200, 50, generator)
    while bool((answers(network, batch) == batch.targets).all()):
        for parameter in network.parameters():
            parameter.data += 0.3 * torch.randn(parameter.shape, generator=generator)
    assert isinstance(attempt(network, MACHINE, 10, quiet), Wrong)
    with pytest.raises(InputError, match="about other weights"):
        verify(text, network, MACHINE)


def test_a_mistake_that_no_random_word_meets_is_found_where_the_proof_fails():
    found = attempt(counting_adder(13), MACHINE, 30, quiet)
    assert isinstance(found, Wrong) and found.word == (3,) * 13  # one in 4^13 words of that length


def test_what_is_neither_proven_nor_wrong_on_any_word_tried_is_said_so_with_where_each_search_failed():
    told = {}
    found = attempt(counting_adder(10**6), MACHINE, 2, lambda name, gap: told.update({name: gap}))
    assert isinstance(found, Open) and told == found.gaps and "k=1" in told
    assert all(gap.why for gap in told.values())


def test_sets_that_the_check_refuses_prove_nothing(monkeypatch):
    def refuse(text, network, machine):
        raise InputError("not proven, it is a trial", "nothing")

    monkeypatch.setattr("rnnlab.proof.attempt.verify", refuse)
    found = attempt(adder(), MACHINE, 10, quiet)
    assert isinstance(found, Open) and found.gaps["k=1"].why == "found, but not proven, it is a trial"


def test_a_wide_layer_is_proven_as_well():
    """Of many terms a sum errs by more: what the search allows for is what the check asks for."""
    network = adder("gru")
    layer = torch.nn.GRU(2, 40, batch_first=True)
    wide = Network(torch.nn.Identity(), layer, 40, 2).eval()
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.zero_()
        for name, value in network.layer.named_parameters():
            for gate, own in enumerate(value.split(4)):
                to = getattr(layer, name)[40 * gate : 40 * gate + 4]
                (to[:, : own.shape[1]] if own.dim() > 1 else to).copy_(own)
        wide.head.weight.zero_()
        wide.head.bias.zero_()
        wide.head.weight[:, :4] = network.head.weight
    assert isinstance(attempt(wide, MACHINE, 10, quiet), Proven)
