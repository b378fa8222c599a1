#!/bin/sh
# Prints the version that manifest.json asks for.
wanted=$(sed -n 's/.*"version" *: *"\([^"]*\)".*/\1/p' manifest.json)
if [ -z "$wanted" ]; then
    echo "manifest.json has no version" >&2
    exit 1
fi
echo "$wanted"
