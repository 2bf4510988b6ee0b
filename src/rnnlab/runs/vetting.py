"""What a file must look like before torch may load it: a checkpoint may come from anybody, so it is only ever data.

The checks go from the outside in, and nothing is allocated before what it needs has been compared with the file's size.
"""

import hashlib
import math
import os
import pickletools
import struct
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import torch
from torch import Tensor

from rnnlab.errors import InputError
from rnnlab.runs.likeness import described

Node = dict[str, Any]

LARGEST = 4 << 30
"""Bytes of a checkpoint: far beyond any recurrent network, and what torch's archives hold without extensions."""

DEEPEST = 100
"""Structures within structures; real ones have ten."""

LARGEST_PICKLE = 8 << 20
"""Bytes of a checkpoint's structure, without its tensors; real ones have some 100 KB."""

DIGEST = 64
"""Characters of a sha256 in hexadecimal, the archive's zip comment."""

CALLABLE = {"collections OrderedDict", "torch._utils _rebuild_tensor_v2"} | {
    f"torch {kind}Storage"
    for kind in ("Float", "Double", "Half", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool")
}
"""All that the structure of one of our checkpoints may call."""

REFUSED_OPCODES = {"STACK_GLOBAL", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "EXT1", "EXT2", "EXT4", "PERSID", "BYTEARRAY8"}

ALLOWED = "must be a checkpoint that rnnlab wrote"


def refuse(path: Path, what: str) -> InputError:
    """The refusal of a checkpoint, naming its file and what is wrong with it."""
    return InputError(what, ALLOWED, "checkpoint", path)


def vet_archive(file: IO[bytes], path: Path) -> None:
    """That a file is one of our archives, whole, uncompressed, calling nothing that it should not.

    Raises:
        InputError: naming the file, which is at `path`, and what is wrong with it.
    """
    try:
        size = file.seek(0, os.SEEK_END)
        _vet_outside(path, file, size)
        with zipfile.ZipFile(file) as archive:
            _vet_inside(path, archive, size)
    except (zipfile.BadZipFile, ValueError, KeyError, EOFError, NotImplementedError, struct.error) as error:
        if isinstance(error, InputError):
            raise
        raise refuse(path, f"not a torch archive, {error}") from None


def _vet_outside(path: Path, file: IO[bytes], size: int) -> None:
    if size > LARGEST:
        raise refuse(path, f"{size:,} bytes is too large, over {LARGEST:,}")
    if size < DIGEST + 22:
        raise refuse(path, f"cut short or empty, {size} bytes")
    file.seek(size - DIGEST - 22)
    end = file.read(22 + DIGEST)
    signature, _, _, _, entries, length, _, comment = struct.unpack("<4sHHHHIIH", end[:22])
    if signature != b"PK\5\6" or comment != DIGEST:
        raise refuse(path, "cut short, damaged or foreign, it does not end in a checksum")
    if entries > 10_000 or length > LARGEST_PICKLE:
        raise refuse(path, f"has {entries} parts")
    file.seek(0)
    digest, left = hashlib.sha256(), size - DIGEST
    while left and (piece := file.read(min(left, 1 << 20))):
        digest.update(piece)
        left -= len(piece)
    if digest.hexdigest().encode() != end[22:]:
        raise refuse(path, "damaged, its checksum is wrong")


def _vet_inside(path: Path, archive: zipfile.ZipFile, size: int) -> None:
    entries = archive.infolist()
    if any(entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1 for entry in entries):
        raise refuse(path, "has compressed parts")
    if any(entry.file_size != entry.compress_size for entry in entries) or sum(e.file_size for e in entries) > size:
        raise refuse(path, "claims more than it holds")
    names = [entry.filename.partition("/")[2] for entry in entries]
    if names.count("data.pkl") != 1 or "constants.pkl" in names or len(set(names)) != len(names):
        raise refuse(path, "has not the parts of a checkpoint")
    structure = entries[names.index("data.pkl")]
    if structure.file_size > LARGEST_PICKLE:
        raise refuse(path, f"has a structure of {structure.file_size:,} bytes")
    for opcode, argument, _ in pickletools.genops(archive.read(structure)):
        if opcode.name in REFUSED_OPCODES or (opcode.name == "GLOBAL" and argument not in CALLABLE):
            raise refuse(path, f"would call {argument or opcode.name}")


def vet_plain(value: Any, path: Path) -> None:
    """That a loaded structure is str, int, float, bool, None, list, tuple, dict and honest tensors, and not endless.

    What a dict has besides its items (torch reads some of it) is taken from it.
    """
    left, waiting = 2_000_000, [(value, 0)]
    while waiting:
        item, depth = waiting.pop()
        left -= 1
        if left < 0 or depth > DEEPEST:
            raise refuse(path, "has an endless structure")
        if isinstance(item, Mapping):
            waiting += [(inner, depth + 1) for pair in item.items() for inner in pair]
            getattr(item, "__dict__", {}).clear()
        elif isinstance(item, list | tuple):
            waiting += [(inner, depth + 1) for inner in item]
        elif isinstance(item, Tensor):
            vet_tensor(item, path)
        elif type(item) not in (str, int, float, bool, type(None)):
            raise refuse(path, f"holds a {type(item).__name__}")
        elif isinstance(item, int) and abs(item) >= 1 << 64:
            raise refuse(path, "holds a whole number of more than 64 bits")
        elif isinstance(item, str) and not _is_text(item):
            raise refuse(path, "holds a text that is none")


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a pair of surrogates
        return False
    return True


def vet_tensor(tensor: Tensor, path: Path) -> None:
    """That a tensor is plain, dense and as large as it says, and nothing but its numbers."""
    held = tensor.untyped_storage().nbytes() if tensor.layout is torch.strided else -1
    if type(tensor) is not Tensor or not tensor.is_contiguous() or tensor.numel() * tensor.element_size() > held:
        raise refuse(path, f"holds a tensor of shape {list(tensor.shape)} that is not what it says")
    if tensor.requires_grad or tensor._backward_hooks or tensor.is_neg():
        raise refuse(path, f"holds a tensor of shape {list(tensor.shape)} that is more than its numbers")


def vet_weights(weights: Any, expected: Mapping[str, Tensor], path: Path) -> None:
    """That weights have the names, shapes and types that the config asks for (`expected`, without data), are finite."""
    if not isinstance(weights, Mapping) or set(weights) != set(expected):
        different = sorted(set(weights) ^ set(expected), key=str)[:3] if isinstance(weights, Mapping) else "none"
        raise refuse(path, f"its weights are not those of its config, {different}")
    for name, want in expected.items():
        have = weights[name]
        if not isinstance(have, Tensor) or have.shape != want.shape:
            shape = list(have.shape) if isinstance(have, Tensor) else type(have).__name__
            raise refuse(path, f"{name} has the shape {shape}, its config asks for {list(want.shape)}")
        if have.dtype != want.dtype:
            raise refuse(path, f"{name} has the type {have.dtype}, its config asks for {want.dtype}")
        if not bool(torch.isfinite(have).all()):
            raise refuse(path, f"{name} is not finite")


def vet_config(config: Any, path: Path) -> Node:
    """That a checkpoint's config is what yaml could have said: dicts with names, lists, text and finite numbers.

    Its text is nothing but text: an interpolation, which would read the environment, is refused and never resolved.
    """
    if not isinstance(config, dict):
        raise refuse(path, "has no config")
    for key, value in config.items():
        if not isinstance(key, str) or len(key) > 100:
            raise refuse(path, f"its config has a key that is no name, {ascii(key)[:80]}")
        if isinstance(value, dict):
            vet_config(value, path)
        for strange in _strange(value):
            raise refuse(path, f"its config has {described(strange)} in {key}")
    return config


def _strange(value: Any) -> Iterator[Any]:
    """What in a value, or in the lists and dicts that it is of, yaml could not have said."""
    if type(value) is list:
        for inner in value:
            yield from _strange(inner)
    elif type(value) is dict:
        for key, inner in value.items():
            yield from [] if type(key) is str and len(key) <= 100 else [key]
            yield from _strange(inner)
    elif type(value) is str:
        yield from [value] if "${" in value else []
    elif type(value) not in (int, bool, type(None)) and not (type(value) is float and math.isfinite(value)):
        yield value
