# The shop's commands. `make` alone lists them.
# Any Python from 3.11 on will do: PYTHON=python3.12 make run
PYTHON ?= $(if $(wildcard .venv/bin/python),.venv/bin/python,python3)
UV ?= uv
DEVTOOLS := .venv/bin/python -m devtools
VERIFICATION := .venv/bin/python -m verification
RUNNABLE := $(PYTHON) devtools/bootstrap.py run
NOTHING := "Nothing to do: the shop was never run here."
TESTABLE := $(PYTHON) devtools/bootstrap.py dev

.DEFAULT_GOAL := help
.PHONY: help run stop clean demo audit images sbom compose compose-down kind \
  kind-down test e2e operations faults bench mutants model chart lint diagrams normalize-env \
  requirements

help: ## list the commands
	@awk 'BEGIN {FS = ":.*## "} \
	  /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z0-9-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ The shop on this machine
run: ## install what is missing, start everything, show the logs; Ctrl-C stops it
	@$(RUNNABLE) && exec $(DEVTOOLS) run

demo: ## buy, cancel and let expire in the shop that runs, and show what happened
	@$(RUNNABLE) && exec $(DEVTOOLS) demo

audit: ## check that nothing is lost, sold or charged twice; at rest: ARGS=--drained
	@$(RUNNABLE) && exec $(DEVTOOLS) audit $(ARGS)

stop: ## stop a shop that runs in another terminal
	@if [ -f .venv/installed ]; then exec $(DEVTOOLS) stop; else echo $(NOTHING); fi

clean: ## stop, then remove the databases, secrets and logs
	@if [ -f .venv/installed ]; then exec $(DEVTOOLS) clean; else echo $(NOTHING); fi

##@ The shop in containers (needs Docker)
compose: ## build, start everything with PostgreSQL, wait, show where it is
	@$(RUNNABLE) && exec $(DEVTOOLS) compose $(ARGS)

compose-down: ## stop it; the data stay unless ARGS=--volumes
	@$(RUNNABLE) && exec $(DEVTOOLS) compose-down $(ARGS)

images: ## build the images; behind a private authority: CA=its-certificates.pem
	@$(RUNNABLE) && exec $(DEVTOOLS) images $(ARGS)

sbom: ## list what is in each image, as CycloneDX files in dist/
	@$(TESTABLE) && exec $(DEVTOOLS) sbom

##@ The shop on Kubernetes (needs Docker, kind, kubectl and Helm)
kind: ## make a cluster, build, deploy, wait, show where it is; again: upgrade it
	@$(RUNNABLE) && exec $(DEVTOOLS) kind $(ARGS)

kind-down: ## delete the cluster and all data in it
	@$(RUNNABLE) && exec $(DEVTOOLS) kind-down

##@ Working on it
test: ## every test, on SQLite and on PostgreSQL; one story: make test ARGS="-k saga"
	@$(TESTABLE) && exec $(DEVTOOLS) test $(ARGS)

e2e: ## the end-to-end suite on the shop that is up, or TARGET=local, compose, kind
	@$(TESTABLE) && exec $(DEVTOOLS) e2e $(ARGS)

operations: ## upgrade, scale and kill what make kind made, while customers shop (10 min)
	@$(TESTABLE) && TARGET=kind exec $(DEVTOOLS) operations $(ARGS)

faults: ## kill, cut off and confuse the shop's processes; see that its promises hold (5 min)
	@$(TESTABLE) && exec $(VERIFICATION).faults $(ARGS)

bench: ## measure orders per second and the waits for queue and link (5 min)
	@$(TESTABLE) && exec $(VERIFICATION).bench $(ARGS)

mutants: ## leave out one rule after the other; a test must notice each (5 min)
	@$(TESTABLE) && exec $(VERIFICATION).mutants $(ARGS)

model: ## try every course of the saga; without a rule: make model ARGS=no_tombstone
	@$(TESTABLE) && exec $(VERIFICATION).model $(ARGS)

chart: ## lint, render and test the Helm chart, k8s/ and skaffold.yaml; no cluster needed
	@$(TESTABLE) && exec $(DEVTOOLS) chart $(ARGS)

lint: ## style, types, imports, requirements, sizes
	@$(TESTABLE) && exec $(DEVTOOLS) lint

##@ Files
diagrams: ## write docs/states.md from the services' transition tables
	@$(TESTABLE) && exec $(DEVTOOLS) diagrams

normalize-env: ## rewrite .env files as UTF-8 with LF, keeping backups
	@$(RUNNABLE) && exec $(DEVTOOLS) normalize-env

requirements: ## pin all requirements anew from the pyproject files (needs uv)
	@$(TESTABLE) && exec $(DEVTOOLS) requirements --uv $(UV) $(ARGS)
