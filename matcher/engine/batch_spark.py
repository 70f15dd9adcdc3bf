"""Takes the parts of a batch run and the address of a Spark cluster; has each written there, by what writes it here.

The one file that imports pyspark. Spark only hands out parts: slates, files and receipts are those of ``batch_run``.
"""

# pyspark is an extra: where it is not installed the room is still checked.
# pyright: reportMissingImports=false

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from typing import Any

import pyarrow as pa

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.engine.batch import BatchEngine
from matcher.engine.batch_run import BatchRun

_WRITTEN = "part string"
_LOOK_EVERY_SECONDS = 1.0


def work_on_spark(run: BatchRun, names: list[str], *, master: str) -> Iterator[str]:
    """Have these parts written on Spark and yield each when it is there.

    Parameters
    ----------
    run : BatchRun
        Prepared. Its folder and that of its artifact lie at the same path on every machine, as does this library.
    names : list of str
        As of ``BatchRun.todo``; a part is one task, and a task whose machine is lost is done by another.
    master : str
        Address of the cluster, as Spark takes it: ``local[2]``, ``spark://HOST:PORT``, ``yarn``, ``k8s://URL``.

    Raises
    ------
    MissingFile
        When pyspark is not installed.
    InvalidInput
        When there is no Java, no such cluster, or a part was refused more often than Spark tries.
    """
    if not names:
        return
    with _session(master) as spark, ThreadPoolExecutor(1) as pool:
        job = pool.submit(_collect, spark, run, names)
        waiting = list(names)
        while not wait([job], timeout=_LOOK_EVERY_SECONDS).done:
            there = [name for name in waiting if run.has_receipt(name)]
            yield from there
            waiting = sorted({*waiting} - {*there})
        job.result()
        yield from waiting


def _collect(spark: Any, run: BatchRun, names: list[str]) -> None:
    numbers = spark.range(0, len(names), 1, len(names))
    with warnings.catch_warnings():  # said of pandas, which nothing here uses: batches stay in Arrow
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        written = numbers.mapInArrow(partial(_write_parts, run.without_parts(), names), _WRITTEN)
    with _refusals(spark.sparkContext.master):
        written.collect()


def _write_parts(run: BatchRun, names: list[str], numbers: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Write the parts of these numbers, on whatever machine this runs."""
    for batch in numbers:
        parts = [names[number] for number in batch.column(0).to_pylist()]
        for name in parts:
            run.write(name, _engine_of(run))
        yield pa.RecordBatch.from_pydict({"part": parts})


_opened: dict[str, tuple[BatchRun, BatchEngine]] = {}  # of a worker process: opened once, used for every part it gets


def _engine_of(run: BatchRun) -> BatchEngine:
    held = _opened.get("run")
    if held is None or held[0].plan != run.plan or held[0].folder != run.folder:
        pa.set_cpu_count(1)
        _opened["run"] = held = (run, run.engine())
    return held[1]


@contextmanager
def _session(master: str) -> Iterator[Any]:
    """Open a session on `master` and close it; what runs on this machine alone listens to nobody else."""
    builder = _builder(master)
    with _refusals(master):
        spark = builder.getOrCreate()
    try:
        context = spark.sparkContext
        if context.pythonExec == "python3":  # nobody named another: the one that has this library
            context.pythonExec = sys.executable
        yield spark
    finally:
        spark.stop()


def _builder(master: str) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError as problem:
        raise MissingFile("pyspark is not installed; run make cluster, or pip install 'padan[cluster]'") from problem
    builder = SparkSession.Builder().appName("padan batch").master(master)
    if master.startswith("local"):
        alone = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1", "spark.ui.enabled": "false"}
        for name, value in alone.items():
            builder = builder.config(name, value)
    return builder


@contextmanager
def _refusals(master: str) -> Iterator[None]:
    """Say what Spark refuses as this library says it."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (Py4JError, PySparkException) as problem:
        said = next((line.strip() for line in str(problem).splitlines() if line.strip()), type(problem).__name__)
        raise InvalidInput(
            f"Spark at {master}: {said}; what is done is kept, see its log above and run the same command again"
        ) from problem
