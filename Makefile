# The commands of Toast. Each is a script in scripts; this file only names them.

.DEFAULT_GOAL := help
.PHONY: help run test bench cluster regions regions-down chaos clean
L := scripts

help: ## list the commands
	@echo 'make …'
	@sed -n 's/^\([a-z-]*\):.* ## \(.*\)/  \1|\2/p' Makefile | column -t -s '|'

run: ## install, build, start with a database and demo restaurants; Ctrl-C stops everything
	@$(L)/run.sh

test: ## the whole check: format, lints, docs, migrations, tests, size budget, browser
	@$(L)/test.sh

bench: ## measure beside a neighbour, into docs/BENCHMARKS.md and target/bench.json
	@$(L)/bench.sh

cluster: ## a Citus coordinator and three workers on this host; scripts/cluster.sh stop ends them
	@$(L)/cluster.sh start

regions: ## two regions and a witness on this host, every node with a network of its own; as root; PROFILE=small for less
	@$(L)/regions.sh up

regions-down: ## end them; nothing stays
	@$(L)/regions.sh down

chaos: ## break the running regions in every way while orders pour in; SECONDS= SEED= FAULTS=
	@$(L)/chaos.sh

clean: ## stop what runs, remove databases and builds
	@$(L)/clean.sh
