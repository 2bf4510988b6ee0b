"""Writing a trained network as ONNX and safetensors, and checking the ONNX against it."""

import contextlib
import json
import logging
import warnings
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from rnnlab.batch import Batch
from rnnlab.data.seeds import generator_for
from rnnlab.errors import RunFailed
from rnnlab.inference.load import Loaded
from rnnlab.network import Network

ROWS, LENGTH = 7, 12
"""Of the examples that a written file is checked on: more rows than it was traced with, and several steps."""

TOLERANCE = 1e-4
"""The largest difference of a logit between two correct ways to compute it in float32."""


class Step(nn.Module):
    """One step with explicit state: (B,) ids or (B, F) features and state tensors -> logits (B, V), state tensors."""

    def __init__(self, network: Network):
        super().__init__()
        self.network = network

    def forward(self, inputs: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        logits, after = self.network(inputs.unsqueeze(1), state)
        return (logits[:, 0], *after)


def examples(loaded: Loaded) -> Batch:
    """Real inputs of the task, the same each time; of a text, which is not there, characters of its vocabulary."""
    generator = generator_for("export")
    if loaded.task.answer == "endless":
        ids = torch.randint(loaded.task.num_inputs, (ROWS, LENGTH), generator=generator)
        return Batch(ids, ids)
    return loaded.task.batch(ROWS, LENGTH, generator)


def metadata(loaded: Loaded) -> dict[str, str]:
    """What a reader of the files needs: task, its settings and those of the model, symbols, and how an answer comes.

    answer: once, each_step, fed_back or endless. end: the class that ends an answer that is fed back. vocabulary: the
    character of each symbol id, where ids stand for characters.
    """
    task, config = loaded.task, loaded.config
    known = {"task": config["task"]["name"], "model": config["model"]["name"], "classes": str(task.num_classes)}
    known["answer"] = task.answer
    known["settings"] = json.dumps({"task": config["task"], "model": config["model"]})
    if task.end is not None:
        known["end"] = str(task.end)
    if task.vocab is not None:
        known["vocabulary"] = task.vocab.symbols
    if task.eos is not None:
        known["eos"] = str(task.eos)
    return known


def to_safetensors(loaded: Loaded) -> bytes:
    """The plain `state_dict`, as torch.nn names its parts: layer.weight_ih_l0 ... head.bias."""
    from safetensors.torch import save

    weights = {name: value.contiguous() for name, value in loaded.network.state_dict().items()}
    return save(weights, metadata=metadata(loaded))


def to_onnx(loaded: Loaded) -> bytes:
    """One step of the network."""
    import onnx

    first = examples(loaded).inputs[:2, 0]
    with torch.no_grad():
        _, state = loaded.network(first.unsqueeze(1))
    batch = torch.export.Dim("batch")
    with quiet():
        program = torch.onnx.export(
            Step(loaded.network).eval(),
            (first, *state),
            dynamo=True,
            verbose=False,
            input_names=["input", *(f"state_{index}" for index in range(len(state)))],
            output_names=["logits", *(f"next_state_{index}" for index in range(len(state)))],
            dynamic_shapes=({0: batch}, tuple({1: batch} for _ in state)),
        )
    assert program is not None  # with dynamo
    model = program.model_proto
    onnx.helper.set_model_props(model, metadata(loaded))
    return model.SerializeToString()


@torch.inference_mode()
def check(loaded: Loaded, model: bytes) -> float:
    """The largest difference of any logit between an ONNX model, step by step, and the network on whole examples.

    Raises:
        RunFailed: where it is too large to be rounding.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    inputs = examples(loaded).inputs
    largest = 0.0
    for rows in (inputs, inputs[:1]):
        expected, state = loaded.network(rows)
        parts = [torch.zeros_like(part).numpy() for part in state]
        for step in range(rows.shape[1]):
            given = {f"state_{index}": part for index, part in enumerate(parts)}
            logits, *parts = session.run(None, {"input": rows[:, step].numpy(), **given})
            largest = max(largest, float((torch.from_numpy(logits) - expected[:, step]).abs().max()))
    if not largest < TOLERANCE:
        raise RunFailed(f"what was exported is not what the model computes: its logits differ by {largest:.1e}")
    return largest


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Leaves out what torch's exporter warns of and does right."""
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)
