"""The picture of a proof: the automaton where the hidden states lie, states of real runs, and the boxes around them."""

import math
from collections.abc import Callable

import numpy as np

from rnnlab.errors import shown
from rnnlab.inspection.canvas import BLACK, COLOURS, GREY, LETTER, LINE, Colour
from rnnlab.proof.automaton import Automaton
from rnnlab.proof.drawing import Drawing
from rnnlab.proof.search import Sets
from rnnlab.proof.telling import spelled
from rnnlab.tasks.machine import Machine

WIDE, HIGH, EDGE = 960, 720, 110
"""Pixels of the picture, and of its margin."""

RADIUS, BEND = 16, 0.18
"""Pixels of a state's circle; how far an arrow bends, as a share of its length."""

MOST = 2000
"""Boxes that are drawn."""

LONGEST = 24
"""Letters of what an arrow is called."""


def picture(found: Automaton, task: Machine, label: Callable[[int], str], sets: Sets | None = None) -> Drawing:
    """States and boxes on the plane of the two leading components of the states of real runs.

    A box's shadow on it is drawn in the colour of what the task's machine is then, a state in that of the automaton.
    """
    points = found.states.flatten(0, 1).double().numpy()
    middle = points.mean(0)
    axes = np.linalg.svd(points - middle, full_matrices=False)[2][:2]
    axes = np.concatenate([axes, np.zeros((2 - len(axes), len(middle)))])
    flat = (points - middle) @ axes.T
    boxes = [] if sets is None else shadows(sets, middle, axes)
    everything = np.concatenate([flat, *boxes])
    low, high = everything.min(0), everything.max(0)
    span = np.where(high > low, high - low, 1.0)

    def at(places: np.ndarray) -> np.ndarray:
        room = np.array([WIDE - 2 * EDGE, HIGH - 2 * EDGE])
        return EDGE + (places - low) / span * room

    drawing = Drawing(WIDE, HIGH)
    for outline, state in zip(boxes, [] if sets is None else sets.states, strict=False):
        drawing.line(at(outline), faint(colour(state)))
    path = np.concatenate([-middle[None] @ axes.T, flat[: found.words.shape[1]]])[:13]
    drawing.line(at(path), GREY)
    places = found.places.flatten().numpy()
    for state in np.unique(places):
        drawing.dots(at(flat[places == state]), colour(state), 3)
    start = (-middle[None] @ axes.T)[0]
    nodes = {state: at(flat[places == state].mean(0)) for state in np.unique(places).tolist()}
    nodes.setdefault(found.machine.start, at(start))
    arrows(drawing, found.machine, nodes, label)
    head = f"{len(found.machine.names)} states, faithful on {100 * found.faithful:.4g} % of other words"
    other = None if found.difference is None else spelled(found.difference, task)
    drawing.words(WIDE / 2, LINE, head)
    drawing.words(
        WIDE / 2, 2 * LINE, f"not the task's, which differs on {other}" if other else "the same as the task's"
    )
    if sets is not None:
        drawing.words(WIDE / 2, HIGH - LINE, f"{len(sets.states):,} boxes, their shadows on two leading components")
    return drawing


def shadows(sets: Sets, middle: np.ndarray, axes: np.ndarray) -> list[np.ndarray]:
    """The outline (2 D + 1, 2) of each box's shadow on a plane of two axes (2, D)."""
    order = np.argsort(np.arctan2(*_upward(axes)[::-1]))
    found = []
    for low, high in zip(sets.box[0][:MOST], sets.box[1][:MOST], strict=True):
        sides = (_upward(axes) * (high - low))[:, order].T  # (D, 2), by their direction
        corner = ((low + high) / 2 - middle) @ axes.T - sides.sum(0) / 2
        turns = np.concatenate([sides, -sides]).cumsum(0)
        found.append(corner + np.concatenate([np.zeros((1, 2)), turns]))
    return found


def _upward(axes: np.ndarray) -> np.ndarray:
    """The images (2, D) of the unit vectors, each turned so that it points up."""
    return np.where((axes[1] < 0) | ((axes[1] == 0) & (axes[0] < 0)), -axes, axes)


def arrows(drawing: Drawing, machine: Machine, nodes: dict[int, np.ndarray], label: Callable[[int], str]) -> None:
    """Circles for states and arrows for what leads from one to another, with what is read and what is answered."""
    called: dict[tuple[int, int], list[str]] = {}
    for state in nodes:
        for symbol, after in enumerate(machine.transitions[state]):
            if after in nodes:
                text = f"{spelled((symbol,), machine)}/{shown(label(machine.outputs[state][symbol]), 8)}"
                called.setdefault((state, after), []).append(text)
    centre = np.mean(list(nodes.values()), 0)
    for (state, after), texts in called.items():
        begin, end = nodes[state], nodes[after]
        if state == after:
            away = begin - centre if (begin != centre).any() else np.array([0.0, -1.0])
            hub = begin + 2 * RADIUS * away / np.linalg.norm(away)
            turn = np.linspace(0, 2 * math.pi, 40)
            way = hub + RADIUS * np.stack([np.cos(turn), np.sin(turn)], 1)
            half = max(map(len, lines(texts))) * LETTER / 2
            name = hub + np.array([RADIUS + half, RADIUS + LINE]) * away / np.linalg.norm(away)
        else:
            side = BEND * np.array([-(end - begin)[1], (end - begin)[0]])
            share = np.linspace(0, 1, 40)[:, None]
            way = begin + share * (end - begin) + 4 * share * (1 - share) * side
            way = way[np.minimum(*(np.linalg.norm(way - one, axis=1) for one in (begin, end))) > RADIUS]
            name = (begin + end) / 2 + 1.3 * side
        drawing.line(way, BLACK, 2)
        if state != after and len(way) > 1:
            _head(drawing, way)
        for row, text in enumerate(lines(texts)):
            half, down = len(text) * LETTER / 2, (row - (len(lines(texts)) - 1) / 2) * LINE
            drawing.words(min(max(name[0], half), WIDE - half), name[1] + down, text)
    for state, place in nodes.items():
        turn = np.linspace(0, 2 * math.pi, 40)
        drawing.line(place + RADIUS * np.stack([np.cos(turn), np.sin(turn)], 1), colour(state), 4)
        if state == machine.start:
            drawing.line(place + (RADIUS + 6) * np.stack([np.cos(turn), np.sin(turn)], 1), BLACK)


def lines(texts: list[str]) -> list[str]:
    """Texts in as few lines as they fit in, four lines at most."""
    found = [""]
    for text in texts:
        if found[-1] and len(found[-1]) + len(text) >= LONGEST:
            found.append("")
        found[-1] = f"{found[-1]} {text}".strip()
    return found if len(found) <= 4 else [*found[:3], "..."]


def _head(drawing: Drawing, way: np.ndarray) -> None:
    """The head of an arrow along points (N, 2)."""
    tip, back = way[-1], way[max(0, len(way) - 5)]
    along = (tip - back) / max(float(np.linalg.norm(tip - back)), 1e-9)
    across = np.array([-along[1], along[0]])
    drawing.line(np.array([tip - 10 * along + 5 * across, tip, tip - 10 * along - 5 * across]), BLACK, 2)


def colour(state: int) -> Colour:
    """The colour of a state, again and again the same six."""
    return COLOURS[state % len(COLOURS)]


def faint(strong: Colour) -> Colour:
    """The colour, mixed with white."""
    return tuple(255 - (255 - part) // 2 for part in strong)  # type: ignore[return-value]
