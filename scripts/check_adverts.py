"""Takes a folder with vacancies; gives the phrases of their adverts that break a rule, by rule and by vacancy.

Changes no table and hides no advert.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from matcher.domain.advert_rules import BLOCKS, AdvertFlag, advert_rules, check_advert
from matcher.domain.minimum_wages import MinimumWage, minimum_wage_of
from matcher.domain.records import Vacancy
from matcher.ingest.datasets import read_table, vacancies_of
from scripts.arguments import add_now, now_of

Checked = tuple[Vacancy, MinimumWage | None, tuple[AdvertFlag, ...]]


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan check-adverts`` to `subparsers`."""
    parser = subparsers.add_parser("check-adverts", help="find what adverts may not say")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder with the vacancy table")
    parser.add_argument("--json", action="store_true", help="print counts and flags as JSON")
    add_now(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check every advert of the folder and print what was found; return 0.

    Raises
    ------
    MatcherError
        When the table is missing or not in home form, or the date is no date.
    """
    now = now_of(arguments)
    vacancies = vacancies_of(read_table("vacancies", arguments.data))
    checked = [_checked(vacancy, now) for vacancy in tqdm(vacancies, unit=" adverts", disable=None)]
    if arguments.json:
        print(json.dumps(_report(checked), ensure_ascii=False))
    else:
        _tell(checked)
    return 0


def _checked(vacancy: Vacancy, now: datetime) -> Checked:
    wage = minimum_wage_of(vacancy, now=now)
    return vacancy, wage, check_advert(vacancy, least_pay_idr_month=wage and wage.idr_month)


def _counts(checked: Sequence[Checked]) -> dict[str, dict[str, Any]]:
    phrases = Counter(flag.rule.code for _, _, flags in checked for flag in flags)
    adverts = Counter(code for _, _, flags in checked for code in {flag.rule.code for flag in flags})
    return {
        rule.code: {"severity": rule.severity, "adverts": adverts[rule.code], "phrases": phrases[rule.code]}
        for rule in advert_rules()
    }


def _report(checked: Sequence[Checked]) -> dict[str, Any]:
    return {
        "adverts": len(checked),
        "flagged": sum(bool(flags) for _, _, flags in checked),
        "blocked": sum(any(flag.rule.severity == BLOCKS for flag in flags) for _, _, flags in checked),
        "rules": _counts(checked),
        "flags": [_flag(vacancy, wage, flag) for vacancy, wage, flags in checked for flag in flags],
    }


def _flag(vacancy: Vacancy, wage: MinimumWage | None, flag: AdvertFlag) -> dict[str, Any]:
    told = {
        "vacancy_id": vacancy.vacancy_id,
        "rule": flag.rule.code,
        "severity": flag.rule.severity,
        "field": flag.field,
        "start": flag.start,
        "end": flag.end,
        "phrase": flag.phrase,
        "sources": flag.rule.sources,
        "remedy_id": flag.rule.remedy_id,
        "remedy_en": flag.rule.remedy_en,
    }
    if wage is None or not flag.field.startswith("salary"):
        return told
    return told | {"minimum_wage_year": wage.year, "minimum_wage_idr_month": wage.idr_month}


def _tell(checked: Sequence[Checked]) -> None:
    report = _report(checked)
    print(f"{report['adverts']:,} adverts, {report['flagged']:,} flagged, {report['blocked']:,} to be looked at first")
    for code, count in report["rules"].items():
        print(f"  {code:<22}{count['severity']:<8}{count['adverts']:>7,} adverts {count['phrases']:>7,} phrases")
    for flag in report["flags"]:
        phrase = " ".join(flag["phrase"].split())
        wage = f" (minimum of {flag['minimum_wage_year']})" if "minimum_wage_year" in flag else ""
        print(f"{flag['vacancy_id']}: {flag['rule']}, {flag['field']} {flag['start']}-{flag['end']}: {phrase}{wage}")
