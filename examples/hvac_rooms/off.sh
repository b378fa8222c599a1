#!/bin/sh
# Turns the fan of a room off.
set -eu
mkdir -p run
echo off >"run/$1"
