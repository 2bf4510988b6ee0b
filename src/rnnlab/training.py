"""One training from a plain config: build everything, make the run's directory, fit, score the best checkpoint."""

import contextlib
import logging
import shlex
import traceback
import warnings
from collections.abc import Iterator
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
from rnnlab.interrupt import STOP, Interrupted
from rnnlab.learner import SequenceLearner
from rnnlab.output import Output
from rnnlab.resume import Resumed, changed, check_changes, check_unfinished, flat, newest, rewind, vet_config
from rnnlab.tasks.chartext import CharText
from rnnlab.tasks.task import Task
from rnnlab.vetting import refuse, vet_weights

Node = dict[str, Any]


def train(config: Node, overrides: list[str], resumed: Resumed | None = None) -> float:
    """Trains as the config says and returns the objective, a score of the best checkpoint.

    Every value is used, and so checked, before the run's directory is made; after that a failure is in run.json and
    train.log of the run.

    Raises:
        InputError: for a value that cannot be used; nothing is left behind.
        RunFailed: where the training itself fails.
        Interrupted: after a signal, when everything is saved.
    """
    pl.seed_everything(build.seed(config), verbose=False)
    one_of("objective", config["objective"], metrics.names("validation", "test"))
    task = build.task(config)
    if resumed:
        expected = build.shapes(config, task)
        vet_weights(resumed.saved.get("state_dict"), expected, resumed.path)
    network = build.network(config, task)
    threads = build.threads(config)
    torch.set_num_threads(threads)
    data = build.data(config, task)
    settings, total_steps = build.trainer_settings(config, len(data.train))
    learner = build.learner(config, network, total_steps, data.carries_state)
    callbacks = build.callbacks(config)
    saver = next((callback for callback in callbacks if isinstance(callback, Saver)), None)
    if saver is None:
        raise InputError("nothing saves checkpoints", "must be there", "callbacks.saver", None)
    now = {"threads": threads, "data": data.fingerprint, "vocabulary": vocabulary(task)}
    names = [config["task"]["name"], config["model"]["name"]]
    if resumed:
        directory = resumed.directory
        differ = check_changes(resumed, **now)
        check_unfinished(resumed, total_steps)
        rewind(directory, *(resumed.saved["callbacks"]["Record"][key] for key in ("checks", "last_step")))
        run.note_resumed(directory, resumed.saved["global_step"], differ)
    else:
        directory = run.make_directory(Path(str(config["output_dir"])).joinpath(*names))
    run.write_config(directory, OmegaConf.create(config), overrides)
    portable = {key: value for key, value in config.items() if key != "output_dir"}
    saver.describe(directory, {"config": portable, **now})

    output = Output(directory / "train.log")
    parameters = sum(parameter.numel() for parameter in learner.parameters())
    output.say(f"run {directory}" + (f", going on from step {resumed.saved['global_step']}" if resumed else ""))
    output.say(str(ModelSummary(learner, max_depth=2)))
    record = Record(directory, data.unit)
    trainer = pl.Trainer(
        **settings,
        logger=[build.make(f"logger.{name}", node, save_dir=directory) for name, node in config["logger"].items()],
        callbacks=[*callbacks, record, ShowProgress(output, total_steps)],
        plugins=[checkpoint.CheckedFiles()],
        default_root_dir=directory,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
    )
    facts = {"task": names[0], "model": names[1], "seed": config["seed"], "threads": threads}
    facts |= {"device": settings["accelerator"], "parameters": parameters, "config": config}
    run.write_record(directory, status="running", reason=None, **run.circumstances(), **facts)
    claim = contextlib.nullcontext() if resumed else run.locked(directory)
    with claim, recorded(trainer, directory, output):
        trainer.fit(learner, datamodule=data, ckpt_path=resumed and resumed.path, weights_only=True)
        steps, seconds = trainer.global_step, record.elapsed()
        scores = finish(trainer, learner, data, directory)
    run.write_record(directory, status="done", steps=steps, seconds=round(seconds, 3), metrics=scores)
    report(output, config, parameters, seconds, scores, directory)
    return scores[config["objective"]]


def resume(directory: Path, values: Node, anyway: bool, trust: list[str]) -> float:
    """Goes on with the run in `directory`, with the run's own config but for `values` (dotted key -> value)."""
    with run.locked(directory):
        path, saved = newest(directory)
        config, changes = changed(vet_config(saved.get("config"), path) | {"output_dir": str(directory)}, values)
        build.vet_targets(config, trust, path)
        overrides = [f"resume={directory}", *(f"{key}={value}" for key, value in values.items())]
        resumed = Resumed(directory, path, saved, config, changes, anyway)
        check_changes(resumed)
        try:
            return train(config, overrides, resumed)
        except (KeyError, TypeError, AttributeError) as error:  # before the training: what it raises is a RunFailed
            raise refuse(path, f"holds not what a run needs, {type(error).__name__} {error}") from error


@contextlib.contextmanager
def recorded(trainer: pl.Trainer, directory: Path, output: Output) -> Iterator[None]:
    """Whatever ends the training too early is in run.json and train.log, with how to go on."""
    STOP.patient = True
    try:
        yield
    except BaseException as error:
        STOP.patient = False
        stopped = isinstance(error, Interrupted)
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        reason = reason if isinstance(error, RunFailed | Interrupted) else f"{type(error).__name__}, {reason}"
        again = f"python -m rnnlab.train resume={shlex.quote(str(directory))}"
        with contextlib.suppress(OSError):  # a full disk may be why the run failed
            status = {"status": "interrupted" if stopped else "failed", "reason": reason, "resume": again}
            run.write_record(directory, steps=trainer.global_step, **status)
            output.note(traceback.format_exc())
        if isinstance(error, Interrupted):
            raise Interrupted(error.signum, f"saved at step {trainer.global_step}, go on with: {again}") from None
        if isinstance(error, RunFailed):
            raise
        raise RunFailed(f"{reason} (see {directory / 'train.log'})") from error
    finally:
        STOP.patient = False
        for logger in trainer.loggers:
            with contextlib.suppress(OSError):
                logger.finalize("success")


def vocabulary(task: Task) -> str | None:
    """The symbols of a task whose symbols come from its data; they belong to the checkpoint."""
    return task.vocab.symbols if isinstance(task, CharText) else None


def finish(trainer: pl.Trainer, learner: SequenceLearner, data: pl.LightningDataModule, directory: Path) -> Node:
    """The scores of the best checkpoint on validation and test data, also in the loggers' table of runs."""
    STOP.patient = False  # nothing is left to save, so a signal can act at once
    best = checkpoint.read(directory / "checkpoints" / checkpoint.BEST)
    learner.load_state_dict(best["state_dict"])
    trainer.validate(learner, datamodule=data, verbose=False)
    scores = dict(learner.checked)
    trainer.test(learner, datamodule=data, verbose=False)
    scores |= {name: value.item() for name, value in trainer.callback_metrics.items() if name.endswith("/test")}
    varied = {key: value for key, value in flat(best["config"]).items() if isinstance(value, int | float | str | bool)}
    for logger in trainer.loggers:
        logger.log_hyperparams(varied, metrics={f"final/{name}": value for name, value in scores.items()})
    return scores


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
    whole = Path(str(config["output_dir"]))
    output.say(f"tensorboard --logdir {shlex.quote(str(whole if whole in directory.parents else directory))}")


def _quieten() -> None:
    """Leaves out notices of Lightning and Hydra about what rnnlab decides or says by itself."""
    for name in ("pytorch_lightning", "lightning.pytorch", "lightning_fabric", "lightning.fabric", "hydra"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", module="pytorch_lightning|lightning_fabric|lightning_utilities")
    warnings.filterwarnings("ignore", message=".*dropout option adds dropout after all but last.*")


_quieten()
