"""Takes the size and seed of a labour market; gives it as a folder of tables with its truth. Draws nothing itself."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from matcher.simulate.district_counts import read_counts
from matcher.simulate.market_files import write_market
from matcher.simulate.parameters import MarketParameters


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan simulate`` to `subparsers`."""
    parser = subparsers.add_parser("simulate", help="draw a labour market whose truth is known")
    parser.add_argument("--alumni", type=int, required=True, metavar="N", help="people who complete a course")
    parser.add_argument("--seed", type=int, required=True, metavar="S", help="equal seeds give equal files")
    parser.add_argument(
        "--counts", type=Path, metavar="FILE", help="people by district (CSV: kab_kota_code, alumni_total)"
    )
    parser.add_argument("--months", type=int, metavar="N", help="months in which slates are shown (default 12)")
    parser.add_argument(
        "--effect", type=float, metavar="X", help="what treatment adds to the share at work (default 0)"
    )
    parser.add_argument("--holdout", type=float, metavar="SHARE", help="share of people held out (default 0.1)")
    parser.add_argument("--explore", type=float, metavar="SHARE", help="share of slates in random order (default 0.1)")
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="folder of the tables and of truth/")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the market and print what it holds; return 0."""
    given = {name: getattr(arguments, name) for name in ("months", "effect", "holdout", "explore")}
    counts = read_counts(arguments.counts) if arguments.counts else None
    stated = {name: value for name, value in given.items() if value is not None}
    parameters = MarketParameters(n_alumni=arguments.alumni, counts=counts, **stated)
    with tqdm(total=parameters.n_alumni, unit=" alumni", unit_scale=True, file=sys.stderr) as bar:
        manifest = write_market(parameters, arguments.to, seed=arguments.seed, told=bar.update)
    for name, n_rows in manifest["rows"].items():
        print(f"{arguments.to / name}.parquet: {n_rows:,} rows")
    truth = manifest["truth"]
    print(f"hires by 1,000 slates: {truth['hires_per_1000_slates']:.1f}")
    for clock, share in truth["share_at_work"].items():
        print(
            f"at work at {clock}, of those not working at entry: {share['state']:.1%} "
            f"(all treated {share['if_treated']:.1%}, all held out {share['if_held_out']:.1%})"
        )
    print(f"the market ends on {manifest['ends_on']}; judge it with a later --now")
    return 0
