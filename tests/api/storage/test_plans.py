"""What the service asks often, PostgreSQL answers by index: a table read from end to end is slow among millions.

A small market is loaded and the server forbidden to read whole tables where any index serves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, event

from api.database import Database, open_database
from matcher.simulate.market_files import write_market
from matcher.simulate.parameters import MarketParameters
from tests.api.databases import empty_database_url, postgresql_url
from tests.bench.postgres.explain import OFTEN, Question, Sample, samples
from tests.bench.postgres.load import load
from tests.bench.postgres.plans import listen

__all__ = ["empty_database_url", "postgresql_url"]

N_PEOPLE = 1_500
MOST_PASSED_OVER = 200
"""Rows read in vain: an index of another order, read from end to end, is no scan of a table and as slow."""


@pytest.fixture(scope="module")
def market_url(tmp_path_factory: pytest.TempPathFactory, empty_database_url: Callable[[str], str]) -> str:
    """The address of a database that holds a small market."""
    folder = tmp_path_factory.mktemp("market")
    write_market(MarketParameters(n_alumni=N_PEOPLE), folder, seed=1)
    url = empty_database_url("postgresql")
    counts = load(folder, url)
    assert counts["people"] == counts["contacts"] == N_PEOPLE
    return url


@pytest.fixture
def market(market_url: str) -> Iterator[Database]:
    """That database, opened."""
    opened = open_database(market_url)
    yield opened
    opened.close()


def _drawn(market: Database) -> Sample:
    with market.reading() as session:
        return samples(session, 1, percent=100)[0]


def _forbid_whole_tables(engine: Engine) -> None:
    engine.dispose()
    event.listen(engine, "connect", lambda connection, _record: connection.execute("SET enable_seqscan = off"))


@pytest.mark.parametrize("question", OFTEN, ids=lambda question: question.__name__)
def test_a_frequent_question_reads_no_whole_table(market: Database, question: Question) -> None:
    one = _drawn(market)
    _forbid_whole_tables(market.engine)
    plans = listen(market.engine)
    with market.session.begin() as session:
        question(session, one)
    assert plans
    assert [plan for plan in plans if "Seq Scan" in plan.shape or plan.n_passed_over > MOST_PASSED_OVER] == []
