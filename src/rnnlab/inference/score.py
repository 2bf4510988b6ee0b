"""Scores of a trained network on its own splits, or on a file."""

from collections.abc import Iterable
from typing import Any, Literal

import torch

from rnnlab.batch import Answer, Batch
from rnnlab.config import build, instantiate
from rnnlab.config.schema import check_config, mapping
from rnnlab.data.lengths import trained
from rnnlab.data.splits import Data
from rnnlab.errors import InputError
from rnnlab.inference.bounds import check_file
from rnnlab.inference.load import Loaded
from rnnlab.metrics import Score, counted, named, nothing, score, summary, total
from rnnlab.network import Network
from rnnlab.runs.vetting import refuse
from rnnlab.tasks.corpus import Known, TextFile
from rnnlab.tasks.task import Task, is_text


@torch.inference_mode()
def sums(network: Network, batches: Iterable[Batch], answer: Answer) -> Score[float]:
    """The Scores of all batches added up; the state of a text is carried from batch to batch."""
    totals, state, device = nothing(), None, network.head.weight.device
    for batch in batches:
        logits, after = network(batch.inputs.to(device), state)
        state = after if answer == "endless" else None
        totals += total(score(logits, batch.targets.to(device))).cpu()
    return named(totals)


def score_all(network: Network, batches: Iterable[Batch], answer: Answer) -> dict[str, float]:
    """examples, asked steps, loss, accuracy and exact_match over all batches; for text bits_per_character instead of
    exact_match.
    """
    added = sums(network, batches, answer)
    unit, count = counted(added, answer)
    scores = summary(added, answer)
    if answer == "endless":
        del scores["exact_match"]
        return {unit: int(count), **scores}
    return {unit: int(count), "asked": int(added.asked), **scores}


def own_data(loaded: Loaded) -> tuple[Task, Data]:
    """The task and the data that a model was trained with.

    Raises:
        InputError: where the data are gone or are not what they were.
    """
    config = loaded.saved["config"]
    instantiate.vet_targets(config, loaded.trust, loaded.path)
    try:
        check_config(config)
        task = build.task(config)
        data = build.data(config, task)
    except (KeyError, TypeError, AttributeError) as error:
        raise refuse(loaded.path, f"has a config that is none, {type(error).__name__} {error}") from None
    if data.fingerprint != loaded.saved.get("data"):
        raise InputError("its data have changed since it was trained", "score them with input=FILE", "run", loaded.path)
    return task, data


def score_splits(loaded: Loaded) -> dict[str, dict[str, float]]:
    """The scores of training, validation and test, from the same data that the model was trained with.

    Of freshly drawn training examples those of the first epoch count.

    Raises:
        InputError: as `own_data`.
    """
    task, data = own_data(loaded)
    loaders = {"train": data.train, "validation": data.validation, "test": data.test}
    return {name: score_all(loaded.network, batches, task.answer) for name, batches in loaders.items()}


def score_file(loaded: Loaded, path: str, unknown: Literal["refuse", "skip"] = "refuse") -> dict[str, float]:
    """The scores on a file that the task can read: a csv of digit sums, or a text.

    unknown: whether characters of a text that the model never saw are refused, or skipped; `skipped` counts them.
    """
    check_file(path)
    task, network = loaded.task, loaded.network
    if unknown == "skip" and not is_text(task):
        raise InputError("only for a text", "refuse", "unknown", unknown)
    try:
        if not is_text(task) or unknown == "refuse":
            return score_all(network, task.read(path), task.answer)
        known = Known(TextFile(path), task.vocab)
        return score_all(network, task.windows(known, path), task.answer) | {"skipped": known.skipped}
    except InputError as error:
        raise InputError(error.what, error.allowed, "input", path) from None


def trained_lengths(loaded: Loaded) -> list[int]:
    """The lengths of the examples that the model has seen in training.

    Raises:
        InputError: where that stands in a file that is gone, or nowhere.
    """
    config: dict[str, Any] = loaded.saved["config"]
    task = build.task(config) if config["task"].get("csv") else loaded.task
    return trained(mapping("data", config.get("data")), task)
