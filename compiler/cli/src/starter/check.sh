#!/bin/sh
# Is the service alive? Exit status 0 says yes.
pid=$(cat service.pid 2>/dev/null) && kill -0 "$pid" 2>/dev/null || exit 1
# Where nobody collects ended processes, as in many containers, they stay on as zombies; those are not alive.
! grep -q '^State:[[:space:]]*Z' "/proc/$pid/status"
