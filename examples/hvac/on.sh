#!/bin/sh
# Turns the ventilator on. It is a file that says so.
mkdir -p run && echo on >run/ventilator
