#!/bin/sh
# Does the container run, and is it of the version that the manifest asks for? Exit status 0 says yes.
set -eu
wanted=$(./wanted.sh)
version=$(./container.sh version)
if [ "$version" != "$wanted" ]; then
    echo "version $version runs, $wanted is wanted" >&2
    exit 1
fi
