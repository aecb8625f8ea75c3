#!/usr/bin/env bash
# Finds better memory controllers with several agents, and proves how good they are by trying all.
# Needs build/ogive (`./dev build`); writes into demo/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
ogive=build/ogive
store=demo/demo.ogive
mkdir -p demo
rm -f "$store" "$store"-*

say() {
    printf '\n== %s\n' "$*"
}

say "five agents, five seeds each, 300 evaluations a run (examples/demo.yaml)"
for agent in random hill_climb anneal genetic regularized_evolution; do
    for seed in 1 2 3 4 5; do
        "$ogive" run examples/demo.yaml --agent "$agent" --seed "$seed" --store "$store" --quiet
    done
done

say "the exact optimum, by trying all 221,184 designs"
"$ogive" run examples/demo.yaml --agent exhaustive --budget 221184 --store "$store" >/dev/null

say "what was found"
"$ogive" best "$store"

"$ogive" export "$store" --study dram-genetic-1 --format csv --output demo/genetic.csv
"$ogive" plot "$store" progress --output demo/progress.svg
"$ogive" plot "$store" front --study dram-exhaustive-1 --output demo/front.svg
"$ogive" report "$store" --output demo/report.html >/dev/null
echo
echo "Look at demo/report.html in a browser: who found what, and which parameters mattered."
echo "Files: $store (all trials; ogive studies, ogive best), demo/genetic.csv (one search),"
echo "demo/progress.svg (best so far), demo/front.svg (power against latency of all designs)."
