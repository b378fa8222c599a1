#!/bin/sh
# Ends the container, and removes what the example wrote. To be called when no machine runs any more.
./container.sh stop
rm -rf run container_manager.table
