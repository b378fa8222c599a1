#!/bin/sh
# Is the service alive? Exit status 0 says yes.
pid=$(cat service.pid 2>/dev/null) && kill -0 "$pid" 2>/dev/null
