#!/bin/sh
# Run one test of the Python package. Usage: run.sh PYTHON LIBRARY ROOT NAME PROGRAM
set -eu
if ! "$1" -c 'import sys; sys.exit(sys.version_info < (3, 9))'; then
    echo "skipped: $1 is older than Python 3.9"
    exit 77
fi
export OGIVE_LIBRARY="$2" OGIVE_PROGRAM="$5" PYTHONPATH="$3/python" PYTHONDONTWRITEBYTECODE=1
exec "$1" -W error -X dev "$3/test/python/$4_test.py"
