# `make help` lists the targets.

GO ?= go
GO_MINIMUM := 1.26
OUT ?= demo-out
FUZZTIME ?= 60s
FUZZ ?= ^Fuzz
# The race detector needs a C compiler; without one the tests still run, and say so.
RACE := $(shell command -v $${CC:-cc} >/dev/null 2>&1 && echo -race)
ifeq ($(RACE),)
export CGO_ENABLED = 0
endif
FOLDERS := cmd convert validate bench schemas testdata examples
BENCHSTAT := golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da
LINTER := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.DEFAULT_GOAL := help
.PHONY: help go-version build demo test check formatted bench bench-branch bench-history bench-client bench-peers bench-pull bench-convert bench-validate bench-limit bench-shards test-pull-kill test-slurm test-kubernetes test-s3 faults soak dependencies interop docs test-examples test-shells release-check lint fmt fuzz golden fixtures test-browser clean

help: ## print this list
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

go-version:
	@command -v $(GO) >/dev/null 2>&1 || { echo "promptmill needs Go $(GO_MINIMUM) or later, and no '$(GO)' command was found. Get it from https://go.dev/dl/"; exit 1; }
	@have=$$($(GO) env GOVERSION | sed -e 's/^go//' -e 's/[^0-9.].*//'); \
	oldest=$$(printf '%s\n%s\n' "$$have" "$(GO_MINIMUM)" | sort -t . -k 1,1n -k 2,2n | head -n 1); \
	[ "$$oldest" = "$(GO_MINIMUM)" ] || { echo "promptmill needs Go $(GO_MINIMUM) or later; this is Go $$have. Get a newer one from https://go.dev/dl/"; exit 1; }

build: go-version ## build ./promptmill, one static binary
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w' -o promptmill ./cmd/promptmill

demo: build ## run the whole chain on a small dataset and a mock server, without a network
	./promptmill demo --dir $(OUT)

test: go-version ## every test under the race detector, in a random order
	$(GO) vet ./...
	@[ -n "$(RACE)" ] || echo "no C compiler: the tests run without the race detector"
	$(GO) test $(RACE) -shuffle=on -timeout 40m ./... ./testdata/gen

check: formatted lint ## what a change is held to while it is made: formatting, tidiness, lint, every test that it may have changed
	$(GO) vet ./... ./testdata/gen
	$(GO) test -timeout 20m ./... ./testdata/gen

formatted: go-version
	@unformatted=$$(gofmt -l $(FOLDERS)); [ -z "$$unformatted" ] || { echo "not gofmt-ed:"; echo "$$unformatted"; exit 1; }
	$(GO) fix -diff ./...
	$(GO) mod tidy -diff

bench: go-version ## run every Go benchmark
	$(GO) test -run '^$$' -bench . -benchmem ./...

bench-branch: go-version ## the Go benchmarks against those of BASE, in turns (BASE, ONLY, PKG, RUNS, TIME; RECORD=1 keeps them)
	@GO=$(GO) BENCHSTAT=$(BENCHSTAT) .ci/measure/bench_branch $(or $(BASE),main)

bench-history: go-version ## the Go benchmarks that were kept, a column for each commit
	@$(GO) run $(BENCHSTAT) -table cpu,machine,pkg -col commit docs/benchmarks/*.txt

bench-client: go-version ## hold the client's timing error, wire lag, cost per token and request, and memory (RUNS, TIME, ONLY)
	$(GO) run ./bench/testdata/client -runs $(or $(RUNS),5) -time $(or $(TIME),4s) -only '$(ONLY)'

bench-peers: build ## compare the client with GuideLLM and AIPerf against the same mock (REQUESTS, STREAMS, PEERS, GUIDELLM, AIPERF)
	.ci/measure/bench_peers

bench-pull: build ## hold pull's rate and memory against curl, hf download and one connection (SIZE, LINK_SIZE, RUNS)
	.ci/measure/pull_speed

bench-convert: build ## hold convert's rate and memory against DuckDB's COPY TO JSON (ROWS, RUNS, FILES)
	.ci/measure/convert_speed

bench-validate: build ## hold validate's rate and memory against ajv, jsonschema and Go's JSON decoders (SIZE, RUNS)
	.ci/measure/validate_speed

bench-limit: build ## hold the bytes that convert --limit fetches of a 1 GiB split (SIZE)
	.ci/measure/limit_bytes

test-pull-kill: build ## kill a pull at random points, under faults, and count what is fetched twice (SIZE, KILLS, RATE, SEED)
	.ci/measure/pull_kill

test-slurm: build ## run examples/slurm on a real cluster of one node, one shard killed and requeued (installs Slurm on Debian; needs root)
	.ci/slurm

test-kubernetes: build ## check examples/kubernetes against the API's types and run its pods as processes (installs moto in a virtual environment)
	.ci/kubernetes/run

test-s3: build ## run the chain on a real S3 server (installs moto in a virtual environment)
	.ci/s3

bench-shards: build ## processor time of a load that 1, 2, 4 and 8 shards send
	.ci/measure/shard_cost.py

faults: build ## inject every fault into real runs and count what is lost: needs root for disks and networks (TIMES, ONLY)
	.ci/faults/run

soak: build ## keep STREAMS streams open for MINUTES against a failing server: memory and descriptors must be flat
	.ci/faults/soak

dependencies: go-version ## check docs/dependencies.md against go.mod and the licences in the module cache
	.ci/dependencies

interop: build ## check results, cache and layouts against Python's libraries (installs them in a virtual environment)
	.ci/interop/run

docs: ## build the documentation as a site into build/site, and check its links
	.ci/docs build/site

test-examples: build ## run the examples: make, GitHub Actions, SQL and notebook (installs duckdb and nbclient in a virtual environment)
	.ci/examples

test-shells: go-version ## try completion in bash, zsh and fish and lint the manual pages; none may be missing (installs them on Debian)
	.ci/shells

release-check: go-version ## build for every system twice and compare, hold sizes, check the release's configuration
	.ci/release-check

test-browser: build ## open the HTML report and the live page in Chromium (Playwright; SHOTS=write keeps the screenshots)
	.ci/browser/run $(SHOTS)

lint: go-version ## golangci-lint, at the version that .golangci.yml names
	$(GO) run $(LINTER) run ./...

fmt: ## format the code
	gofmt -w $(FOLDERS)

fuzz: go-version ## fuzz every target of every package for FUZZTIME each (default 60s; FUZZ='^FuzzX$$' chooses)
	@GO=$(GO) FUZZTIME=$(FUZZTIME) .ci/fuzz '$(FUZZ)'

golden: go-version ## rewrite the golden files from what the code does now; read the diff
	$(GO) test $$(grep -rl 'flag.Bool("update"' --include='*_test.go' cmd convert validate bench | xargs -n1 dirname | sort -u | sed 's,^,./,') -update

fixtures: go-version ## write testdata's generated files anew; the same bytes every time
	$(GO) run ./testdata/gen

clean: ## remove what the targets above made
	rm -rf promptmill $(OUT) build .venv-interop .venv-examples .venv-docs
