"""What a training takes of a machine, and how long it lasts: the `trainer` node as arguments of Lightning's Trainer."""

import os

import torch

from rnnlab.config.flat import Node
from rnnlab.errors import InputError

ENDLESS = 10**12
"""Steps of a training that only the clock ends."""

WORDS = 4
"""Numbers that training keeps of each weight: itself, its gradient and two moments of it."""


def settings(config: Node, steps_per_epoch: int, anywhere: bool = False) -> tuple[Node, int]:
    """Lightning's Trainer arguments, and the number of optimizer steps of the whole training."""
    node = config["trainer"]
    accelerator = node["accelerator"]
    if accelerator == "gpu" and not anywhere and not torch.cuda.is_available():
        raise InputError("no GPU here", "trainer=cpu, or a machine with CUDA", "trainer.accelerator", "gpu")
    if accelerator == "cpu" and node["precision"] not in ("32-true", "64-true"):
        raise InputError("only on a GPU", "32-true, 64-true, or trainer=gpu", "trainer.precision", node["precision"])
    accumulate, epochs, steps = (node[key] for key in ("accumulate", "max_epochs", "max_steps"))
    if epochs is None and steps is None and node["max_time"] is None:
        allowed = "give it, trainer.max_steps or trainer.max_time"
        raise InputError("training would not end", allowed, "trainer.max_epochs", epochs)
    total = [ENDLESS] if epochs is None else [epochs * -(-steps_per_epoch // accumulate)]
    total += [] if steps is None else [steps]
    check = node["check_every"]
    by_steps = check != "epoch"
    return {
        "accelerator": accelerator,
        "devices": node["devices"],
        "num_nodes": node["nodes"],
        "strategy": node["strategy"],
        "precision": node["precision"],
        "deterministic": node["deterministic"],
        "detect_anomaly": node["detect_anomaly"],
        "accumulate_grad_batches": accumulate,
        "max_epochs": -1 if epochs is None else epochs,
        "max_steps": -1 if steps is None else steps,
        "val_check_interval": min(check * accumulate, min(total) * accumulate) if by_steps else None,
        "check_val_every_n_epoch": None if by_steps else 1,
    }, min(total)


def threads(config: Node) -> int:
    """Threads for torch: tiny networks are several times faster with one than with two (`auto` knows)."""
    asked = config["trainer"]["threads"]
    if asked != "auto":
        return int(asked)
    return 1 if config["model"]["hidden_size"] < 512 else (os.cpu_count() or 1)


def check_memory(weights: dict[str, torch.Tensor], units: int) -> None:
    """Refuses a network that could not be trained in the memory of this machine, where that can be known."""
    if "SC_PHYS_PAGES" not in getattr(os, "sysconf_names", {}):
        return
    needed = WORDS * sum(weight.numel() * weight.element_size() for weight in weights.values())
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if needed > there:
        allowed = f"at most the {there / 1e9:,.0f} GB of this machine"
        raise InputError(f"training takes {needed / 1e9:,.0f} GB of memory", allowed, "model.hidden_size", units)
