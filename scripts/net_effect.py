"""Takes a folder of tables and the holdout's lot; prints what the ranking adds to work, or what a plan needs.

Changes no table.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from api.settings import Settings
from matcher.domain.errors import InvalidInput
from matcher.domain.holdout import Holdout
from matcher.measure.clocks import CLOCKS
from matcher.measure.holdout_people import assigned, holdout_people
from matcher.measure.net_effect import Looks, NetEffect, estimate_net_effect
from matcher.measure.net_effect_words import net_effect_record, net_effect_sentence
from matcher.measure.outcome_words import number
from matcher.measure.outcomes import BASES
from matcher.measure.sequential_looks import plan_people
from scripts.arguments import add_now, now_of

SEED = 20_261_122
"""Seeds the draws behind the error of the Lee bounds, so that one table gives one figure."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan net-effect`` to `subparsers`."""
    parser = subparsers.add_parser("net-effect", help="what the ranking adds to work, from the randomised holdout")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder with alumni and outcomes")
    parser.add_argument(
        "--assignment", type=Path, metavar="FILE",
        help="Parquet with alumnus_id, is_held_out, share_treated (default: dealt by PADAN_HOLDOUT and its key)",
    )  # fmt: skip
    parser.add_argument("--clock", choices=CLOCKS, default="2m", help="when work is asked about (default 2m)")
    parser.add_argument("--base", choices=BASES, default="not_working", help="of whom (default not_working at entry)")
    parser.add_argument("--since", type=_day, metavar="DATE", help="day the holdout began; earlier people are left out")
    parser.add_argument("--planned", type=int, metavar="N", help="answers planned, where the figure is looked at often")
    parser.add_argument("--looks", default="", metavar="N[,N]", help="answers known at each look before this one")
    parser.add_argument("--plan", type=float, metavar="POINTS", help="say how many people this effect needs instead")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    add_now(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the net effect of the folder and return 0; a refusal is an answer.

    Raises
    ------
    MatcherError
        When a table is missing or wrong, nobody is held out, or the looks do not rise.
    """
    now, settings = now_of(arguments), Settings()
    holdout = Holdout.of(settings.holdout, settings.holdout_key.get_secret_value())
    assignment = arguments.assignment or assigned(arguments.data, holdout)
    people = holdout_people(
        arguments.data, assignment, clock=arguments.clock, now=now, base=arguments.base, since=arguments.since
    )
    effect = estimate_net_effect(
        people, clock=arguments.clock, base=arguments.base, rng=np.random.default_rng(SEED), looks=_looks(arguments)
    )
    plan = _plan(effect, arguments.plan) if arguments.plan else None
    if arguments.json:
        told = {"as_of": f"{now:%Y-%m-%d}"} | net_effect_record(effect) | ({"plan": plan} if plan else {})
        print(json.dumps(told, ensure_ascii=False))
        return 0
    print("\n".join([*_told(effect), *([plan["sentence_id"]] if plan else [])]))
    return 0


def _looks(arguments: argparse.Namespace) -> Looks | None:
    earlier = [part for part in arguments.looks.split(",") if part]
    if not all(part.isdecimal() for part in earlier):
        raise InvalidInput(f"--looks '{arguments.looks}': no whole numbers; write 4000,9000")
    if earlier and arguments.planned is None:
        raise InvalidInput("--looks without --planned: say how many answers the whole holdout was planned for")
    return None if arguments.planned is None else Looks(arguments.planned, tuple(int(part) for part in earlier))


def _plan(effect: NetEffect, points: float) -> dict[str, Any]:
    """Say what an effect of `points` needs, at the base rate, response and share held out of these data."""
    held_out, audit = effect.held_out, effect.audit
    if held_out is None or not held_out.response_rate:
        raise InvalidInput("--plan: the held out are too few or silent, so there is no base rate to plan with")
    baseline = held_out.n_at_work / (held_out.n_at_work + held_out.n_not_working)
    share = 1 - audit.expected_treated / (audit.n_treated + audit.n_held_out)
    plan = plan_people(baseline, points / 100, share_held_out=share, response_rate=held_out.response_rate)
    sentence = (
        f"Untuk melihat {number(points, decimals=1)} poin dengan peluang 80 % perlu "
        f"{number(plan.n_answering)} jawaban, yaitu {number(plan.n_people)} orang yang menyelesaikan pelatihan."
    )
    return {"points": points, "n_answering": plan.n_answering, "n_people": plan.n_people, "sentence_id": sentence}


def _told(effect: NetEffect) -> Iterator[str]:
    yield net_effect_sentence(effect, language="id")
    yield ""
    if effect.treated and effect.held_out:
        for name, arm in (("rekomendasi", effect.treated), ("pembanding", effect.held_out)):
            counts = ", ".join(number(n) for n in (arm.n_at_work, arm.n_not_working, arm.n_silent))
            yield f"{name:<12} bekerja, tidak bekerja, diam: {counts}"
    audit = effect.audit
    crossed = "tidak tercatat" if audit.crossed is None else f"{number(100 * audit.crossed, decimals=2)} %"
    yield (
        f"Undian: p {audit.ratio_p:.3f} seluruhnya, p {audit.strata_p:.3f} per provinsi dan pendidikan; "
        f"melihat urutan kelompok lain: {crossed}."
    )
    for one in effect.spillover.contrasts if effect.spillover else ():
        ends = "; ".join(number(100 * end, decimals=1) for end in (one.low, one.high))
        yield (
            f"{one.kind:<9} {number(100 * one.share)} % terhadap {number(100 * one.against)} %: "
            f"{number(100 * one.value, decimals=1)} poin [{ends}], {one.n_districts} kabupaten/kota"
        )
    yield (
        f"Di luar hitungan: {number(effect.n_unripe)} belum lewat waktunya, {number(effect.n_unassigned)} tanpa undian"
        f", {number(effect.n_outside)} di tempat tanpa pembanding, "
        f"{number(effect.n_future_impressions)} tayangan dari masa depan."
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no date; write 2026-01-31") from None
