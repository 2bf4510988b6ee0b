"""A proof on file: what `rnnlab.proof.verify` reads."""

import json

from rnnlab.network import Network
from rnnlab.proof.search import Sets
from rnnlab.proof.verify import ACTIVATION, FORMAT, ROUNDING, VERSION, checksum, plain_machine, sealed
from rnnlab.tasks.machine import Machine


def certificate(network: Network, machine: Machine, sets: Sets, how: str) -> str:
    """The text of a certificate. how: in words, which search found the sets, for a person to read."""
    precision = next(network.parameters()).dtype
    content = {
        "format": FORMAT,
        "version": VERSION,
        "found": how,
        "weights": checksum(network),
        "machine": plain_machine(machine),
        "assumed": {
            "precision": str(precision).removeprefix("torch."),
            "relative error of an operation": str(ROUNDING[precision]),
            "error of tanh and sigmoid": str(ACTIVATION[precision]),
        },
        "boxes": [
            {"state": int(state), "low": low, "high": high, "after": after}
            for state, low, high, after in zip(
                sets.states, sets.box[0].tolist(), sets.box[1].tolist(), sets.after.tolist(), strict=True
            )
        ],
    }
    return json.dumps(content | {"sha256": sealed(content)}, separators=(",", ":")) + "\n"
