# Two commands do everything: `make run` builds the graph of the seeds, `make test` checks the project.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test test-ray benchmarks growth profile sweep lint exports ontology editor wheel lock clean explorer-numbers kills bench-serve validate bytes jsonld

run: .venv/.run
	$(BIN)/kg build seeds -o exports
	@echo
	@echo "The graph lies in exports/. Open exports/graph.html in a browser, or ask it:"
	@echo
	@echo "  $(BIN)/kg query exports ontology/queries/speedups-by-hardware.rq"
	@$(BIN)/kg query exports ontology/queries/speedups-by-hardware.rq

test: .venv/.test lint
	command -v npm >/dev/null && $(MAKE) --no-print-directory editor jsonld || echo "no npm: the tests of the editor and by jsonld.js are skipped"
	$(BIN)/python -m pytest -n 2

# Ray is large and no part of the other tests: a cluster of two nodes on this machine, one of them killed.
test-ray: .venv/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'ray>=2.40'
	$(BIN)/python -m pytest tests/test_engine_ray.py

# Figures beside their peers, on a file of arXiv records: make benchmarks CORPUS=papers.jsonl [PAPERS=1000]
benchmarks: .venv/.test
	$(BIN)/python -m tests.benchmarks $(or $(CORPUS),$(error give a file of arXiv records: make $@ CORPUS=papers.jsonl)) --papers $(or $(PAPERS),1000) -o docs/benchmarks.md

# How a build grows, to a million papers: about two hours. make growth CORPUS=papers.jsonl [SIZES="10000 100000"]
growth: .venv/.test
	$(BIN)/python -m tests.benchmarks.growth $(or $(CORPUS),$(error give a file of arXiv records: make $@ CORPUS=papers.jsonl)) $(if $(SIZES),--sizes $(SIZES)) -o docs/growth.md

# Where the time of a build goes: make profile CORPUS=papers.jsonl [PAPERS=5000]
profile: .venv/.test
	$(BIN)/python -m tests.benchmarks.profile $(or $(CORPUS),$(error give a file of arXiv records: make $@ CORPUS=papers.jsonl)) --papers $(or $(PAPERS),5000) -o docs/profile.txt

# Read a large corpus whole, and compare every quote with its text; a few minutes. make sweep CORPUS=papers.jsonl
sweep: .venv/.test
	$(BIN)/python -m tests.sweep $(or $(CORPUS),$(error give a file of arXiv records: make $@ CORPUS=papers.jsonl))

# Kill builds at 200 points; some minutes.
kills: .venv/.test
	KG_KILLS=200 $(BIN)/python -m pytest tests/test_killed.py

# Six hash seeds, two orders of the inputs, one and two workers: 24 builds of the seeds, one set of bytes; a minute (`make test` has it, too).
bytes: .venv/.test
	$(BIN)/python -m pytest -m slow tests/test_formats.py

lint: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Rebuild the committed graph and the golden answers after a change of vocabulary, rules or seeds.
exports: .venv/.run
	$(BIN)/kg build seeds -o exports --quiet
	$(BIN)/python -m tests.golden

# Write the documentation of the ontology anew after a change of ontology/kg.ttl.
ontology: .venv/.run
	$(BIN)/python -m kg.export.reference ontology/README.md

# Fetch the query editor of the server (YASGUI, pinned by hash); without it the server has a plain form.
editor: kg/serve/static/yasgui/yasgui.min.js

kg/serve/static/yasgui/yasgui.min.js: kg/serve/editor/package-lock.json
	npm ci --prefix kg/serve/editor --ignore-scripts --no-audit --no-fund --loglevel=error
	mkdir -p $(@D)
	cp kg/serve/editor/node_modules/@zazuko/yasgui/build/yasgui.min.css kg/serve/editor/node_modules/@zazuko/yasgui/build/yasgui.min.js $(@D)/
	rm -rf kg/serve/editor/node_modules

# Fetch a reader of JSON-LD in another language for a test (jsonld.js, pinned by hash).
jsonld: tests/jsonld/node_modules/.package-lock.json

tests/jsonld/node_modules/.package-lock.json: tests/jsonld/package-lock.json
	npm ci --prefix tests/jsonld --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

# Measure the page of a graph of 100,000 nodes in Chromium: seconds to write it, milliseconds of every gesture.
explorer-numbers: .venv/.test
	$(BIN)/python -m tests.explorer_numbers $(NODES)

# How fast a graph is served, asked by one and by fifty, as a table with bars: make bench-serve GRAPH=DIR [OPTIONS=--load]
bench-serve: .venv/.run
	$(BIN)/kg serve $(or $(GRAPH),$(error give a graph folder: make $@ GRAPH=DIR)) --prepare
	$(BIN)/python -m tests.benchmarks.serving $(GRAPH) $(OPTIONS)

# Shapes, quotes, counts and identifiers of a graph: make validate GRAPH=DIR (about twelve minutes for 10,000 papers)
validate: .venv/.run
	$(BIN)/kg validate $(GRAPH)

# A wheel with the editor in it.
wheel: .venv/.run editor
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation -w dist .

# Pin what the project needs. No host stands in the files.
lock: .venv/.test
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --extra serve pyproject.toml build-requirements.txt -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --extra serve --extra test -c requirements.lock pyproject.toml build-requirements.txt -o requirements-test.lock

.venv/.run: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "paperkg needs Python 3.11 or newer; set PYTHON=python3.12, say")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/.test: .venv/.run requirements-test.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.lock
	touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache dist
