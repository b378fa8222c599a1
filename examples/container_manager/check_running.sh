#!/bin/sh
test -e deployed
