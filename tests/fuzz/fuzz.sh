#!/bin/sh
# TAP: the fuzz targets' corpora, and a few seconds more of each.
exec "${G_TEST_SRCDIR:-.}/tests/fuzz/run" check
