#!/bin/sh
# Replaces the container, if there is one, by one of the version that the manifest asks for.
set -eu
wanted=$(./wanted.sh)
./container.sh stop
./container.sh start "$wanted"
