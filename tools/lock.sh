#!/bin/sh
# Pin every dependency by hash, for every platform, without any address in the files: lock.sh UV
set -eu
pin() {
    "$uv" pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
        --python-version 3.11 "$@" pyproject.toml
}
uv=$1
pin --all-extras --output-file requirements/dev.lock
# What runs is what was tested: run.lock is a part of dev.lock.
pin --extra build --constraint requirements/dev.lock --output-file requirements/run.lock
