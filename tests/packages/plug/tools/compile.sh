#!/bin/bash
# What upstream's own pipeline compiles before it builds a wheel.
set -e
cc -g0 -shared -fPIC -o "$(dirname "$0")/../src/plug/attach.so" "$(dirname "$0")/../engine/engine.c"
