"""Drawn vacancies: as many as stated, where the people are, and none contradicts itself."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chisquare

from matcher.domain.regions import districts
from matcher.simulate.months import Months
from matcher.simulate.parameters import MarketParameters
from matcher.simulate.population import district_areas
from matcher.simulate.supply import OPEN_DAYS, Vacancies, adverts, draw_vacancies

SIZES = np.zeros(len(districts()), dtype=np.int64)
SIZES[[0, 1, 200]] = (30_000, 10_000, 40)


def _draw(parameters: MarketParameters, seed: int = 1) -> tuple[Vacancies, Months]:
    months = Months.of(parameters.starts_on, intake_months=6, at_least=parameters.months, swing=parameters.seasonality)
    return draw_vacancies(SIZES, parameters, months, rng=np.random.default_rng(seed)), months


def test_a_province_has_the_stated_openings_but_the_least_number_of_adverts() -> None:
    drawn, _ = _draw(MarketParameters(openings_per_alumnus=0.35))
    area = district_areas()

    assert drawn.openings[drawn.area == area[0]].sum() == pytest.approx(0.35 * 40_000, rel=0.05)
    assert (drawn.area == area[200]).sum() == 120 and set(drawn.area.tolist()) == {area[0], area[200]}


def test_vacancies_lie_where_the_people_are() -> None:
    drawn, _ = _draw(MarketParameters())
    found = np.bincount(drawn.district, minlength=len(SIZES))

    assert (drawn.area == district_areas()[drawn.district]).all() and found[200] == 120
    assert chisquare(found[:2], found[:2].sum() * SIZES[:2] / SIZES[:2].sum()).pvalue > 0.001


def test_adverts_are_many_in_may_and_few_in_november() -> None:
    drawn, months = _draw(MarketParameters(seasonality=0.8, openings_per_alumnus=1.0))
    posted = np.histogram(drawn.posted, months.edges[:13])[0]

    assert posted[4] > 4 * posted[10]


def test_dates_schooling_and_employers_are_in_order() -> None:
    drawn, _ = _draw(MarketParameters())
    last = np.rint(drawn.expires - drawn.posted)

    assert (last >= OPEN_DAYS[0]).all() and (last <= OPEN_DAYS[1]).all() and drawn.openings.min() >= 1
    assert ((drawn.rank == -1) == (drawn.level == 0)).all()
    assert all(len(set(drawn.area[drawn.employer == one].tolist())) == 1 for one in range(20))


def test_employers_are_of_several_sizes() -> None:
    drawn, _ = _draw(MarketParameters())
    sizes = np.bincount(drawn.employer)

    assert sizes.max() >= 20 and (sizes == 1).sum() >= 20


def test_only_adverts_for_work_near_home_are_used() -> None:
    assert not any(one.is_remote or one.is_abroad or one.is_internship for one in adverts().texts)
    assert adverts().weight.sum() == pytest.approx(1)


def test_without_signal_there_are_openings_for_all() -> None:
    assert _draw(MarketParameters(has_signal=False))[0].openings.min() >= 100
