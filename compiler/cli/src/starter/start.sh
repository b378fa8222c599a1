#!/bin/sh
# Starts the service. Here it is only a `sleep`; put yours in its place.
# `setsid` gives it a session of its own: it shall outlive this script and the node.
setsid sleep 600 </dev/null >/dev/null 2>&1 &
echo $! >service.pid
