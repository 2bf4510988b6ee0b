"""The jobs of a sweep: what each of them is, and where."""

import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from hydra.core.utils import filter_overrides
from hydra.types import HydraContext
from omegaconf import DictConfig, OmegaConf

from rnnlab.config.compose import plain
from rnnlab.config.flat import Node
from rnnlab.config.schema import check_config
from rnnlab.errors import InputError

LONGEST = 150
"""Bytes of the name of a job's folder; file systems take 255."""


class Job(NamedTuple):
    """One training of a sweep: its number, its overrides as given, its resolved config, its directory."""

    number: int
    overrides: list[str]
    config: Node
    directory: Path


class Sweep(NamedTuple):
    """All that the jobs of a sweep have in common.

    context, config: Hydra's, of all that does not vary. where: the sweep's folder. overrides: those of its jobs.
    trust: packages that a received sweep may name classes of; None where all of it was typed, which is trusted.
    """

    context: HydraContext
    config: DictConfig
    where: Path
    overrides: list[str]
    trust: list[str] | None = None

    @property
    def searches(self) -> bool:
        """Whether its jobs are the trials of a search."""
        return self.config.get("search") is not None

    def job(self, number: int, overrides: Sequence[str]) -> Job:
        """The job that some overrides make of the sweep's config.

        Raises:
            InputError: where its folder would be outside of the sweep's, or is a link, whose target would be emptied;
            where it names a class that is not trusted.
        """
        loaded = self.context.config_loader.load_sweep_config(self.config, list(overrides))
        own = {key: value for key, value in plain(loaded, resolve=False).items() if key != "hydra"}
        settings = plain(OmegaConf.create(own))
        if self.trust is not None:
            self._vet(settings)
        check_config(settings)
        job = job_of(settings, number, overrides)
        if folder(job.config) != self.where:
            raise InputError("not the same for all jobs", "one for all", "output_dir", folder(job.config))
        if os.path.islink(job.directory) or (os.path.exists(job.directory) and not os.path.isdir(job.directory)):
            raise InputError("not a folder", "a folder of a job, or none yet", "job", job.directory)
        return job

    def _vet(self, config: Node) -> None:
        from rnnlab.config import instantiate  # imports torch

        try:
            instantiate.vet_targets(config, self.trust or [], self.where)
        except InputError as error:
            raise InputError(error.what, error.allowed, "sweep.resume", self.where) from None


def folder(config: Node | DictConfig) -> Path:
    """Where the sweep of a job's config keeps its jobs."""
    return Path(str(config["output_dir"])) / "sweeps" / str(config["sweep"]["name"])


def job_of(config: Node, number: int, overrides: Sequence[str]) -> Job:
    """A job, in the directory that what varies in the sweep names (in a search its number, too).

    Raises:
        InputError: where a job would need several processes.
    """
    trainer = config["trainer"]
    if trainer["strategy"] == "ddp" or trainer["devices"] != 1 or trainer["nodes"] != 1:
        allowed = "one process a job, as hydra.launcher.jobs=2 has two at once; or leave out -m"
        raise InputError("several processes for a job of a sweep", allowed, "trainer.strategy", trainer["strategy"])
    searched = "search" in config
    config = {key: value for key, value in config.items() if key != "search"}  # it is the sweep's, not the job's
    own = [text for text in filter_overrides(overrides) if not text.startswith(("sweep.", "output_dir=", "launcher="))]
    varied = [text for text in own if text.partition("=")[0] in config["sweep"]["varies"]]
    name = ",".join(varied or own)
    return Job(
        number, list(overrides), config, folder(config) / file_name(name, number if searched or not varied else None)
    )


def file_name(text: str, number: int | None) -> str:
    """The name of a job's folder, which says what is particular to it; a long text is cut, and told from others."""
    name = re.sub(r"[^\w.,=+-]|\.$", "_", text)  # no name on Windows ends with a dot
    name = name if number is None else f"{number:04d}_{name}"
    if len(name.encode()) <= LONGEST:
        return name
    return f"{name.encode()[: LONGEST - 9].decode(errors='ignore')}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
