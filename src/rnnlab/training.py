"""One training from a plain config: build everything, make the run's directory, fit, score the best checkpoint."""

import contextlib
import functools
import logging
import math
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytorch_lightning as pl
from omegaconf import OmegaConf
from pytorch_lightning.utilities.model_summary import ModelSummary

from rnnlab import build, checkpoint, expected, run
from rnnlab.callbacks.progress import ShowProgress
from rnnlab.callbacks.record import Record
from rnnlab.callbacks.saver import Saver
from rnnlab.checkedfiles import CheckedFiles
from rnnlab.datamodule import TaskData
from rnnlab.ending import finish, recorded, show
from rnnlab.errors import InputError
from rnnlab.learner import SequenceLearner
from rnnlab.output import Output
from rnnlab.resume import Resumed, changed, check_changes, check_unfinished, flat, newest, varies, vet_config
from rnnlab.rewinding import rewind
from rnnlab.schema import check_config, check_node
from rnnlab.vetting import refuse, vet_weights

Node = dict[str, Any]

LOCAL = ("output_dir", "sweep")
"""What of a config says where a run is, not what it is; it is not in checkpoints."""


class Prepared(NamedTuple):
    """Everything that a training needs, built and checked, before anything is written."""

    parts: build.Parts
    learner: SequenceLearner
    callbacks: list[pl.Callback]
    saver: Saver
    circumstances: Node


def prepare(parts: build.Parts) -> Prepared:
    """Adds to what a config describes what Lightning is needed for.

    Raises:
        InputError: for a value that cannot be used.
    """
    config, task = parts.config, parts.task
    callbacks = build.callbacks(config)
    for one in callbacks:
        if not isinstance(one, pl.Callback):
            raise InputError("is no callback of Lightning's", "a pytorch_lightning.Callback", "callbacks", one)
    saver = next((callback for callback in callbacks if isinstance(callback, Saver)), None)
    if saver is None:
        raise InputError("nothing saves checkpoints", "must be there", "callbacks.saver", None)
    for name, node in config["logger"].items():
        if node:  # made when there is a folder for it, so that much is checked now
            check_node(f"logger.{name}", node, build.locate(f"logger.{name}", node["_target_"]))
    vocabulary = task.vocab.symbols if task.answer == "endless" else None
    now = {"threads": parts.threads, "data": parts.data.fingerprint, "vocabulary": vocabulary}
    return Prepared(parts, build.learner(parts), callbacks, saver, now)


def train(parts: build.Parts, overrides: list[str], directory: Path | None = None) -> float:
    """Trains what a config describes and returns the objective, a score of the best checkpoint.

    directory: where, if not in a new folder of `output_dir`; the caller has its lock, and what a failed run left goes.

    Raises:
        InputError: for a value that cannot be used; nothing is left behind.
        RunFailed: where the training itself fails; the reason is in run.json, the traceback in train.log.
        Interrupted: after a signal, when everything is saved.
    """
    made, config = prepare(parts), parts.config
    fresh = directory is None
    if not run.first_process():
        directory = Path(os.devnull)  # only the first process of a run writes
    elif fresh:
        names = (config[key]["name"] for key in ("task", "model"))
        directory = run.make_directory(Path(config["output_dir"]).joinpath(*names))
    with run.locked(directory) if fresh else contextlib.nullcontext():
        if not fresh:
            run.empty(directory)
        return _run(made, directory, overrides)


def resume(directory: Path, values: Node, anyway: bool, trust: list[str]) -> float:
    """Goes on with the run in `directory`, with the run's own config but for `values` (dotted key -> value).

    A run that was killed before its first save begins anew, in the same folder. Raises as `train` does.
    """
    overrides = [f"resume={directory}", *(f"{key}={value}" for key, value in values.items())]
    with run.locked(directory):
        return go_on(directory, values, trust, overrides, anyway)


def go_on(
    directory: Path,
    values: Node,
    trust: list[str],
    overrides: list[str],
    anyway: bool = False,
    may_have: Callable[[str], bool] = lambda _: True,
) -> float:
    """`resume`, for a caller that has the lock of the run. may_have: which dotted keys its config may have at all."""

    def use(path: Path, saved: Node) -> tuple[Resumed, Prepared]:
        here = {"output_dir": str(directory), "sweep": {"varies": varies(directory)}}
        own = vet_config(saved.get("config"), path)
        more = [key for key in flat(own) if not may_have(key)]
        if more:
            raise refuse(path, f"is of another job, its config has {more[0][:100]}")
        config, changes = changed(own | here, values)
        build.vet_targets(config, trust, path)
        resumed = Resumed(directory, path, saved, config, changes, anyway)
        check_changes(resumed)
        try:
            check_config(config)
            vet = functools.partial(vet_weights, saved.get("state_dict"), path=path) if resumed.begun else build.no_vet
            made = prepare(build.parts(config, vet))
        except (KeyError, TypeError, AttributeError) as error:
            raise refuse(path, f"holds not what a run needs, {type(error).__name__} {error}") from error
        if resumed.begun:
            check_changes(resumed, **made.circumstances)
            expected.vet(saved, path, fresh(made, resumed))
        return resumed, made

    resumed, made = newest(directory, use)
    extended = check_unfinished(resumed, made.parts.steps)
    if resumed.begun and (resumed.step >= made.parts.steps or (resumed.saved["stopped"] and not extended)):
        checkpoint.read_best(directory, made.learner.state_dict())  # no check is left to make another
    differ = check_changes(resumed, **(made.circumstances if resumed.begun else {}))
    if run.first_process():
        rewind(directory, *resumed.logged)
    run.note_resumed(directory, resumed.step, differ)
    return _run(made, directory, overrides, resumed, extended)


def fresh(made: Prepared, resumed: Resumed) -> expected.Fresh:
    """The objects of a run that is to go on, as its checkpoint is compared with them."""
    made.saver.describe(resumed.directory, made.circumstances)
    callbacks = [*made.callbacks, Record(resumed.directory)]
    return expected.Fresh(made.parts, made.learner, callbacks, made.circumstances, resumed.anyway)


def _run(
    made: Prepared, directory: Path, overrides: list[str], resumed: Resumed | None = None, extended: bool = False
) -> float:
    """The training and the scoring of what `prepare` has made, in a locked directory; the objective."""
    parts, config = made.parts, made.parts.config
    parameters = sum(parameter.numel() for parameter in made.learner.parameters())
    facts = {"task": config["task"]["name"], "model": config["model"]["name"], "seed": config["seed"]}
    facts |= {"threads": parts.threads, "parameters": parameters}
    facts |= {"device": parts.settings["accelerator"], "config": config}
    facts |= {} if resumed else {"overrides": overrides}  # those that the run began with
    run.write_record(directory, status="running", reason=None, **run.circumstances(), **facts)
    run.write_config(directory, OmegaConf.create(config), overrides)
    portable = {key: value for key, value in config.items() if key not in LOCAL}
    made.saver.describe(directory, {"config": portable, **made.circumstances}, extended)
    output = Output(directory / "train.log")
    output.say(f"run {directory}" + (f", going on from step {resumed.step}" if resumed else ""))
    output.say(str(ModelSummary(made.learner, max_depth=2)))
    record = Record(directory)
    loggers = config["logger"] if run.first_process() else {}
    trainer = pl.Trainer(
        **parts.settings,
        logger=[build.make(f"logger.{name}", node, save_dir=directory) for name, node in loggers.items() if node],
        callbacks=[*made.callbacks, record, ShowProgress(output, parts.steps)],
        plugins=[CheckedFiles(resumed and resumed.saved)],
        default_root_dir=directory,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
    )
    trainer._signal_connector.register_signal_handlers = lambda: None  # its own would end a run wherever it stands
    with recorded(trainer, directory, output):
        begun = resumed.path if resumed and resumed.begun else None
        trainer.fit(made.learner, datamodule=TaskData(parts.data), ckpt_path=begun, weights_only=True)
        steps, seconds = trainer.global_step, record.elapsed()
        if not run.first_process():
            return math.nan  # the first process scores and says what there is to say
        scores = finish(trainer, made.learner, parts.data, directory, config, parts.task, parts.eval_lengths)
    run.write_record(directory, status="done", steps=steps, seconds=round(seconds, 3), metrics=scores)
    show(output, config, parts.task, parameters, seconds, scores, directory)
    return scores[config["objective"]]


def _quieten() -> None:
    """Leaves out notices of Lightning and Hydra about what rnnlab decides or says by itself."""
    for name in ("pytorch_lightning", "lightning.pytorch", "lightning_fabric", "lightning.fabric", "hydra"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", module="pytorch_lightning|lightning_fabric|lightning_utilities")


_quieten()
