"""Whether an interval covers the truth as often as it says, judged over many seeded runs."""

from __future__ import annotations

from scipy import stats


def share_interval(n_covered: int, n_runs: int) -> tuple[float, float]:
    """Return the 99.9 % binomial interval (Clopper and Pearson) of the coverage."""
    interval = stats.binomtest(n_covered, n_runs).proportion_ci(0.999, "exact")
    return interval.low, interval.high


def is_as_stated(n_covered: int, n_runs: int) -> bool:
    """Return whether 95 % lies in the interval of the coverage."""
    low, high = _told(n_covered, n_runs)
    return low <= 0.95 <= high


def is_at_least_as_stated(n_covered: int, n_runs: int) -> bool:
    """Return whether a coverage of 95 % or more lies in the interval: for conservative intervals."""
    return _told(n_covered, n_runs)[1] >= 0.95


def _told(n_covered: int, n_runs: int) -> tuple[float, float]:
    """Print the coverage, which `pytest -s` shows, and return its interval."""
    low, high = share_interval(n_covered, n_runs)
    print(f"\ncoverage {n_covered / n_runs:.4f} of {n_runs} runs [{low:.4f}, {high:.4f}]")
    return low, high
