"""Heat maps of what went on in each layer while an input was read, a picture for each gate and part of the state."""

import io

from rnnlab.display import shows
from rnnlab.inspection.reading import Field

STEPS = 200
"""Steps of a picture, the first ones: more would be thinner than a pixel's worth of reading."""

NAMED = 80
"""Up to so many steps have their symbols written below."""


def picture(field: Field, symbols: list[str], title: str) -> bytes:
    """A PNG, units from the top down over the first steps. It needs matplotlib, of the extra `report`."""
    from matplotlib.figure import Figure

    values = field.values[:STEPS].T.double().numpy()
    steps = values.shape[1]
    most = max(1e-6, float(abs(values).max()))
    figure = Figure(figsize=(10, 4.5), layout="constrained", dpi=120)
    axes = figure.subplots()
    shown = axes.imshow(values, aspect="auto", interpolation="nearest", cmap="PuOr_r", vmin=-most, vmax=most)
    axes.set(title=shows(title), ylabel="unit")
    axes.set_yticks(*_ticks(len(values)))
    axes.set_xlabel("step" if steps > NAMED else "input")
    if steps <= NAMED:
        words = [{"\n": "\\n", " ": "_", "\t": "\\t"}.get(word, word).replace(" ", "\n") for word in symbols[:steps]]
        axes.set_xticks(range(steps), [word.replace("$", r"\$") for word in words], fontsize=7)
    figure.colorbar(shown, ax=axes, pad=0.01)
    content = io.BytesIO()
    figure.savefig(content, format="png")
    return content.getvalue()


def _ticks(units: int) -> tuple[list[int], list[str]]:
    """Places of some units, and their numbers, which begin at 1."""
    apart = max(1, round(units / 8))
    places = list(range(0, units, apart))
    return places, [str(place + 1) for place in places]
