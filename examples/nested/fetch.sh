#!/bin/sh
# Fetches the release: the file `release`, with a version in it, is what there is to fetch.
set -eu
# What the servers have now is kept, to go back to.
mkdir -p run/servers
rm -rf run/before
cp -R run/servers run/before
cp release run/fetched
