#!/bin/sh
# Installs the release that was fetched on the servers that are named. A server is a file that has its version.
set -eu
for server in "$@"; do
    cp run/fetched "run/servers/$server"
done
