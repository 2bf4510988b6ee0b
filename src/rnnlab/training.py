"""One training from a plain config: build everything, make the run's directory, fit, score the best checkpoint."""

import logging
import shlex
import time
import traceback
import warnings
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from omegaconf import OmegaConf
from pytorch_lightning.utilities.model_summary import ModelSummary
from rich.table import Table

from rnnlab import build, checkpoint, metrics, run
from rnnlab.callbacks.progress import ShowProgress
from rnnlab.callbacks.record import Record
from rnnlab.callbacks.saver import Saver
from rnnlab.errors import InputError, RunFailed, one_of
from rnnlab.learner import SequenceLearner
from rnnlab.output import Output

Node = dict[str, Any]


def train(config: Node, overrides: list[str]) -> float:
    """Trains as the config says and returns the objective, a validation score of the best checkpoint.

    Every value is used, and so checked, before the run's directory is made; after that a failure is in run.json and
    train.log of the run.

    Raises:
        InputError: for a value that cannot be used; nothing is left behind.
        RunFailed: where the training itself fails.
    """
    quieten()
    pl.seed_everything(build.seed(config), verbose=False)
    one_of("objective", config["objective"], metrics.names("validation", "test"))
    task = build.task(config)
    network = build.network(config, task)
    torch.set_num_threads(build.threads(config))
    data = build.data(config, task)
    settings, total_steps = build.trainer_settings(config, len(data.train))
    learner = build.learner(config, network, total_steps, data.carries_state)
    callbacks = build.callbacks(config)
    saver = next((callback for callback in callbacks if isinstance(callback, Saver)), None)
    if saver is None:
        raise InputError("nothing saves checkpoints", "must be there", "callbacks.saver", None)
    names = [config["task"]["name"], config["model"]["name"]]
    directory = run.make_directory(Path(str(config["output_dir"])).joinpath(*names))
    run.write_config(directory, OmegaConf.create(config), overrides)
    saver.describe(directory, {"config": config, "overrides": overrides})

    output = Output()
    output.keep(directory / "train.log")
    parameters = sum(parameter.numel() for parameter in learner.parameters())
    output.say(f"run {directory}")
    output.say(str(ModelSummary(learner, max_depth=2)))
    trainer = pl.Trainer(
        **settings,
        logger=[build.make(f"logger.{name}", node, save_dir=directory) for name, node in config["logger"].items()],
        callbacks=[*callbacks, Record(directory, data.unit), ShowProgress(output, total_steps)],
        plugins=[checkpoint.CheckedFiles()],
        default_root_dir=directory,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
    )
    began = time.perf_counter()
    facts = {"seed": config["seed"], "threads": torch.get_num_threads(), "device": str(settings["accelerator"])}
    run.write_record(directory, status="running", **run.circumstances(), **facts, parameters=parameters)
    try:
        trainer.fit(learner, datamodule=data)
        seconds = time.perf_counter() - began
        scores = finish(trainer, learner, data, directory)
    except BaseException as error:
        output.note(traceback.format_exc())
        status = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        run.write_record(directory, status=status, reason=reason, steps=trainer.global_step)
        if isinstance(error, RunFailed | KeyboardInterrupt):
            raise
        raise RunFailed(f"{type(error).__name__}, {reason} (the traceback is in {directory / 'train.log'})") from error
    finally:
        for logger in trainer.loggers:
            logger.finalize("success")
    run.write_record(
        directory,
        status="done",
        steps=trainer.global_step,
        seconds=round(seconds, 3),
        metrics=scores,
        parameters=parameters,
    )
    report(output, config, parameters, seconds, scores, directory)
    return scores[config["objective"]]


def finish(trainer: pl.Trainer, learner: SequenceLearner, data: pl.LightningDataModule, directory: Path) -> Node:
    """The scores of the best checkpoint on validation and test data, also in the loggers' table of runs."""
    best = checkpoint.read(directory / "checkpoints" / "best.ckpt")
    learner.load_state_dict(best["state_dict"])
    trainer.validate(learner, datamodule=data, verbose=False)
    scores = dict(learner.checked)
    trainer.test(learner, datamodule=data, verbose=False)
    scores |= {name: value.item() for name, value in trainer.callback_metrics.items() if name.endswith("/test")}
    varied = {key: value for key, value in flat(best["config"]).items() if isinstance(value, int | float | str | bool)}
    for logger in trainer.loggers:
        logger.log_hyperparams(varied, metrics={f"final/{name}": value for name, value in scores.items()})
    return scores


def flat(node: Node, prefix: str = "") -> Node:
    """A nested dict as one of dotted keys."""
    items: Node = {}
    for key, value in node.items():
        items |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return items


def report(output: Output, config: Node, parameters: int, seconds: float, scores: Node, directory: Path) -> None:
    """The table at the end of a run."""
    text = "bits_per_character/test" in scores
    columns = ("loss", "bits_per_character", "accuracy") if text else ("loss", "accuracy", "exact_match")
    table = Table("task", "model", "parameters", "seconds", "split", *(name.replace("_", " ") for name in columns))
    for split in ("validation", "test"):
        values = [f"{scores[f'{name}/{split}']:.4f}" for name in columns]
        table.add_row(
            config["task"]["name"], config["model"]["name"], f"{parameters:,}", f"{seconds:.1f}", split, *values
        )
    output.say(table)
    if text:
        output.say("test: one full pass over the held-out text, state carried; the best checkpoint was chosen on it")
    output.say(f"tensorboard --logdir {shlex.quote(str(config['output_dir']))}")


def quieten() -> None:
    """Leaves out notices of Lightning and Hydra about what rnnlab decides or says by itself."""
    for name in ("pytorch_lightning", "lightning.pytorch", "lightning_fabric", "lightning.fabric", "hydra"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", module="pytorch_lightning|lightning_fabric|lightning_utilities")
    warnings.filterwarnings("ignore", message=".*dropout option adds dropout after all but last.*")
