#!/bin/sh
# Turns the fan of a room on, at a speed or slowly. The fan is a file that says so; it wants a token.
set -eu
: "${TOKEN:?no token, no fan}"
mkdir -p run
echo "on, ${2:-low}" >"run/$1"
