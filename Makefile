# Every step of the daily work. `make demo ARGS="--port 8100"` hands arguments on.
BIN = .venv/bin
CATALOGUES = $(patsubst %.po,%.mo,$(wildcard src/counterfoil/locale/*/LC_MESSAGES/*.po))
.PHONY: setup demo test check bench fmt map docs run worker browser

setup: .venv/ready $(CATALOGUES)

demo: setup
	@exec $(BIN)/counterfoil demo $(ARGS)

test: setup browser
	@exec $(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

check: setup
	$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy src && $(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/architecture

fmt: setup
	$(BIN)/ruff check --fix-only . && $(BIN)/ruff format .

bench: setup
	@exec $(BIN)/python -m bench $(ARGS)

map: setup
	@$(BIN)/python tools/map.py

run: setup
	@exec $(BIN)/counterfoil serve $(ARGS)

worker: setup
	@exec $(BIN)/counterfoil worker $(ARGS)

browser:
	@tools/browser

.venv/ready: requirements.lock pyproject.toml tools/setup
	@tools/setup

%.mo: %.po .venv/ready
	@$(BIN)/pybabel -q compile -i $< -o $@

docs: setup
	$(BIN)/python tools/map.py --write && $(BIN)/python tools/states.py && $(BIN)/python tools/entries.py && $(BIN)/python tools/inventory.py
