"""What TensorBoard's HPARAMS has of a run: what tells it from others, and its final scores, the telling ones first.

It shows the first five of each unless asked for more, the hyperparameters in the order of the alphabet.
"""

from typing import Any

from rnnlab.config.flat import Node

ALONE = ("model.hidden_size", "optimizer.lr")
"""What is shown of a run that is in no sweep, besides its task, model and seed."""

FIRST = ("bits_per_character", "exact_match", "exact_match_beyond", "loss", "accuracy")


def hyperparameters(config: Node) -> dict[str, str | int | float | bool]:
    """Task, model, seed and what else varies in the run's sweep; a group, like `optimizer`, by its class's name.

    {"seed": 1, "task": {"name": "digitsum"}, "model": {"name": "rnn"}, "optimizer": {"_target_": "torch.optim.SGD"},
    "sweep": {"varies": ["optimizer"]}} -> task digitsum, model rnn, seed "1", optimizer SGD.
    The seed is text, as it counts nothing: TensorBoard then offers each one to be chosen, and does not write 1.0000.
    """
    sweep = config.get("sweep") or {}
    keys = dict.fromkeys(("task", "model", "seed", *(sweep.get("varies") or ALONE)))
    values = {key: _at(config, key) for key in keys}
    return {
        key: value if isinstance(value, int | float | str) and key != "seed" else str(value)
        for key, value in values.items()
        if value is not None
    }


def final(scores: dict[str, float]) -> dict[str, float]:
    """`final/` before the name of every score: those of test data first, and the most telling of them first."""

    def place(name: str) -> tuple[bool, int]:
        score = name.split("/")[0]
        return name.endswith("/validation"), FIRST.index(score) if score in FIRST else len(FIRST)

    return {f"final/{name}": scores[name] for name in sorted(scores, key=place)}


def _at(config: Node, key: str) -> Any:
    """The value of a dotted key; of a group its name, or that of its class; None where there is nothing."""
    node: Any = config
    for part in key.split("."):
        node = node.get(part) if isinstance(node, dict) else None
    if isinstance(node, dict):
        return node.get("name") or str(node.get("_target_") or "").rpartition(".")[2] or None
    return node
