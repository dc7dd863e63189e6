# Each target does all set-up by itself, on a machine with nothing but Python 3.11 or newer.
# Where there is no make: python -m fixtures.setup demo (and so on).
PYTHON ?= $(shell command -v python3 || command -v python)
ARGS ?=
PLATFORM ?=

.PHONY: help setup demo test check bench prove qa lock
help:
	@echo "make demo    watch the whole job on a mock back-office (ARGS=--headed shows the browser, PLATFORM=all tours every platform)"
	@echo "make test    every check and test (ARGS='tests/cli -k queue' narrows the tests)"
	@echo "make check   the checks without the tests"
	@echo "make bench   the measurements on 抖店 (ARGS: repetitions; PLATFORM=NAME or all: one case, a row a platform)"
	@echo "make prove   the promises of docs/promises.md, tried for most of an hour (ARGS='--every 8' tries less of it)"
	@echo "make qa      every flow, fault and look; writes docs/faults.md (ARGS='jd --fault too_fast' narrows it)"
	@echo "make setup   only the set-up"
	@echo "make lock    write the hash-pinned requirements again (needs uv)"

setup demo test check bench prove qa lock:
	@$(PYTHON) -m fixtures.setup $@ $(if $(PLATFORM),--platform $(PLATFORM)) $(ARGS)
