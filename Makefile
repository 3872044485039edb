# Siegelpost. `make` alone lists what can be made; each target may be called at any time and again.
SHELL = /bin/sh
VENV = .venv
BIN = $(VENV)/bin
LOCKED = pyproject.toml hatch_build.py tools/setup.sh
CATALOGUES = $(patsubst %.po,%.mo,$(wildcard src/siegelpost/locale/*/LC_MESSAGES/*.po))
MINUTES = 1

.PHONY: help setup demo test check lint bench hostile fuzz soak oracle screenshots messages docs migrations lock clean
.DEFAULT_GOAL = help

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: $(VENV)/.dev $(CATALOGUES) ## Make .venv with everything, in which `siegelpost` is a command.

demo: $(VENV)/.run $(CATALOGUES) ## Walk the main job once, visibly, then stay up to be clicked through.
	@$(BIN)/siegelpost demo

test: setup ## Run the tests of every day, in minutes; as root, install real parts.
	@sh tools/real_parts.sh $(BIN)/python
	@$(BIN)/python -m tools.run_tests test $(ARGS)

check: setup ## Run all tests, and the database part on PostgreSQL; SHARD=1/2 a share, REST=1 what test left.
	@sh tools/real_parts.sh $(BIN)/python
	@$(BIN)/python -m tools.run_tests $(if $(REST),rest,check) $(if $(SHARD),--shard=$(SHARD)) $(ARGS)

lint: $(VENV)/.dev ## Check style, types, the direction of imports, templates and scripts.
	@status=0; \
	for check in "ruff check --output-format=concise" "ruff format --check --output-format=concise" "mypy" "lint-imports" \
		"djlint --lint --quiet --profile=django src/siegelpost/web/templates" \
		"djlint --lint --quiet --profile=jinja $(wildcard src/siegelpost/*/jinja2)" \
		"oxlint --deny-warnings src/siegelpost/web/static"; do \
		$(BIN)/$$check || { echo "lint: $$check failed" >&2; status=1; }; \
	done; \
	exit $$status

hostile: setup ## Have hostile inputs of every sort brought for five minutes, and watch; ARGS="--seconds 20".
	@$(BIN)/python -m bench.hostile $(ARGS)

bench: setup ## Measure against nginx on this machine, in one run.
	@sh tools/real_parts.sh $(BIN)/python
	@$(BIN)/python -m bench $(ARGS)

fuzz: setup ## Fuzz every reader of foreign bytes, MINUTES=1 each; READERS="mail vcard" takes only these.
	@$(BIN)/python -m tools.run_fuzz $(MINUTES) $(READERS)

soak: setup ## Run the long tests, marked soak; docs/soak.md says when each last ran to its end.
	@$(BIN)/pytest --soak -m soak --record-soak $(ARGS)

oracle: setup ## Ask real browsers about 1,500 chains and more; docs/oracle.md says how often the doctor agreed.
	@$(BIN)/python -m tests.real.browsers.agreement $(ARGS)

screenshots: setup ## Take the pictures in docs/screenshots anew, out of the journeys.
	@$(BIN)/pytest tests/journeys -q --screenshots $(ARGS)

messages: setup ## Collect the German texts of the code for translation into English.
	@$(BIN)/python -m tools.messages

docs: setup ## Write the pages of docs that say what the code says.
	@$(BIN)/python -m tools.settings_doc > docs/settings.md
	@$(BIN)/python -m tools.commands_doc > docs/commands.md
	@$(BIN)/python -m tools.pages_doc > docs/pages.md
	@$(BIN)/python -m tools.pictures_doc > docs/pictures.md
	@$(BIN)/python -m tools.periodic_doc > docs/periodic.md
	@$(BIN)/python -m tools.handbook_doc > docs/handbuch/README.md
	@$(BIN)/python -m tools.promises_doc > docs/security-promises.md
	@$(BIN)/siegelpost gate-rules --markdown --lang de > docs/gate-rules.de.md
	@$(BIN)/siegelpost gate-rules --markdown --lang en > docs/gate-rules.md

migrations: setup ## Add new migrations to those that are never edited again.
	@$(BIN)/python -m tools.migration_hashes --add

lock: setup ## Pin every dependency anew, by hash and without any address.
	@sh tools/lock.sh $(BIN)/uv

clean: ## Remove what was made here; data folders stay.
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
	@rm -f $(CATALOGUES)
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.run: requirements/run.lock $(LOCKED)
	@sh tools/setup.sh $(VENV) run

$(VENV)/.dev: requirements/dev.lock $(LOCKED)
	@sh tools/setup.sh $(VENV) dev

%.mo: %.po
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale en
