#!/bin/sh
# Reads the humidity sensor of the cellar, which is a file with a number in it.
set -eu
printf '{ "level": %s }\n' "$(cat cellar/humidity)"
