#!/bin/sh
# Are all servers well? One is ill if there is the word `bad` in its version.
if ill=$(grep -l bad run/servers/* 2>/dev/null); then
    echo "ill: ${ill##*/}" >&2
    exit 1
fi
