PYTHON ?= python3
BIN := .venv/bin
SERVE ?= 1
export TOKENIZERS_PARALLELISM := false

.PHONY: demo test check soak bench cluster sample shots

demo: .venv/ready
	$(BIN)/padan demo $(if $(filter 0,$(SERVE)),--no-serve)

# Two processes on two cores: with more threads than one each, their libraries wait for one another (277 s against 66).
test soak: export OMP_NUM_THREADS := 1

test: .venv/ready-dev check
	$(BIN)/pytest tests --ignore tests/bench -n 2 --dist loadfile

check: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

soak: .venv/ready-dev
	$(BIN)/pytest tests/unit tests/contract tests/api/hostile --hypothesis-profile=soak -q -n 2 --dist loadfile

bench: .venv/ready-bench
	$(BIN)/pytest tests/bench -q -s

cluster: .venv/ready-cluster
	$(BIN)/pytest tests/contract/test_batch_engines.py -q

sample: .venv/ready-dev
	$(BIN)/padan sample --seed 0 --to data/sample

shots: .venv/ready-dev
	$(BIN)/pytest tests/e2e/shots.py -q

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0 -c constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -e . -c constraints.txt
	touch $@

.venv/ready-dev: .venv/ready
	./scripts/system_packages.sh
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]' -c constraints.txt
	touch $@

.venv/ready-bench: .venv/ready-dev
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[bench]' -c constraints.txt
	touch $@

.venv/ready-cluster: .venv/ready-dev
	@command -v java >/dev/null || { echo "make cluster needs Java 17 (Debian: sudo apt-get install openjdk-17-jre-headless)" >&2; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[cluster]' -c constraints.txt
	touch $@
