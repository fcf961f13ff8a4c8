# The commands of Toast. Each is a script in scripts; this file only names them.

.DEFAULT_GOAL := help
.PHONY: help run dev test check audit bench cluster regions regions-down chaos clean
L := scripts

help: ## list the commands
	@echo 'make …'
	@sed -n 's/^\([a-z-]*\):.* ## \(.*\)/  \1|\2/p' Makefile | column -t -s '|'

run: ## install, build, start with a database and demo restaurants; Ctrl-C stops everything
	@$(L)/run.sh

dev: ## run without optimisation; builds and starts again after each change
	@$(L)/dev.sh

test: ## the whole check: format, lints, docs, migrations, tests, size budget, browser
	@$(L)/test.sh

check: ## the same; FAST=1 for format, lints and tests of what changed since BASE (default: the merge base with origin)
	@$(if $(FAST),$(L)/fast-check.sh,$(L)/test.sh)

audit: ## licences, sources and known vulnerabilities of all dependencies, with cargo-deny
	@$(L)/audit.sh

bench: ## measure against baselines, into docs/BENCHMARKS.md and target/bench.json
	@$(L)/bench.sh

cluster: ## a Citus coordinator and three workers on this host; scripts/cluster.sh stop ends them
	@$(L)/cluster.sh start

regions: ## two regions and a witness on this host, each node with its own network; as root; PROFILE=small for less
	@$(L)/regions.sh up

regions-down: ## stop and remove them
	@$(L)/regions.sh down

chaos: ## inject faults into the running regions under load; SECONDS= SEED= FAULTS=
	@$(L)/chaos.sh

clean: ## stop the processes of this clone, remove databases and builds
	@$(L)/clean.sh
