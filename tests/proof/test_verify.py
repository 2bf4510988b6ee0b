"""The check: it contains what really happens, and lets nothing pass that was changed."""

import copy
import dataclasses
import json
import math
from fractions import Fraction

import mpmath
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from made_adders import KINDS, MACHINE, adder, machine_for
from rnnlab.errors import InputError
from rnnlab.inspection.whole import walk
from rnnlab.network import Network
from rnnlab.proof.attempt import attempt
from rnnlab.proof.verify import Step, checksum, sealed, verify


@pytest.fixture(scope="module")
def proven():
    network = adder()
    return network, attempt(network, MACHINE, 10, lambda name, gap: None)


def resealed(text, change):
    content = json.loads(text)
    del content["sha256"]
    change(content)
    return json.dumps(content | {"sha256": sealed(content)})


def numbers(content, path=()):
    """Where each number of a certificate is."""
    if isinstance(content, dict | list):
        for key, value in content.items() if isinstance(content, dict) else enumerate(content):
            yield from numbers(value, (*path, key))
    elif isinstance(content, int | float):
        yield path


def test_a_certificate_with_any_one_number_changed_is_refused(proven):
    network, found = proven
    content = json.loads(found.text)
    places = list(numbers(content))
    assert len(places) > 100
    for *path, last in places:
        changed = copy.deepcopy(content)
        inside = changed
        for key in path:
            inside = inside[key]
        inside[last] += 1 if isinstance(inside[last], int) else 2**-20
        with pytest.raises(InputError, match="not proven"):
            verify(json.dumps(changed), network, MACHINE)


CHANGES = {
    "may lead from box": lambda content: content["boxes"][1]["high"].__setitem__(0, content["boxes"][1]["low"][0]),
    "a box has no inside": lambda content: content["boxes"][1]["high"].__setitem__(0, -9.0),
    "in no box": lambda content: content["boxes"][0].update(state=1),
    "may be answered wrongly": lambda content: content["boxes"][0].update(low=[-1.0] * 4, high=[1.0] * 4),
    "about other weights": lambda content: content.update(weights="0" * 64),
    "about another machine": lambda content: content["machine"].update(start=1),
    "out of box": lambda content: content["boxes"][0]["after"].reverse(),
    "its boxes are none": lambda content: content["boxes"][0]["after"].pop(),
    "another version": lambda content: content.update(version=2),
}


@pytest.mark.parametrize("why", CHANGES)
def test_a_certificate_that_was_changed_and_sealed_again_is_refused_for_what_is_wrong_with_it(proven, why):
    network, found = proven
    with pytest.raises(InputError, match=why):
        verify(resealed(found.text, CHANGES[why]), network, MACHINE)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "[" * 100_000, '{"boxes": 1, "sha256": ""}', "NaN"])
def test_what_is_no_certificate_is_refused(proven, text):
    with pytest.raises(InputError, match="it is no certificate"):
        verify(text, proven[0], MACHINE)


def test_numbers_that_are_none_are_refused(proven):
    network, found = proven
    for value in (math.nan, math.inf, "1/3", None, [], 10**400):
        with pytest.raises(InputError, match="not proven"):
            verify(resealed(found.text, lambda c, v=value: c["boxes"][0]["low"].__setitem__(0, v)), network, MACHINE)


def test_another_machine_is_refused(proven):
    network, found = proven
    for wrong in (
        dataclasses.replace(MACHINE, outputs=MACHINE.outputs[::-1]),
        dataclasses.replace(MACHINE, transitions=((0, 0, 0, 0), (0, 1, 1, 1))),
    ):
        with pytest.raises(InputError, match="about another machine"):
            verify(found.text, network, wrong)
        claimed = json.loads(json.dumps(dataclasses.asdict(wrong)))
        with pytest.raises(InputError, match="not proven"):
            verify(
                resealed(found.text, lambda content, claimed=claimed: content.update(machine=claimed)), network, wrong
            )


@pytest.mark.parametrize("kind", ["tanh", "gru", "lstm", "two layers"])
def test_a_million_steps_random_and_adversarial_stay_inside_the_boxes(kind):
    network, machine = adder(kind), machine_for(kind)
    content = json.loads(attempt(network, machine, 10, lambda name, gap: None).text)
    low, high = [torch.tensor([box[end] for box in content["boxes"]]) for end in ("low", "high")]
    after = torch.tensor([box["after"] for box in content["boxes"]])
    words = torch.randint(4, (1000, 250), generator=torch.Generator().manual_seed(1))
    words[:64] = torch.stack([torch.arange(250) // (1 + n % 8) * (n // 8) % 4 for n in range(64)])  # the same on end
    words[64:80, ::2], words[64:80, 1::2] = torch.arange(4).repeat(4).unsqueeze(1), torch.arange(16).unsqueeze(1) // 4
    states = walk(network, torch.tensor(machine.inputs)[words])[1].detach()
    place = torch.zeros(1000, dtype=torch.int64)
    for symbol, state in zip(words.T, states.unbind(1), strict=True):
        place = after[place, symbol]
        assert bool(((low[place] <= state) & (state <= high[place])).all())


def small(kind, size, double=False, seed=0):
    torch.manual_seed(seed)
    layer = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM}.get(kind, torch.nn.RNN)(2, size, batch_first=True)
    network = Network(torch.nn.Identity(), layer, size, 3).eval()
    for parameter in network.parameters():
        parameter.data *= 4
    return network.double() if double else network


@pytest.mark.parametrize("double", [False, True])
@pytest.mark.parametrize("kind", ["tanh", "gru", "lstm"])
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_step_on_a_box_contains_the_steps_of_the_real_network_from_its_points(kind, double, data):
    network = small(kind, 3, double, data.draw(st.integers(0, 99)))
    machine = dataclasses.replace(MACHINE, outputs=((0, 1, 2, 0),) * 2)
    size = 6 if kind == "lstm" else 3
    ends = data.draw(st.lists(st.integers(-64, 64), min_size=2 * size, max_size=2 * size))
    low, high = [[end(ends[2 * at : 2 * at + 2]) / 64 for at in range(size)] for end in (min, max)]
    step = Step(network, machine, [*low, *high])
    image = step([(step.exact(a), step.exact(b)) for a, b in zip(low, high, strict=True)], 1)
    share = torch.rand(200, size).round(decimals=1)
    points = (torch.tensor(low) + share * (torch.tensor(high) - torch.tensor(low))).to(network.head.weight.dtype)
    points = points.clamp(torch.tensor(low).to(points), torch.tensor(high).to(points))
    state = tuple(part.unsqueeze(0).contiguous() for part in points.split(3, 1))
    with torch.no_grad():
        logits, after = network(torch.tensor([machine.inputs[1]]).to(points).expand(200, 1, 2), state)
    for at, values in enumerate(torch.cat([part[0] for part in after], 1).T.tolist()):
        assert image[at][0] <= min(map(Fraction, values)) * step.one
        assert max(map(Fraction, values)) * step.one <= image[at][1]
    others = logits[:, 0].double()
    real = others[:, 1] - others[:, [0, 2]].amax(1)
    assert step.margin(image, 1) / step.one <= float(real.min())


@given(st.fractions(-30, 30), st.sampled_from(["tanh", "sigmoid"]))
def test_activations_contain_those_of_an_independent_ball_arithmetic(x, name):
    step = Step(adder(), MACHINE, [])
    x = math.floor(x * step.one)
    low, high = step.activation(name, (x, x))
    mpmath.iv.dps = 60
    at = mpmath.iv.mpf(x) / mpmath.iv.mpf(step.one)
    power = mpmath.iv.exp(-2 * at if name == "tanh" else -at)
    exact = (1 - power) / (1 + power) if name == "tanh" else 1 / (1 + power)
    assert low + step.error - 10**9 <= exact.a * step.one and exact.b * step.one <= high - step.error + 10**9
    assert mpmath.mpf(low) / step.one <= exact.a and exact.b <= mpmath.mpf(high) / step.one


@given(st.lists(st.tuples(*[st.floats(-100, 100, width=32)] * 3), min_size=1, max_size=6), st.data())
def test_sums_contain_every_order_of_summation_in_float32_and_the_exact_sum(terms, data):
    step = Step(adder(), MACHINE, [0.0])
    step.bits = max(step.bits, 300)
    step.one = 1 << step.bits
    step.tiny = math.ceil(Fraction(1, 2**126) * step.one)
    weights, box = (
        [step.exact(w) for w, _, _ in terms],
        [tuple(sorted((step.exact(a), step.exact(b)))) for _, a, b in terms],
    )
    (low, high) = step.affine([weights], [0], box)[0]
    order = data.draw(st.permutations(range(len(terms))))
    ends = [data.draw(st.sampled_from([1, 2])) for _ in terms]
    exact = sum(Fraction(term[0]) * Fraction(term[end]) for term, end in zip(terms, ends, strict=True))
    total = torch.zeros(())
    for at in order:
        total = total + torch.tensor(terms[at][0]) * torch.tensor(terms[at][ends[at]])
    for value in (exact, Fraction(float(total))):
        assert low <= value * step.one <= high


@pytest.mark.parametrize("kind", KINDS)
def test_weights_that_are_not_finite_are_refused(kind):
    network = adder(kind)
    text = attempt(network, machine_for(kind), 10, lambda name, gap: None).text
    network.head.bias.data[0] = math.nan
    with pytest.raises(InputError, match="not finite"):
        verify(resealed(text, lambda content: content.update(weights=checksum(network))), network, machine_for(kind))


def test_numbers_that_might_overflow_are_refused(proven):
    network = copy.deepcopy(proven[0])
    network.head.weight.data *= 1e38
    with pytest.raises(InputError, match="too large to be calculated"):
        verify(resealed(proven[1].text, lambda content: content.update(weights=checksum(network))), network, MACHINE)
