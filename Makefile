# Two commands are enough: `make run` and `make test`. `make help` says the others.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

TOOLS := bin/tools
# A clone of another user is no repository to git; the binary then says no version.
BUILD_VCS := $(shell git rev-parse HEAD >/dev/null 2>&1 && echo auto || echo false)

.PHONY: help
help: ## says what each target does
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: install-run build ## installs what is missing, builds, and starts everything with a demo company
	@exec bin/fence serve --demo

.PHONY: build
build: assets ## builds bin/fence
	@CGO_ENABLED=0 go build -trimpath -buildvcs=$(BUILD_VCS) -o bin/fence ./cmd/fence

.PHONY: assets
assets: ## builds the browser bundles, when a source of them has changed
	@scripts/install certificates
	@scripts/assets

.PHONY: test
test: install-test build $(TOOLS)/suite $(TOOLS)/versitygw $(TOOLS)/stripe-mock ## installs what is missing and runs every test; this is CI
	@scripts/modules e2e
	@$(WITH_SERVER) $(TOOLS)/suite

.PHONY: e2e
e2e: install-test build ## runs the browser tests alone
	@scripts/modules e2e
	@npm test --prefix e2e

.PHONY: check
check: assets $(TOOLS)/staticcheck ## looks for lint, drift of generated files, broken layers and migrations
	@unformatted=$$(git ls-files '*.go' | xargs gofmt -l) && [ -z "$$unformatted" ] || { echo "gofmt: $$unformatted" >&2; exit 1; }
	@go vet ./...
	@$(TOOLS)/staticcheck ./...
	@npm run --silent --prefix client types
	@scripts/drift
	@scripts/install postgres
	@$(WITH_SERVER) go test $(CHECKED)

# The tests that judge the whole: which package may import which, the migrations, the wall.
CHECKED = ./internal/platform/migrate ./internal/testkit $(addprefix ./,$(wildcard internal/deptest))
# One PostgreSQL for all packages of a run, instead of one for each. Built as bin/fence is, so that both compile once.
WITH_SERVER := CGO_ENABLED=0 go build -trimpath -buildvcs=false -o $(TOOLS)/withserver ./internal/testkit/withserver && $(TOOLS)/withserver

.PHONY: drill
drill: assets ## injects every statement of the corpus into one company's requests, with both forms of the context
	@scripts/install postgres pgbouncer
	@export FENCE_DRILL=long; $(WITH_SERVER) go test -count=1 -timeout=60m -v -run 'Comes|Class|Attack|Stays' ./internal/drill | grep -v '^=== '

.PHONY: billing-sim
billing-sim: ## lets companies live for two years between our billing and a simulated Stripe (SEEDS=1-500; goes on where it stopped)
	@scripts/install postgres
	@export SEEDS=$${SEEDS:-1-500} FENCE_PROGRESS=$(CURDIR)/.cache/billing-sim; $(WITH_SERVER) go test -trimpath -count=1 -timeout=0 -v -run TestYears ./internal/billingsim

.PHONY: sign-up
sign-up: assets ## signs up in the long forms: 1,000 at once, 1,000 kills, outages, equal times, a million names (ONLY=VeryMany)
	@scripts/install postgres
	@export FENCE_SIGNUP=long; $(WITH_SERVER) go test -count=1 -timeout=0 -v -run '$(or $(ONLY),VeryMany|Killed|Outages|SameTime|Million)' ./internal/edgetest/signup ./internal/business/onboarding | grep -v '^=== '

.PHONY: bench
bench: assets ## measures, beside pgbench sending the same statements
	@scripts/install postgres
	@go run ./cmd/bench

.PHONY: prove
prove: assets ## proves that companies are kept apart: two worlds, foreign ids, mutants (25 min; goes on where it stopped)
	@scripts/install compiler postgres
	@scripts/prove

.PHONY: generate
generate: $(TOOLS)/templ ## writes the generated files again
	@$(TOOLS)/templ generate -path internal -log-level warn
	@go generate ./...

.PHONY: clean
clean: ## removes what was built and the npm packages; data stays
	rm -rf bin .cache client/node_modules e2e/node_modules
	find internal/ui/assets/dist -mindepth 1 ! -name .keep -delete

.PHONY: install-run
install-run:
	@scripts/install certificates postgres

.PHONY: install-test
install-test:
	@scripts/install certificates compiler postgres pgbouncer nginx redis chromium poppler

# Tools are pinned in a module of their own, so that the product does not carry their dependencies.
$(TOOLS)/%: tools/go.mod tools/go.sum $(wildcard tools/suite/*.go)
	@mkdir -p $(TOOLS)
	@GOBIN=$(CURDIR)/$(TOOLS) go -C tools install $(TOOL_$*)
	@touch $@

TOOL_templ := github.com/a-h/templ/cmd/templ
TOOL_staticcheck := honnef.co/go/tools/cmd/staticcheck
TOOL_suite := ./suite
TOOL_stripe-mock := github.com/stripe/stripe-mock
TOOL_versitygw := github.com/versity/versitygw/cmd/versitygw
