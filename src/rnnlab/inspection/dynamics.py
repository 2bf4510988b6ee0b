"""How the state moves when the input does not: fixed and slow points, their stability, and how long a state remembers.

F is one step under a constant input, as a map of whole states (D): of an LSTM of (h, c) together.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

Map = Callable[[Tensor], Tensor]
"""One step of whole states: (N, D) -> (N, D)."""

STEPS = 1000
"""Steps of the minimisation."""

SETTLE = 300
"""Steps of F itself, which end near what is stable."""

FIXED = 1e-8
"""Below this speed |F(x) - x| / sqrt(D) a point is fixed: in float64 a few of Newton's steps leave no more."""

SLOW = 1e-2
"""Below this one it is slow."""

APART = 1e-3
"""Points nearer than this, times the spread of the states, are one."""


class Point(NamedTuple):
    """A fixed or slow point. state: (D,). speed: |F(x) - x| / sqrt(D). eigenvalues: of F's Jacobian, the largest first.

    stable: whether states nearby are drawn to it, all eigenvalues being inside the unit circle.
    """

    state: Tensor
    speed: float
    eigenvalues: Tensor
    stable: bool

    @property
    def fixed(self) -> bool:
        return self.speed < FIXED


def jacobian(step: Map, states: Tensor) -> Tensor:
    """(N, D, D) derivatives of the D numbers after a step by the D before, at states (N, D)."""
    with torch.enable_grad():
        before = states.detach().requires_grad_()
        after = step(before)
        rows = [torch.autograd.grad(after[:, one].sum(), before, retain_graph=True)[0] for one in range(after.shape[1])]
    return torch.stack(rows, 1)


def points(step: Map, starts: Tensor) -> list[Point]:
    """Fixed and slow points, found from states (N, D) of real runs, float64; each once, the slowest first.

    |F(x) - x|^2 is minimised from all of them at once (Sussillo and Barak, 2013), which may lead away from a stable
    point, so where they settle by themselves counts too; and Newton's steps end what comes near a fixed point. Where
    there is none, a minimum is a slow point if it is slower than `SLOW`.
    """
    at = starts.detach().clone().requires_grad_()
    optimizer = torch.optim.Adam([at], 0.02)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS, 1e-6)
    with torch.enable_grad():
        for _ in range(STEPS):
            (at.grad,) = torch.autograd.grad((step(at) - at).square().sum(), [at])
            optimizer.step()
            schedule.step()
    apart = APART * (float(starts.std(0).square().sum().sqrt()) or 1.0)
    settled = starts
    with torch.no_grad():
        for _ in range(SETTLE):
            settled = step(settled)
    found = _slowest(step, _newton(step, _slowest(step, torch.cat([at.detach(), settled]), apart)), apart)
    if not len(found):
        return []
    result = []
    for state, speed, values in zip(
        found, _speed(step, found), torch.linalg.eigvals(jacobian(step, found)), strict=True
    ):
        ordered = values[values.abs().argsort(descending=True)]
        result.append(Point(state, float(speed), ordered, bool(ordered[0].abs() < 1)))
    return result


def _slowest(step: Map, at: Tensor, apart: float) -> Tensor:
    """Those of the states (N, D) that are slow, each once, the slowest first."""
    speeds = _speed(step, at)
    kept: list[int] = []
    for one in speeds.argsort().tolist():
        if float(speeds[one]) < SLOW and all(float((at[one] - at[other]).norm()) > apart for other in kept):
            kept.append(one)
    return at[kept]


def _newton(step: Map, at: Tensor, steps: int = 10) -> Tensor:
    """Newton's steps for F(x) = x, each kept only where it makes a point slower and stays near."""
    unit = torch.eye(at.shape[1], dtype=at.dtype)
    for _ in range(steps):
        with torch.no_grad():
            residual = step(at) - at
        move = torch.linalg.lstsq(jacobian(step, at) - unit, residual.unsqueeze(2)).solution[:, :, 0]
        tried = at - move
        better = (_speed(step, tried) < _speed(step, at)).unsqueeze(1)
        at = torch.where(better, tried, at)
    return at


@torch.no_grad()
def _speed(step: Map, at: Tensor) -> Tensor:
    """(N,) |F(x) - x| / sqrt(D); where a point left all bounds, infinite."""
    return ((step(at) - at).square().mean(1).sqrt()).nan_to_num(float("inf"))


def lyapunov(jacobians: Tensor) -> Tensor:
    """(D,) Lyapunov exponents, nats a step, the largest first, along one trajectory: Jacobians (T, D, D).

    By QR at every step (Benettin et al., 1980; for recurrent networks Engelken, Wolf and Abbott, 2023). Their sum is
    the mean of log |det J|.
    """
    basis = torch.eye(jacobians.shape[1], dtype=jacobians.dtype)
    total = torch.zeros(jacobians.shape[1], dtype=jacobians.dtype)
    for one in jacobians:
        basis, triangle = torch.linalg.qr(one @ basis)
        total += triangle.diagonal().abs().clamp(min=1e-300).log()
    return (total / len(jacobians)).sort(descending=True).values


def memory(steps: list[Map], start: Tensor, layers: Tensor, seed: int = 0, size: float = 1e-4) -> Tensor:
    """(layers, T + 1) how much of a small perturbation is left after each step, 1 at first: the mean over N states.

    steps: the map of each step, in order. start: (N, D). layers: (D,) which layer each number belongs to; a layer's
    perturbation is in its own numbers, and what is left of it is measured there.
    """
    generator = torch.Generator().manual_seed(seed)
    left = []
    with torch.no_grad():
        for layer in layers.unique().tolist():
            own = layers == layer
            move = torch.zeros_like(start)
            move[:, own] = torch.randn(len(start), int(own.sum()), generator=generator).to(start)
            move *= size / move.norm(dim=1, keepdim=True)
            plain, moved, norms = start, start + move, [torch.ones(())]
            for step in steps:
                plain, moved = step(plain), step(moved)
                norms.append((moved - plain)[:, own].norm(dim=1).mean() / size)
            left.append(torch.stack([norm.to(start) for norm in norms]))
    return torch.stack(left)


def lasts(left: Tensor) -> list[int | None]:
    """Of each layer (layers, T + 1), the first step after which 1/e of a perturbation or less is left for good."""
    below = left <= 1 / torch.e
    found: list[int | None] = []
    for row in below:
        above = (~row).nonzero()
        after = int(above.max()) + 1 if len(above) else 0
        found.append(after if after < len(row) else None)
    return found
