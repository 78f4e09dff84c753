# make run : installe tout et lance l'application avec le territoire de démonstration (Ctrl-C pour arrêter).
# make report : le calcul seul, sans application, sur les mêmes fichiers ; écrit une page à ouvrir.
# make test : installe ce que demandent les tests (navigateur compris) et les lance tous.
.PHONY: run report test lint docs bench ci lock clean
SHELL := /bin/bash
BIN := .venv/bin
WORKERS ?= 2
OUT ?= demo

run: .setup/run
	@exec $(BIN)/untoit serve --demo --data $(OUT)

report: .setup/run
	@$(BIN)/python -m tools.demo_run $(OUT)/calcul

test: .setup/test .setup/browser
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(PYTEST)

lint: .setup/test
	$(BIN)/ruff check src tests benchmarks tools
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: .setup/test
	$(BIN)/python -m tools.build_reference
	$(BIN)/python -m tools.build_lifecycles

bench: .setup/test
	@for script in benchmarks/feeds.py benchmarks/commutes.py benchmarks/budget.py benchmarks/matching.py \
	  benchmarks/sequential.py benchmarks/main_job.py benchmarks/hostile_files.py benchmarks/crashes.py \
	  benchmarks/timetable.py benchmarks/booklets.py benchmarks/offline_day.py; do \
	  echo "== $$script"; $(BIN)/python -m $$(echo $${script%.py} | tr / .) || exit 1; done

ci: lint test

# Les verrous portent les empreintes et aucun nom d'hôte.
COMPILE = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-emit-find-links --no-header --quiet --override requirements/overrides.txt
lock:
	$(COMPILE) pyproject.toml --extra web -o requirements/run.lock
	$(COMPILE) pyproject.toml --extra test -c requirements/run.lock -o requirements/test.lock

.setup/run: requirements/run.lock requirements/bootstrap.lock pyproject.toml tools/setup.sh
	@bash tools/setup.sh run

.setup/test: requirements/test.lock requirements/bootstrap.lock pyproject.toml tools/setup.sh
	@bash tools/setup.sh test

.setup/browser: tools/setup.sh
	@bash tools/setup.sh browser

clean:
	rm -rf .venv .setup demo donnees build .pytest_cache .mypy_cache .ruff_cache .hypothesis
