#!/bin/sh
# Turns the ventilator off. It is a file that says so.
mkdir -p run && echo off >run/ventilator
