"""Lightning's loggers for a csv, Weights & Biases and MLflow, which write into the run's folder.

A checkpoint may name these three, so they take nothing that leads elsewhere: no paths, no addresses. Where a server is
they are told by the environment (WANDB_BASE_URL, MLFLOW_TRACKING_URI), as their own tools are.
"""

import hashlib
import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

from pytorch_lightning.loggers import CSVLogger, MLFlowLogger, WandbLogger

from rnnlab import files
from rnnlab.errors import InputError, checked, reason

Name = Annotated[str, "a name of letters, digits, spaces and -_."]
"""Of a project or an experiment."""

SERVER = "MLFLOW_TRACKING_URI"
"""The environment variable by which MLflow itself is told where its server is, or its database."""

RUN_ID = "mlflow_run_id"
"""The file in which a run keeps under which id MLflow has it."""


class Csv(CSVLogger):
    """Lightning's own csv, in `csv/version_0` of the run's folder; a run that goes on begins `version_1`.

    Every row is on file as soon as it is logged. The run's `metrics.csv` has the same and is never written twice.
    """

    @checked
    def __init__(self, save_dir: Path):
        super().__init__(_inside(save_dir, "csv"), name="", flush_logs_every_n_steps=1)


class Wandb(WandbLogger):
    """Weights & Biases: `pip install 'rnnlab[wandb]'`. A run that goes on does so under the same id.

    offline: it writes into `wandb` of the run's folder, to be sent later by `wandb sync RUN/wandb/offline-run-*`.

    Raises:
        InputError: where it is not installed, or has no key to log in with.
    """

    @checked
    def __init__(self, save_dir: Path, project: Name = "rnnlab", offline: bool = False):
        check_ready(type(self))
        folder = _inside(save_dir, "wandb").parent.resolve()
        name, group = folder.name, folder.parent.name
        unique = hashlib.blake2b(os.fsencode(folder), digest_size=8).hexdigest()
        import wandb

        wandb.finish()  # of a training before it in this process, which would get all that this one logs
        super().__init__(
            name, save_dir, offline=offline, id=unique, project=_name("project", project), group=group, resume="allow"
        )
        try:
            self.experiment  # noqa: B018 - begins now, where a refusal is still one of a setting
        except Exception as error:  # of wandb's, which has many kinds
            raise InputError(reason(error), "`wandb login`, or true", "offline", offline) from None


class MLflow(MLFlowLogger):
    """MLflow: `pip install 'rnnlab[mlflow]'`, where MLFLOW_TRACKING_URI says. A run that goes on does so under its id.

    Raises:
        InputError: where it is not installed, or there is no server, or that does not answer.
    """

    @checked
    def __init__(self, save_dir: Path, experiment: Name = "rnnlab"):
        check_ready(type(self))
        known = save_dir / RUN_ID
        run_id = files.read_text(known, 100, within=save_dir).strip() if os.path.exists(known) else None
        if run_id is not None and not re.fullmatch(r"[0-9a-f]{32}", run_id):
            raise InputError("no id of MLflow's", "remove the file to begin a new run there", RUN_ID, known)
        super().__init__(_name("experiment", experiment), save_dir.resolve().name, os.environ[SERVER], run_id=run_id)
        files.write(known, f"{self.run_id}\n", within=save_dir)


PACKAGES: dict[object, str] = {Wandb: "wandb", MLflow: "mlflow"}
"""What each of these needs to be installed."""


def check_ready(logger: object) -> None:
    """That one of these loggers can begin. Raises InputError with what to install or to set where it cannot."""
    package = PACKAGES.get(logger)
    if package and find_spec(package) is None:
        raise InputError(f"{package} is not installed", f"pip install 'rnnlab[{package}]'", "logger", package)
    if logger is MLflow and not os.environ.get(SERVER):
        raise InputError("no server is named", f"set {SERVER}, like sqlite:///mlflow.db", "logger", package)


def _inside(run: Path, name: str) -> Path:
    """A folder of the run, in which a logger may write by names alone: nothing there leads elsewhere."""
    folder = run / name
    wrong = files.wrong(folder / "x", within=run)
    if wrong:
        raise InputError(f"cannot be written, {wrong}", "a folder of the run", "logger", folder)
    return folder


def _name(key: str, name: str) -> str:
    if not re.fullmatch(r"[\w .-]{1,128}", name) or name.strip(" .") != name:
        raise InputError("no name", "letters, digits, spaces and -_.", key, name)
    return name
