"""Run directories without a training: a network with chosen weights, saved as a run saves its best."""

import json
from pathlib import Path

import torch
from omegaconf import OmegaConf

from rnnlab.config import build
from rnnlab.config.compose import compose
from rnnlab.runs import checkpoint


def plain(*overrides):
    return OmegaConf.to_container(compose(list(overrides)), resolve=True)


def save(folder, *overrides, set_weights=lambda network: None, data="", vocabulary=None):
    """The run directory `folder` of a network that nobody trained."""
    config = plain("model.hidden_size=8", *overrides)
    task = build.task(config, **({"symbols": vocabulary} if vocabulary is not None else {}))
    torch.manual_seed(3)
    network = build.network(config, task)
    set_weights(network)
    state = {f"network.{name}": value for name, value in network.state_dict().items()}
    content = {"format": checkpoint.FORMAT, "version": checkpoint.VERSION, "config": config, "state_dict": state}
    folder.mkdir()
    checkpoint.write(folder / "checkpoints" / checkpoint.BEST, content | {"data": data, "vocabulary": vocabulary})
    Path(folder, "run.json").write_text(json.dumps({"status": "done"}))
    return folder


@torch.no_grad()
def exact_adder(network):
    """Sets a relu network of three units to add without a mistake, whatever the length.

    s = a + b + carry is 0 to 3. Units: s, max(s - 1, 0), max(s - 2, 0). The carry is the second minus the third; the
    bit of the sum is s - 2 carry.
    """
    layer, head = network.layer, network.head
    layer.weight_ih_l0.fill_(1)
    layer.weight_hh_l0.copy_(torch.tensor([[0.0, 1, -1]]).expand(3, 3))
    layer.bias_ih_l0.copy_(torch.tensor([0.0, -1, -2]))
    layer.bias_hh_l0.zero_()
    head.weight.copy_(torch.tensor([[-1.0, 2, -2], [1, -2, 2]]))
    head.bias.copy_(torch.tensor([0.5, -0.5]))


ADDER = ("task=binaryaddition", "model=rnn", "model.nonlinearity=relu", "model.hidden_size=3")


def save_adder(folder):
    config = [override for override in ADDER if not override.startswith("model.hidden")]
    return save(folder, *config, "++model.hidden_size=3", set_weights=exact_adder)
