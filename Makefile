# The shop's commands. `make` alone lists them.
# Any Python from 3.11 on works: PYTHON=python3.12 make run
PYTHON ?= $(if $(wildcard .venv/bin/python),.venv/bin/python,python3)
UV ?= uv
DEVTOOLS := .venv/bin/python -m devtools
VERIFICATION := .venv/bin/python -m verification
RUNNABLE := $(PYTHON) devtools/bootstrap.py run
NOTHING := "Nothing to do: the shop was never started in this folder."
TESTABLE := $(PYTHON) devtools/bootstrap.py dev

.DEFAULT_GOAL := help
.PHONY: help run stop clean demo audit images sbom compose compose-down kind \
  kind-down test e2e operations faults fuzz bench bench-catalog mutants mutation model \
  chart lint format coverage vulnerabilities compat release publish diagrams normalize-env requirements

help: ## list the commands
	@awk 'BEGIN {FS = ":.*## "} \
	  /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z0-9-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ The shop on this machine
run: ## install what is missing, start everything, show the logs; Ctrl-C stops it
	@$(RUNNABLE) && exec $(DEVTOOLS) run

demo: ## run a purchase, a cancellation and an expiry in the running shop
	@$(RUNNABLE) && exec $(DEVTOOLS) demo

audit: ## check the invariants of all data; when nothing is in progress: ARGS=--drained
	@$(RUNNABLE) && exec $(DEVTOOLS) audit $(ARGS)

stop: ## stop a shop that was started in another terminal
	@if [ -f .venv/installed ]; then exec $(DEVTOOLS) stop; else echo $(NOTHING); fi

clean: ## stop, then remove the databases, secrets and logs
	@if [ -f .venv/installed ]; then exec $(DEVTOOLS) clean; else echo $(NOTHING); fi

##@ The shop in containers (needs Docker)
compose: ## build and start everything with PostgreSQL, wait, show the addresses
	@$(RUNNABLE) && exec $(DEVTOOLS) compose $(ARGS)

compose-down: ## stop the containers; keep the data unless ARGS=--volumes
	@$(RUNNABLE) && exec $(DEVTOOLS) compose-down $(ARGS)

images: ## build the images; with a private certificate authority: CA=its-certificates.pem
	@$(RUNNABLE) && exec $(DEVTOOLS) images $(ARGS)

sbom: ## write the contents of each image as CycloneDX files in dist/
	@$(TESTABLE) && exec $(DEVTOOLS) sbom

##@ The shop on Kubernetes (needs Docker, kind, kubectl and Helm)
kind: ## create a cluster or upgrade it: build, deploy, wait, show the addresses
	@$(RUNNABLE) && exec $(DEVTOOLS) kind $(ARGS)

kind-down: ## delete the cluster and all data in it
	@$(RUNNABLE) && exec $(DEVTOOLS) kind-down

##@ Development
test: ## run all tests on SQLite and PostgreSQL; a selection: make test ARGS="-k saga"
	@$(TESTABLE) && exec $(DEVTOOLS) test $(ARGS)

e2e: ## run the end-to-end suite on the running shop, or TARGET=local, compose, kind
	@$(TESTABLE) && exec $(DEVTOOLS) e2e $(ARGS)

operations: ## upgrade, scale and kill pods of make kind, while customers buy (10 min)
	@$(TESTABLE) && TARGET=kind exec $(DEVTOOLS) operations $(ARGS)

faults: ## fault injection: kill and disturb processes, then check the invariants (5 min)
	@$(TESTABLE) && exec $(VERIFICATION).faults $(ARGS)

fuzz: ## fuzz the four APIs with Schemathesis, as each kind of caller (8 min)
	@$(TESTABLE) && exec $(VERIFICATION).fuzz $(ARGS)

bench: ## measure orders per second, and the latency of queue and link (5 min)
	@$(TESTABLE) && exec $(VERIFICATION).bench $(ARGS)

bench-catalog: ## measure the catalogue beside its limits and a FastAPI shop (30 min)
	@$(TESTABLE) && exec $(VERIFICATION).bench.catalog $(ARGS)

mutants: ## mutation testing: leave out one rule at a time; a test must fail (5 min)
	@$(TESTABLE) && exec $(VERIFICATION).mutants $(ARGS)

mutation: ## run generated mutants; some: ARGS="payment-svc/ --sample 200" (hours)
	@$(TESTABLE) && exec $(VERIFICATION).mutation $(ARGS)

model: ## model checking of the saga; with a mutation: make model ARGS=no_tombstone
	@$(TESTABLE) && exec $(VERIFICATION).model $(ARGS)

chart: ## lint, render and test the Helm chart, k8s/ and skaffold.yaml; no cluster needed
	@$(TESTABLE) && exec $(DEVTOOLS) chart $(ARGS)

lint: ## check style, types, imports, requirements and sizes
	@$(TESTABLE) && exec $(DEVTOOLS) lint

format: ## format the code and repair what ruff can repair
	@$(TESTABLE) && .venv/bin/ruff check --fix . && exec .venv/bin/ruff format .

coverage: ## measure branch coverage (slow); of some packages: ARGS="user-svc order-svc"
	@$(TESTABLE) && exec $(DEVTOOLS) coverage $(ARGS)

compat: ## list what is narrower than in the last release; CHANGELOG must name it
	@$(TESTABLE) && exec $(DEVTOOLS) compat

release: ## make the commit that is a release: make release VERSION=1.2.3
	@$(TESTABLE) && exec $(DEVTOOLS) release $(VERSION)

publish: ## push signed images and the chart: REGISTRY=registry.example.com make publish
	@$(RUNNABLE) && exec $(DEVTOOLS) publish $(REGISTRY)

vulnerabilities: ## look for known vulnerabilities of the pins (needs the network)
	@$(TESTABLE) && exec $(DEVTOOLS) vulnerabilities $(ARGS)

##@ Files
diagrams: ## write docs/states.md and docs/security.md from the code
	@$(TESTABLE) && $(DEVTOOLS) diagrams && exec $(DEVTOOLS) security

normalize-env: ## rewrite .env files as UTF-8 with LF, keeping backups
	@$(RUNNABLE) && exec $(DEVTOOLS) normalize-env

requirements: ## pin all requirements from the pyproject files (needs uv)
	@$(TESTABLE) && exec $(DEVTOOLS) requirements --uv $(UV) $(ARGS)
