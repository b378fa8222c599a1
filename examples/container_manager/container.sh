#!/bin/sh
# A stand-in for a container engine, so that this example runs anywhere. A "container" is a `sleep` in the background;
# run/container has its process number and its version.
#
#   container.sh start VERSION   starts it
#   container.sh stop            ends it, if there is one
#   container.sh version         prints the version that runs; fails if none does
set -eu

# Sets `pid` and `version`. A process that merely has the same number is no container of ours.
find_container() {
    [ -r run/container ] || return 1
    read -r pid version <run/container || return 1
    tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q '^sleep 1000000 '
}

case ${1-} in
start)
    mkdir -p run
    # Nothing of this script may stay open in it: it shall outlive the script.
    sleep 1000000 </dev/null >/dev/null 2>&1 &
    echo "$! $2" >run/container
    ;;
stop)
    if find_container; then
        kill "$pid"
    fi
    rm -f run/container
    ;;
version)
    if find_container; then
        echo "$version"
    else
        echo "no container is running" >&2
        exit 1
    fi
    ;;
*)
    echo "usage: container.sh start VERSION | stop | version" >&2
    exit 2
    ;;
esac
