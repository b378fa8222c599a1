#!/bin/sh
# Is the air good? Exit status 0 says yes; what is wrong with it is written to standard error.
# A sensor is a file in room/ with a number in it.
set -eu

# The number that stands behind a name in hvac.json.
limit() {
    sed -n 's/.*"'"$1"'" *: *\([0-9][0-9]*\).*/\1/p' hvac.json
}

status=0
for sensor in co2 humidity; do
    most=$(limit "${sensor}_max")
    value=$(cat "room/$sensor")
    if [ "$value" -gt "${most:?hvac.json has no ${sensor}_max}" ]; then
        echo "$sensor is $value, more than $most" >&2
        status=1
    fi
done
exit $status
