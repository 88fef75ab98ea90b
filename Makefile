# Every target does the set-up that it needs by itself. `make` alone lists them.
.PHONY: help setup round problems-report check test test-all attacks cheats bench load lock stop clean soak page screenshots \
	engine
MAKEFLAGS += --no-print-directory

bin := .venv/bin
# Versions that still fit stay; delete a lock first to move everything to the newest.
lock := UV_NO_CONFIG=1 env -u UV_INDEX -u UV_DEFAULT_INDEX -u UV_INDEX_URL -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS \
	$(bin)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock" --group build

export PYTHON

help:
	@echo "make setup     .venv, a Docker engine, the smallest sandbox image, the web page"
	@echo "make page      the web page, out of sandbox/web (make setup does it where Node.js is)"
	@echo "make round     the whole network on this machine, once, and its leaderboard"
	@echo "make check     lint, formatting, types, import contracts, shell syntax"
	@echo "make test      make check, then the tests"
	@echo "make test-all  make test, then what takes long"
	@echo "make attacks   every attack on the sandbox, with its wall and without it, and a table of them"
	@echo "make cheats    every cheat on ours and on other graders, and a table of them"
	@echo "make problems-report  10,000 problems made and proven, which takes an hour or more: docs/problems.md"
	@echo "make soak      10,000 evaluations by a daemon whose workers, database and engine are killed, on both databases"
	@echo "make screenshots  docs/screenshots, by the tests that look at the page"
	@echo "make bench     our figures beside our peers', measured here: benchmarks/RESULTS.md"
	@echo "make load      a sandbox server with twice its load for 5 minutes, a third of it hostile"
	@echo "make engine    PyTorch and vLLM for the CPU in .venv-engine, for miners without a GPU"
	@echo "make lock      resolve the locked requirements anew"
	@echo "make stop      stop the Docker engine that set-up started by hand"
	@echo "make clean     remove .venv and the tools' caches"

setup:
	@docker/setup.sh python
	@docker/page.sh

page:
	@docker/page.sh --needed

round: setup
	@$(bin)/lovelace rehearse

check:
	@docker/setup.sh --dev
	@echo "check: ruff, mypy, import-linter, bash -n"
	@$(bin)/ruff check --quiet .
	@$(bin)/ruff format --quiet --check . || { $(bin)/ruff format --check .; exit 1; }
	@$(bin)/mypy --no-error-summary
	@$(bin)/lint-imports --no-cache >.cache/lint-imports.txt || { cat .cache/lint-imports.txt; exit 1; }
	@for script in docker/*.sh .ci/run; do bash -n $$script || exit 1; done

test: check
	@docker/setup.sh --dev core
	@docker/postgresql.sh
	@$(bin)/python -m pytest -m "not heavy" -n 2 --dist loadfile

engine: setup
	@docker/inference.sh

problems-report: setup
	@docker/setup.sh --dev core
	@$(bin)/python -m validator.problems.report --count 10000

attacks: setup
	@docker/setup.sh --dev core
	@docker/runsc.sh
	@$(bin)/python -m pytest tests/sandbox/test_attacks.py tests/sandbox/test_hostile_agent.py -n 2

cheats: setup
	@docker/setup.sh --dev core
	@$(bin)/python -m pytest tests/evaluator/test_cheats.py

soak: setup
	@docker/postgresql.sh
	@SOAK=10000 $(bin)/python -m pytest -s tests/evaluator/daemon/test_soak.py

test-all: test page engine
	@docker/browser.sh
	@$(bin)/python -m pytest -m heavy

screenshots: setup page
	@docker/setup.sh core
	@docker/browser.sh
	@SCREENSHOTS=1 $(bin)/python -m pytest tests/web/test_seen.py

bench: setup page
	@docker/setup.sh --dev core
	@docker/browser.sh
	@$(bin)/python -m benchmarks

load: setup
	@docker/setup.sh --dev core
	@$(bin)/python -m benchmarks load

lock:
	@docker/setup.sh --dev
	@echo "lock: resolving"
	@$(lock) --extra validator --extra plot --extra postgresql -o requirements.lock
	@$(lock) --all-extras --group dev --constraint requirements.lock -o requirements-dev.lock

stop:
	@docker/engine.sh stop

clean:
	rm -rf .venv .venv-engine .mypy_cache .ruff_cache .pytest_cache .import_linter_cache dist sandbox/web/dist sandbox/web/node_modules
