"""Automata that are extracted: the machine that a network is, found without being told."""

import dataclasses

import pytest
import torch

from made_adders import KINDS, MACHINE, adder, counting_adder, machine_for
from rnnlab.proof.automaton import clustered, extract, nearest


@pytest.mark.parametrize("kind", KINDS)
def test_the_automaton_of_an_adder_is_the_adders(kind):
    machine = machine_for(kind)
    found = extract(adder(kind), machine)
    assert found.faithful == 1 and found.difference is None and len(found.machine.names) == 2
    assert found.places.shape == found.words.shape == found.states.shape[:2]
    carries = torch.tensor([machine.run(word)[0] for word in found.words.tolist()])
    assert len(torch.stack([carries, found.places]).flatten(1).unique(dim=1).T) == 2  # of four pairs


def test_it_is_not_told_the_machine_of_the_task():
    wrong = dataclasses.replace(MACHINE, transitions=((0, 0, 0, 0), (0, 0, 0, 0)))
    found = extract(adder(), wrong)
    assert found.machine == extract(adder(), MACHINE).machine
    assert found.difference is not None and wrong.run(found.difference)[1] != MACHINE.run(found.difference)[1]


def test_a_network_with_more_states_has_more_of_them():
    found = extract(counting_adder(2), MACHINE)  # wrong whenever two ones of both came twice
    assert len(found.machine.names) > 2 and found.difference == (3, 3)


def test_clusters_are_those_that_points_lie_in(seeded):
    centres = torch.tensor([[0.0, 0], [10, 0], [0, 10]])
    points = centres.repeat(30, 1) + 0.1 * torch.randn(90, 2, generator=seeded())
    found = clustered(points, 3, seeded())
    assert torch.allclose(found[nearest(centres, found)], centres, atol=0.2)
    assert len(nearest(points, found).unique()) == 3
    assert len(clustered(torch.zeros(5, 2), 3, seeded())) == 1
