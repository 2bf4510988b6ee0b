"""The check of a certificate, in whole numbers: it shares no code with the search, and trusts nothing that it says.

Every number is a whole number of 2^-bits, chosen so that weights, inputs and boxes are such numbers exactly. Sums are
exact; products and what comes out of an activation are rounded outward. Whatever passes is a proof of the theorem in
docs/proven.md, wherever the certificate comes from.
"""

import hashlib
import json
import math
from collections.abc import Sequence
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

import torch
from torch import Tensor

from rnnlab.errors import InputError
from rnnlab.layers.rnn import RNN
from rnnlab.layers.twins import cell_of
from rnnlab.layers.unroll import Open
from rnnlab.network import Network
from rnnlab.tasks.machine import Machine

FORMAT, VERSION = "rnnlab proof", 1

BITS = 100
"""At least so many digits after the point, in base 2."""

ROUNDING = {torch.float32: Fraction(1, 2**24), torch.float64: Fraction(1, 2**53)}
"""Half the distance from 1 to the next number: what an operation errs by at most, relative to its result."""

TINY = {torch.float32: Fraction(1, 2**126), torch.float64: Fraction(1, 2**1022)}
"""And by how much more near zero, also where numbers below the normal ones are taken for zero."""

ACTIVATION = {torch.float32: Fraction(1, 2**20), torch.float64: Fraction(1, 2**48)}
"""What torch's tanh and sigmoid err by at most. In float32 the largest error over all 2^32 inputs, of each way in which
torch calculates them, is below a fifth of it (benchmarks/activations.py); in float64 it is 16 units of the last place
of 1, where the libraries that torch uses document 1 to 2."""

BLEND = 16
"""Roundings, relative to the larger of its two ends, that a weighted mean has at most, however it is written: 7."""

DECIMAL = Context(prec=40)
DECIMAL_ERROR = Fraction(1, 10**30)
"""exp of `decimal` is correctly rounded; with 40 digits, sigmoid and tanh made of it err by far less than this."""

LARGEST = 200
"""Beyond it, sigmoid and tanh are as near to where they end as `DECIMAL_ERROR`."""

Pair = tuple[int, int]
"""Lower and upper bound, each in units of 2^-bits."""


class Checked(NamedTuple):
    """What a certificate proves. margin: the right logit is above every other one by more than this, at every step."""

    boxes: int
    margin: float


ALLOWED = "a certificate of this run's weights and machine, as it was written"


def refused(what: str, allowed: str = ALLOWED) -> InputError:
    """The refusal of a certificate, for one reason."""
    return InputError(f"not proven, {what}", allowed)


def verify(text: str, network: Network, machine: Machine) -> Checked:
    """Checks a certificate for a network and the machine that it shall be.

    Raises:
        InputError: saying why it does not hold.
    """
    try:
        given = json.loads(text)
        seal = given.pop("sha256")
        boxes = [(int(one["state"]), one["low"], one["high"], one["after"]) for one in given["boxes"]]
        whole = (given["format"], given["version"]) == (FORMAT, VERSION) and seal == sealed(given)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise refused("it is no certificate") from None
    if not whole:
        raise refused("it was changed after it was written, or is of another version")
    if given["machine"] != plain_machine(machine):
        raise refused("it is about another machine")
    if given["weights"] != checksum(network):
        raise refused("it is about other weights")
    try:
        return _check(boxes, network, machine)
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        raise refused("its boxes are none") from None


def sealed(content: dict[str, Any]) -> str:
    """The checksum that a certificate with this content ends with."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def plain_machine(machine: Machine) -> dict[str, Any]:
    """A machine as it stands in a certificate."""
    return json.loads(json.dumps({key: getattr(machine, key) for key in Machine.__dataclass_fields__}))


def checksum(network: Network) -> str:
    """sha256 of the name, type, shape and bytes of every weight, in the order of the names."""
    found = hashlib.sha256()
    for name, value in sorted(network.state_dict().items()):
        content = value.detach().cpu().contiguous()
        found.update(f"{name} {content.dtype} {list(content.shape)}\n".encode())
        found.update(content.numpy().astype(content.numpy().dtype.newbyteorder("<")).tobytes())
    return found.hexdigest()


Boxes = Sequence[tuple[int, list[float], list[float], list[int]]]
"""The machine's state, the bounds of the D numbers of the network's, and for each symbol the box that it leads into."""


def _check(boxes: Boxes, network: Network, machine: Machine) -> Checked:
    ends = [end for _, low, high, _ in boxes for end in (*low, *high)]
    step = Step(network, machine, ends)
    sets = [[(step.exact(a), step.exact(b)) for a, b in zip(low, high, strict=True)] for _, low, high, _ in boxes]
    if any(len(one) != step.size for one in sets) or any(a > b for one in sets for a, b in one):
        raise refused("a box has no inside")
    zero = [(0, 0)] * step.size
    if not any(state == machine.start and _within(zero, one) for (state, *_), one in zip(boxes, sets, strict=True)):
        raise refused("the state before the first symbol is in no box")
    smallest = None
    for number, ((state, _, _, after), one) in enumerate(zip(boxes, sets, strict=True)):
        for symbol, to in zip(range(len(machine.inputs)), after, strict=True):
            image = step(one, symbol)
            margin = step.margin(image, machine.outputs[state][symbol])
            smallest = margin if smallest is None else min(smallest, margin)
            if margin <= 0:
                raise refused(f"box {number + 1} has a state after which symbol {symbol} may be answered wrongly")
            if to < 0 or boxes[to][0] != machine.transitions[state][symbol] or not _within(image, sets[to]):
                raise refused(f"symbol {symbol} may lead from box {number + 1} out of box {to + 1}")
    assert smallest is not None
    return Checked(len(boxes), math.nextafter(smallest / step.one, -math.inf))


def _within(inner: Sequence[Pair], outer: Sequence[Pair]) -> bool:
    return all(low <= a and b <= high for (a, b), (low, high) in zip(inner, outer, strict=True))


class Step:
    """One step of a network on boxes of D pairs, outward, for every way in which its sums may be ordered and rounded.

    ends: numbers that it has to hold exactly besides those of the network.
    """

    def __init__(self, network: Network, machine: Machine, ends: Sequence[float]):
        weights = {name: value.detach() for name, value in network.state_dict().items()}
        layer, head = network.layer, weights["head.weight"]
        cell = cell_of(layer)
        if cell is None or not isinstance(layer, Open):
            raise refused("its layer has no cell", "a model of layers rnn, lstm or gru")
        self.kind = cell.nonlinearity if isinstance(cell, RNN) else type(cell).__name__.lower()
        if self.kind not in ("tanh", "relu", "sigmoid", "lstm", "gru") or head.dtype not in ROUNDING:
            raise refused("there are no bounds for its step", "a model of layers rnn, lstm or gru")
        self.layers, self.hidden, self.gates = layer.num_layers, layer.hidden_size, len(cell.gates)
        self.size = self.layers * self.hidden * cell.carried
        inputs = _inputs(weights, machine, head.dtype)
        numbers = {*ends, *(value for part in weights.values() for value in part.flatten().tolist())}
        numbers |= {value for row in inputs for value in row}
        if not all(map(math.isfinite, numbers)):
            raise refused("a number is not finite")
        self.bits = max(BITS, *(Fraction(value).denominator.bit_length() for value in numbers))
        self.one = 1 << self.bits
        self.digits = ROUNDING[head.dtype].denominator.bit_length() - 1
        self.tiny = self._up(TINY[head.dtype])
        self.error = self._up(ACTIVATION[head.dtype] + DECIMAL_ERROR)
        self.inputs = [[(self.exact(value),) * 2 for value in row] for row in inputs]
        self.head = self._matrix(head), self._matrix(weights["head.bias"])
        self.weights = []
        for index in range(self.layers):
            none = torch.zeros(self.gates * self.hidden)
            names = [f"layer.{name}_l{index}" for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
            self.weights.append([self._matrix(weights.get(name, none)) for name in names])
        self.curve = lru_cache(1 << 16)(self._curve)

    def exact(self, value: float) -> int:
        scaled = Fraction(value) * self.one
        if scaled.denominator != 1:
            raise refused("a number is too fine")
        return scaled.numerator

    def _up(self, value: Fraction) -> int:
        return math.ceil(value * self.one)

    def _matrix(self, values: Tensor) -> Any:
        rows = values.tolist()
        return [[self.exact(value) for value in row] if isinstance(row, list) else self.exact(row) for row in rows]

    def __call__(self, box: Sequence[Pair], symbol: int) -> list[Pair]:
        """What a symbol makes of every state in a box."""
        parts = [list(box[at : at + self.hidden]) for at in range(0, self.size, self.hidden)]
        x, after = self.inputs[symbol], list(parts)
        for index, (w_ih, w_hh, b_ih, b_hh) in enumerate(self.weights):
            h = parts[index]
            if self.kind == "gru":
                driven = self.affine(w_ih, b_ih, x, len(h) + 1)
                x = self._gru(driven, self.affine(w_hh, b_hh, h, len(x) + 1), h)
            else:
                both = [[*row, *more] for row, more in zip(w_ih, w_hh, strict=True)]
                sums = self.affine(both, list(zip(b_ih, b_hh, strict=True)), [*x, *h])
                if self.kind == "lstm":
                    x, after[self.layers + index] = self._lstm(sums, parts[self.layers + index])
                else:
                    x = [self.activation(self.kind, one) for one in sums]
            after[index] = x
        return [pair for part in after for pair in part]

    def affine(self, rows: Any, bias: Sequence[int | Pair], x: Sequence[Pair], more: int = 0) -> list[Pair]:
        """Sums of products and of one bias or two, as they may be calculated, perhaps in one sum with `more` terms."""
        found = []
        for row, terms in zip(rows, bias, strict=True):
            constants = terms if isinstance(terms, tuple) else (terms,)
            low, high = self.range(row, sum(constants), x)
            by = self.slack(row, constants, x, more)
            found.append((low - by, high + by))
        return found

    def range(self, row: Sequence[int], bias: int, x: Sequence[Pair]) -> Pair:
        """The least and the largest sum of products over a box, if nothing were rounded."""
        low = high = bias << self.bits
        for weight, (a, b) in zip(row, x, strict=True):
            low += weight * (a if weight > 0 else b)
            high += weight * (b if weight > 0 else a)
        return low >> self.bits, -(-high >> self.bits)

    def slack(self, row: Sequence[int], constants: Sequence[int], x: Sequence[Pair], more: int = 0) -> int:
        """What a sum of products errs by at most, however it is ordered, with or without fused multiplication.

        gamma_n = n u / (1 - n u) of the sum of the magnitudes, with n roundings of each term (Higham, 2002, 3.1).
        """
        count = len(x) + 3 + more
        size = sum(map(abs, constants)) << self.bits
        size += sum(abs(weight) * max(-low, high) for weight, (low, high) in zip(row, x, strict=True))
        self.bounded(size >> self.bits)
        return (size * count // ((1 << self.digits) - count) >> self.bits) + 2 + count * self.tiny

    def _lstm(self, sums: list[Pair], c: list[Pair]) -> tuple[list[Pair], list[Pair]]:
        i, f, g, o = [sums[at : at + self.hidden] for at in range(0, len(sums), self.hidden)]
        after = []
        for unit in range(self.hidden):
            kept = self.product(self.activation("sigmoid", f[unit]), c[unit])
            new = self.product(self.activation("sigmoid", i[unit]), self.activation("tanh", g[unit]))
            after.append(self.rounded((kept[0] + new[0], kept[1] + new[1])))
        shown = [self.activation("tanh", one) for one in after]
        return [self.product(self.activation("sigmoid", o[unit]), shown[unit]) for unit in range(self.hidden)], after

    def _gru(self, driven: list[Pair], recurrent: list[Pair], h: list[Pair]) -> list[Pair]:
        found, size = [], self.hidden
        gates = [self.rounded((a[0] + u[0], a[1] + u[1])) for a, u in zip(driven, recurrent, strict=True)]
        for unit in range(size):
            r, z = self.activation("sigmoid", gates[unit]), self.activation("sigmoid", gates[size + unit])
            a, gated = driven[2 * size + unit], self.product(r, recurrent[2 * size + unit])
            n = self.activation("tanh", self.rounded((a[0] + gated[0], a[1] + gated[1])))
            corners = [(self.one - end) * a + end * b for end in z for a in n for b in h[unit]]
            most = max(map(abs, (*n, *h[unit])))
            by = (BLEND * most >> self.digits) + 1 + BLEND * self.tiny
            found.append(((min(corners) >> self.bits) - by, -(-max(corners) >> self.bits) + by))
        return found

    def activation(self, name: str, x: Pair) -> Pair:
        """Of a rising function: at the two ends, and what torch may err by."""
        if name == "relu":
            return max(x[0], 0), max(x[1], 0)
        return self.curve(name, x[0]) - self.error, self.curve(name, x[1]) + self.error + 1

    def _curve(self, name: str, x: int) -> int:
        """The whole number below sigmoid or tanh of x, within `DECIMAL_ERROR`: tanh(x) = 2 sigmoid(2 x) - 1."""
        x = max(-LARGEST * self.one, min(LARGEST * self.one, x)) * (2 if name == "tanh" else 1)
        power = DECIMAL.exp(DECIMAL.divide(Decimal(-x), Decimal(self.one)))
        share = DECIMAL.divide(Decimal(2 if name == "tanh" else 1), DECIMAL.add(Decimal(1), power))
        return int(DECIMAL.multiply(share, Decimal(self.one))) - (self.one if name == "tanh" else 0)

    def product(self, x: Pair, y: Pair) -> Pair:
        ends = [a * b for a in x for b in y]
        return self.rounded((min(ends) >> self.bits, -(-max(ends) >> self.bits)))

    def rounded(self, x: Pair) -> Pair:
        """What an operation with these results makes of them."""
        self.bounded(max(map(abs, x)))
        by = (max(map(abs, x)) >> self.digits) + 1 + self.tiny
        return x[0] - by, x[1] + by

    def bounded(self, size: int) -> None:
        """Refuses what might be more than the largest number that the network can calculate with."""
        if size * self.tiny > self.one * self.one:
            raise refused("a number may be too large to be calculated", "weights, and boxes, of ordinary size")

    def margin(self, image: Sequence[Pair], right: int) -> int:
        """By how much, at least, the logit of the right class is above every other one."""
        rows, biases = self.head
        last = image[(self.layers - 1) * self.hidden : self.layers * self.hidden]
        found = []
        for other in range(len(rows)):
            if other != right:
                row = [a - b for a, b in zip(rows[right], rows[other], strict=True)]
                low, _ = self.range(row, biases[right] - biases[other], last)
                found.append(low - sum(self.slack(rows[one], [biases[one]], last) for one in (right, other)))
        return min(found)


def _inputs(weights: dict[str, Tensor], machine: Machine, dtype: torch.dtype) -> list[list[float]]:
    """What the first layer is given for each symbol: features, rows of an embedding, or one-hot."""
    symbols = torch.tensor(machine.inputs)
    if symbols.is_floating_point():
        return symbols.to(dtype).tolist()
    rows = weights.get("encoder.weight")
    if rows is None:
        wide = weights["layer.weight_ih_l0"].shape[1]
        rows = torch.eye(wide, dtype=dtype)
    return rows[symbols].tolist()
