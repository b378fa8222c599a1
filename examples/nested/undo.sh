#!/bin/sh
# Gives all servers what they had before, or nothing if they had nothing.
set -eu
rm -rf run/servers
cp -R run/before run/servers
