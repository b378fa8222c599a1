#!/bin/sh
# Is the service alive? Exit status 0 says yes.
pid=$(cat service.pid 2>/dev/null) || { echo "no service was started yet" >&2; exit 1; }
# Not `kill -0`: that also finds a process that has ended and that nobody has collected, as in many containers, and
# another one that was given the same number. Just before it becomes the `sleep`, ours is still called `start.sh`.
tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -q -e 'sleep 600' -e 'start\.sh' ||
    { echo "process $pid is gone" >&2; exit 1; }
