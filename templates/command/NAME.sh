#!/bin/sh
# A toy simulator of a router with a queue: @NAME@.sh LANES DEPTH POLICY prints time and area.
# Put your own program into @NAME@.yaml in its place.
set -eu
lanes=$1 depth=$2 policy=$3
if [ "$depth" -lt "$lanes" ]; then
    echo "$lanes lanes need queues of $lanes entries" >&2
    exit 3 # a design that cannot be built; every other status is a failure
fi
fifo=2 area=0
[ "$policy" = fifo ] || { fifo=0 area=300; }
awk -v lanes="$lanes" -v depth="$depth" -v fifo="$fifo" -v area="$area" 'BEGIN {
    printf "mean latency: %.12g ns\n", 10 + 64 / lanes + 32 / depth + fifo
    printf "area: %.12g um^2\n", 100 * lanes + 12 * lanes * depth + area
}'
