"""TensorBoard's event files, of which a run gets one each time it is started: added to, and put back to a step."""

import io
import os
import secrets
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from google.protobuf.message import DecodeError
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c
from tensorboard.summary.writer.record_writer import RecordWriter

from rnnlab import files

NAME = "events.out.tfevents."
"""How the names of all of them begin."""

LARGEST = 1 << 24
"""Bytes of a record, which holds the scores of one check, or the names of all hyperparameters."""


def new(run: Path) -> Path:
    """The name of a new event file of a run, later in the alphabet than those before it, as TensorBoard reads them."""
    return run / f"{NAME}{time.time():010.0f}.{socket.gethostname()}.{os.getpid()}.{secrets.token_hex(4)}"


def add(path: Path, *events: Event) -> None:
    """Adds to an event file, which is made where there is none."""
    memory = io.BytesIO()
    writer = RecordWriter(memory)
    for event in events:
        event.wall_time = time.time()
        writer.write(event.SerializeToString())
    files.append(path, memory.getvalue())


def rewind(path: Path, last_step: int) -> None:
    """Drops the scalars beyond `last_step`, the summary of the end of training, and what comes after any damage."""
    with files.replacing(path) as file, files.opened(path) as old:
        writer = RecordWriter(file)
        for record in _records(old):
            try:
                event = Event.FromString(record)
            except DecodeError:
                break
            ends = any(value.tag.startswith(("final/", "_hparams_")) for value in event.summary.value)
            if event.step <= last_step and not ends:
                writer.write(record)


def _records(file: IO[bytes]) -> Iterator[bytes]:
    """The whole records of a file, up to the first that a kill cut short or that is damaged.

    Each is its length (8 bytes), the length's checksum (4), what it holds, and the checksum of that (4).
    """
    while len(head := file.read(12)) == 12:
        length, checksum = struct.unpack("<QI", head)
        if checksum != masked_crc32c(head[:8]) or length > LARGEST:
            return
        record, tail = file.read(length), file.read(4)
        if tail != struct.pack("<I", masked_crc32c(record)):
            return
        yield record
