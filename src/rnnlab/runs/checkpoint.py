"""Saving and loading: a checkpoint is data, whole or absent, and never run as code.

A checkpoint is a torch archive whose zip comment is the sha256 of everything before it, so one flipped bit is
noticed and any tool that reads torch archives still reads it.
"""

import hashlib
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import torch
from torch import Tensor

from rnnlab import files
from rnnlab.errors import reason
from rnnlab.runs.vetting import DIGEST, refuse, vet_archive, vet_plain, vet_weights

FORMAT, VERSION = "rnnlab", 3

LAST, PREVIOUS, BEST = "last.ckpt", "previous.ckpt", "best.ckpt"
OF_CHECK = re.compile(r"check_(\d{5,12})\.ckpt", re.ASCII)
"""The name of one that stays so that a training can be looked at afterwards."""


def write(path: Path, checkpoint: dict[str, Any]) -> None:
    """Puts a checkpoint at `path`: after this it is whole and on the disk, whatever happens; before, the old one is.

    What `last.ckpt` was becomes `previous.ckpt`, so the newest two are kept.

    Raises:
        DiskFull, OSError: where it cannot be written. Nothing is left behind and the old file stays.
    """
    kept = path.with_name(PREVIOUS) if path.name == LAST else None
    with files.replacing(path, within=path.parent.parent, sync=True, kept=kept) as file:
        file.write(_signed(checkpoint))


def _signed(content: Any) -> bytes:
    archive = io.BytesIO()
    torch.save(content, archive)
    signed = bytearray(archive.getbuffer())
    signed[-2:] = DIGEST.to_bytes(2, "little")  # the length of the zip comment that follows
    return bytes(signed + hashlib.sha256(signed).hexdigest().encode())


def name_of_check(number: int) -> str:
    """What the checkpoint of a check, from 1, is called if it stays; later ones come later in the alphabet."""
    return f"check_{number:05}.ckpt"


def kept(run: Path) -> dict[int, Path]:
    """The checkpoints of a run that stay, by the numbers of their checks, in order."""
    names = ((OF_CHECK.fullmatch(path.name), path) for path in (run / "checkpoints").glob("check_*.ckpt"))
    return dict(sorted((int(name[1]), path) for name, path in names if name))


def read(path: Path, within: Path | None = None) -> dict[str, Any]:
    """A checkpoint, on the CPU; with `within`, a file of that folder, to which no link leads.

    Raises:
        InputError: where it is missing, damaged, hostile, or not one of rnnlab's.
    """
    try:
        with files.opened(path, within=within, typed=within is None) as file:
            checkpoint = _vetted(file, path)
    except OSError as error:
        raise refuse(path, f"cannot be read, {error.strerror}") from None
    if not isinstance(checkpoint, dict) or checkpoint.get("format") != FORMAT:
        raise refuse(path, "has no format tag")
    version = checkpoint.get("version")
    if type(version) is not int or version != VERSION:  # a tensor has no one truth value
        raise refuse(path, f"has format version {str(version)[:20]}, not {VERSION}")
    return checkpoint


def read_best(run: Path, weights: Mapping[str, Tensor]) -> dict[str, Any]:
    """The best checkpoint of a run, whose weights have the names, shapes and types of `weights`. Raises as `read`."""
    path = run / "checkpoints" / BEST
    best = read(path, within=run)
    vet_weights(best.get("state_dict"), weights, path)
    return best


def check_saveable(content: Any) -> None:
    """That a value could be read again from a checkpoint: it is written, vetted and loaded as one, in memory.

    Raises:
        InputError: saying what of it could not.
    """
    here = Path()
    try:
        archive = _signed(content)
    except Exception as error:
        raise refuse(here, f"cannot be saved, {reason(error)}") from None
    _vetted(io.BytesIO(archive), here)


def _vetted(file: IO[bytes], path: Path) -> Any:
    """What an archive holds, once it is known to be plain data."""
    vet_archive(file, path)
    file.seek(0)
    try:
        content = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:
        raise refuse(path, f"cannot be loaded, {reason(error)[:100]}") from None
    vet_plain(content, path)
    return content
