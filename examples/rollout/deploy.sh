#!/bin/sh
# Pretends to install a version. The number is that of whoever has the slot: it grows, so a store could refuse an old one.
set -eu
mkdir -p run
sleep 1
echo "$1" > run/version
echo "installed $1 with token ${MACHINE_FENCING_TOKEN:-none}"
