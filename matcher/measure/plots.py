"""Takes estimates and per-query values; gives SVG drawings as text. Computes no figure and writes no file."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import NDArray

from matcher.measure.resampling import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = ("#0072b2", "#d55e00")
"""Blue and vermilion of Okabe and Ito, told apart by colour-blind readers: the run, the other."""

_MOST_POINTS = 1_000
_STYLE: Any = {"svg.fonttype": "none", "svg.hashsalt": "padan", "font.size": 10.0}


def draw_metrics(estimates: Mapping[str, Mapping[str, Estimate]], *, description: str) -> str:
    """Return an SVG of bars from 0 to 1 with their 95 % intervals.

    Parameters
    ----------
    estimates : mapping of label to (mapping of metric name to Estimate)
        One or two runs over the same metrics; each run has its own colour. A label is a plain word, not a file name.
    description : str
        What the drawing shows, for readers who hear it.

    Notes
    -----
    Raises nothing. A bar without an interval is drawn bare.
    """
    metrics = list(next(iter(estimates.values())))
    height = 0.8 / len(estimates)

    def fill(axes: Axes) -> None:
        for i, (label, by_metric) in enumerate(estimates.items()):
            places = np.arange(len(metrics)) + (i - (len(estimates) - 1) / 2) * height
            values = [by_metric[metric].value for metric in metrics]
            error = np.transpose([_arms(by_metric[metric]) for metric in metrics])
            axes.barh(places, values, height * 0.9, xerr=error, capsize=3, color=_COLOURS[i], label=label)
        axes.set(yticks=range(len(metrics)), yticklabels=metrics, xlim=(0, 1), xlabel="value and 95 % interval")
        axes.invert_yaxis()
        if len(estimates) > 1:
            axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)

    return _svg(fill, (7.2, 1.2 + 0.55 * len(metrics)), description)


def draw_queries(values: NDArray[np.float64], *, label: str, description: str) -> str:
    """Return an SVG of one value for each query, sorted, larger first, filled to the zero line.

    Parameters
    ----------
    values : (n_queries,) float64
        Metric values, or differences of two runs; above zero takes the first run's colour, below zero the other's.
    label, description : str
        The name of the value axis; what the drawing shows, for readers who hear it.

    Notes
    -----
    Raises nothing. Beyond 1,000 queries the curve is drawn through 1,000 of them, evenly spaced by order.
    """
    ordered = np.sort(values)[::-1]
    shown = np.unique(np.linspace(0, len(ordered) - 1, min(len(ordered), _MOST_POINTS)).round().astype(int))
    edges = np.append(shown, len(ordered))
    heights = np.append(ordered[shown], ordered[-1])

    def fill(axes: Axes) -> None:
        for colour, part in zip(_COLOURS, (np.maximum(heights, 0), np.minimum(heights, 0)), strict=True):
            axes.fill_between(edges, part, step="post", color=colour, linewidth=0)
        axes.axhline(0, color="black", linewidth=0.8)
        axes.set(xlim=(0, len(ordered)), xlabel=f"{len(ordered)} queries, best first", ylabel=label)

    return _svg(fill, (7.2, 3.0), description)


def _arms(estimate: Estimate) -> Sequence[float]:
    if estimate.low is None or estimate.high is None:
        return 0.0, 0.0
    return max(estimate.value - estimate.low, 0.0), max(estimate.high - estimate.value, 0.0)


def _svg(fill: Callable[[Axes], None], size: tuple[float, float], description: str) -> str:
    # Imported here because the first import of matplotlib searches the machine for fonts and writes a cache.
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.add_subplot()
        axes.spines[["top", "right"]].set_visible(False)
        fill(axes)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
    body = out.getvalue()
    return re.sub(r"^.*?<svg ", f'<svg role="img" aria-label={quoteattr(description)} ', body, count=1, flags=re.DOTALL)
