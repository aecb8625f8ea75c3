#!/usr/bin/env bash
# Tests of the program from outside: run.sh GROUP PROGRAM SOURCE_DIRECTORY.
# Each group is one test of CTest; all output is shown, the first wrong check fails the group in the end.
set -uo pipefail
group=$1
program=$2
source_directory=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export NO_COLOR=1
wrong=0
checks=0

ogive() {
    "$program" "$@"
}

fail() {
    echo "WRONG: $1"
    wrong=$((wrong + 1))
}

# expect CODE STDOUT STDERR -- COMMAND...: exit code, and extended regular expressions that the outputs
# have to match ('' = empty, '-' = anything).
expect() {
    local code=$1 out=$2 err=$3 got
    shift 4
    checks=$((checks + 1))
    "$@" >"$work/stdout" 2>"$work/stderr" </dev/null
    got=$?
    echo "\$ $* -> $got"
    [ "$got" = "$code" ] || { fail "exit code $got, expected $code"; tail -n 20 "$work/stdout" "$work/stderr"; }
    match stdout "$out"
    match stderr "$err"
}

match() {
    local file=$1 pattern=$2
    case $pattern in
    -) ;;
    '') [ ! -s "$work/$file" ] || { fail "$file is not empty"; cat "$work/$file"; } ;;
    *) grep -qE -- "$pattern" "$work/$file" || { fail "$file lacks /$pattern/"; cat "$work/$file"; } ;;
    esac
}

# same FILE FILE
same() {
    checks=$((checks + 1))
    cmp "$1" "$2" || fail "$1 and $2 differ"
}

commands() {
    ogive --help | sed -n '/^Commands/,/^$/p' | sed -n 's/^  \([a-z-]*\( [a-z-]*\)\{0,1\}\)  .*/\1/p'
}

# A short study; other options as given.
search() {
    case " $* " in
    *" --budget "*) ;;
    *) set -- --budget 60 "$@" ;;
    esac
    case " $* " in
    *" --agent "*) ;;
    *) set -- --agent random "$@" ;;
    esac
    ogive run --environment function --option function=onemax --option dimensions=12 --minimize value \
        --quiet "$@"
}

group_help() {
    expect 0 'ogive COMMAND' '' -- ogive
    expect 0 'ogive COMMAND' '' -- ogive --help
    expect 0 'Usage' '' -- ogive help run
    expect 0 '^ogive [0-9]+\.[0-9]+' '' -- ogive version
    expect 0 '^ogive [0-9]+\.[0-9]+' '' -- ogive --version
    local command count=0
    while read -r command; do
        # shellcheck disable=SC2086
        expect 0 'Usage' '' -- ogive $command --help
        count=$((count + 1))
    done < <(commands)
    [ "$count" -ge 11 ] || fail "only $count commands in the help"
    expect 0 '^## ogive run' '' -- ogive help --markdown
    cp "$work/stdout" commands.md
    same commands.md "$source_directory/docs/commands.md"
    expect 0 '^\\?\*STUDY' '' -- ogive help --scdoc
    if command -v scdoc >/dev/null; then
        sed -e "/@COMMANDS@/{r $work/stdout" -e 'd}' "$source_directory/docs/man/ogive.1.scd" >page.scd
        expect 0 '^\.TH' '' -- bash -c 'scdoc < page.scd'
    fi
}

group_registry() {
    expect 0 'genetic' '' -- ogive list agents
    expect 0 'function' '' -- ogive list environments
    expect 0 'gemm' '' -- ogive list workloads
    expect 0 'ddr4_2400' '' -- ogive list standards
    expect 0 'Workloads' '' -- ogive list
    local what name
    for what in agents environments workloads standards; do
        while read -r name; do
            expect 0 '^(Agent|Environment|Workload|DRAM device) ' '' -- ogive describe "$name"
        done < <(ogive list "$what" | tail -n +2 | sed -n 's/^\([a-z0-9_][a-z0-9_]*\) .*/\1/p')
    done
    expect 0 'feasible designs: 32\)' '' -- ogive describe function --option function=onemax --option dimensions=5
    expect 0 '^Agent random' '' -- ogive describe random
    match stdout '^Workload random'
    expect 0 '442,368|221,184' '' -- ogive describe dram
}

group_errors() {
    # small words and numbers
    expect 2 '' "seed: '-1' is not allowed, which is an integer 0 .. 18446744073709551615" -- search --seed -1
    expect 2 '' "no option '-j1x'|jobs: '?1x'? is not a number" -- search -j1x
    expect 2 '' "no option '-q1'" -- ogive run -q1
    expect 0 'trials in' '' -- search -j1
    expect 2 '' 'rename .x0.: COLUMN=NAME is needed' -- ogive import absent.csv --environment function --minimize value --rename x0
    expect 2 '' 'programs: no workload named .gemmm.' -- ogive describe dram_channels --option programs=gemmm
    expect 2 '' '^ogive: environment dram: workload: no workload named .gemmm. .did you mean gemm' -- ogive describe dram --option workload=gemmm
    printf 'a\033[31m\001b,\377\n1,2\n' >binary.csv
    expect 2 '' '^ogive: --enqueue: binary.csv:1: this is no CSV header$' -- search --enqueue binary.csv
    printf 'x1,value\n1,1\n' >plain.csv
    expect 2 '' 'from old: plain.csv is no Optuna file' -- ogive import plain.csv --from old --environment function \
        --minimize value --store plain.ogive
    expect 2 '' "no command 'rnu', did you mean 'run'" -- ogive rnu
    expect 2 '' "no command 'xyzzy'" -- ogive xyzzy
    expect 2 '' "did you mean 'sim dram'" -- ogive sim
    expect 2 '' "no option '--sed', did you mean --seed" -- ogive run --sed 1
    expect 2 '' "a value is missing" -- ogive run --seed
    expect 2 '' "seed: .abc. is not allowed" -- ogive run --seed abc
    expect 2 '' "18446744073709551616. is not allowed" -- ogive run --seed 18446744073709551616
    expect 2 '' "given twice" -- ogive run --seed 1 --seed 2
    expect 2 '' "unexpected argument 'extra'" -- ogive version extra
    expect 2 '' "STORE is missing" -- ogive best
    expect 2 '' "did you mean agents" -- ogive list agnets
    expect 2 '' "did you mean genetic" -- ogive describe genetik
    expect 2 '' "unknown 'xml' \(csv \| json\)" -- ogive export x --format xml
    expect 2 '' "did you mean progress" -- ogive plot x progres
    expect 2 '' "No such file" -- ogive run no.yaml
    expect 2 '' "no.ogive" -- ogive best no.ogive
    # plans on the command line
    expect 2 '' "agent" -- ogive run --environment function --minimize value --budget 5
    expect 2 '' "environment" -- ogive run --minimize value --agent random --budget 5
    expect 2 '' "did you mean function" -- ogive run --agent random --environment functoin --minimize value --budget 5
    expect 2 '' "did you mean genetic" -- search --agent genetci
    expect 2 '' "did you mean population" -- search --agent genetic --agent-option populaton=5
    expect 2 '' "KEY=VALUE" -- search --option oops
    expect 2 '' "did you mean value" -- ogive run --agent random --environment function --minimize valeu --budget 5
    expect 2 '' "budget" -- ogive run --agent random --environment function --minimize value
    expect 2 '' "budget '0'" -- ogive run --environment function --minimize value --budget 0
    expect 2 '' "budget '-3'" -- ogive run --environment function --minimize value --budget -3
    expect 2 '' "budget '5 parsecs'" -- ogive run --environment function --minimize value --budget '5 parsecs'
    expect 2 '' "METRIC=NUMBER" -- search --target value
    expect 2 '' "column" -- search --constraint 'value <'
    expect 2 '' "x1" -- search --constraint 'x1 > 5'
    expect 2 '' "x1 == (true|1)" -- search --constraint 'x1 == 1' --constraint 'x1 == 0'
    # study files
    printf 'environment: function\nobjectives:\n  - minimise: value\nbudget: 5\n' >bad.yaml
    expect 2 '' "bad.yaml:3:[0-9]+: .*minimi[sz]e" -- ogive run bad.yaml
    printf 'environment: {name: function\n' >bad.yaml
    expect 2 '' "bad.yaml:[0-9]+:[0-9]+" -- ogive run bad.yaml
    : >empty.yaml
    expect 2 '' "empty.yaml" -- ogive run empty.yaml
    head -c 3000 "$program" >binary.yaml
    expect 2 '' "binary.yaml" -- ogive run binary.yaml
    # bytes that drive a terminal are shown as '?', and are no name
    printf 'environment: "fun\\e[31mction"\nagent: random\nbudget: 5\nobjectives: {minimize: value}\n' >escape.yaml
    expect 2 '' "fun[?].31mction" -- ogive run escape.yaml
    printf 'x1\n\033]0;title\007\n' >escape.csv
    expect 2 '' "escape.csv:2: .*[?].0;title[?]" -- ogive evaluate function --designs escape.csv
    expect 2 '' "1 .. 200 printable characters" -- search --name "$(printf 'a\033b')"
    expect 2 '' "1 .. 200 printable characters" -- search --name ''
    expect 2 '' "1 .. 200 printable characters" -- search --name "$(printf '%0201d' 0)"
    expect 0 - '' -- search --name "$(printf '%0200d' 0)"
    # stores
    mkdir directory
    expect 2 '' "directory" -- ogive best directory
    expect 2 '' "directory" -- search --store directory
    expect 2 '' "dev/full" -- search --store /dev/full
    ogive help >/dev/full 2>"$work/stderr" && fail "help said that it was written"
    grep -q "standard output cannot be written" "$work/stderr" || fail "no reason for lost help"
    expect 2 '' "no/such/place" -- search --store no/such/place.ogive
    echo 'this is no store at all, only text' >text.ogive
    expect 2 '' "text.ogive" -- ogive best text.ogive
    expect 2 '' "text.ogive" -- search --store text.ogive
    expect 0 - '' -- search --agent random --name one --store good.ogive
    head -c $(($(stat -c %s good.ogive) / 2)) good.ogive >half.ogive
    expect 2 '' "half.ogive" -- ogive export half.ogive
    if command -v sqlite3 >/dev/null; then
        cp good.ogive newer.ogive
        sqlite3 newer.ogive 'pragma user_version = 9999'
        expect 2 '' "newer.ogive.*9999" -- ogive best newer.ogive
        expect 2 '' "newer.ogive.*9999" -- search --store newer.ogive
    fi
    expect 2 '' "did you mean one" -- ogive best good.ogive --study ome
    expect 2 '' "did you mean value" -- ogive plot good.ogive front --x vaule --y value
    expect 2 '' "two|differ|seed" -- search --agent random --name one --store good.ogive --seed 2
    # traces
    : >empty.stl
    expect 2 '' "empty.stl" -- ogive sim dram --trace empty.stl
    head -c 5000 "$program" >binary.stl
    expect 2 '' "binary.stl" -- ogive sim dram --trace binary.stl
    printf '0: read 0x40\n1: read 0x\n' >cut.stl
    expect 2 '' "cut.stl:2" -- ogive sim dram --trace cut.stl
    printf '0: read 0x40\n1: raed 0x80\n' >word.stl
    expect 2 '' "word.stl:2" -- ogive sim dram --trace word.stl
    printf '0: read 0x40\n1: read 0xffffffffffff\n' >far.stl
    expect 2 '' "far.stl: request 2: address 0xffffffffffff lies beyond" -- ogive sim dram --trace far.stl --strict
    expect 0 'high bits ignored +1 ' '' -- ogive sim dram --trace far.stl
    expect 2 '' "memspec and --standard exclude" -- ogive sim dram --memspec no.json --standard hbm2
    expect 2 '' "commands - and --json" -- ogive sim dram --commands - --json
    expect 2 '' "refresh_policy != NoRefresh" -- ogive sim dram --refresh-policy NoRefresh
    expect 0 'refreshes +0 ' '' -- ogive sim dram --refresh-policy NoRefresh --unsafe --requests 100
    # the same limits as in the environment
    local number
    for number in ranks=3 ranks=9 channels=3 channels=17; do
        ogive evaluate dram --option $number --designs /dev/null 2>&1 | sed 's/.*\(ranks\|channels\): //' >wanted
        expect 2 '' "$(sed 's/[.]/[.]/g' wanted)" -- ogive sim dram --$number
    done
    # a file is replaced by a whole one or not at all
    echo keep >kept.csv
    expect 2 '' "did you mean gemm" -- ogive sim dram --workload gem --commands kept.csv
    expect 2 '' "map" -- ogive sim dram --map NOPE --commands kept.csv
    expect 2 '' "kept.csv: cannot write: File too large" -- bash -c "ulimit -f 8; '$program' sim dram --commands kept.csv"
    [ "$(cat kept.csv)" = keep ] || fail 'a file was lost'
    [ "$(echo kept.csv*)" = kept.csv ] || fail 'a part of a file was left'
    cp far.stl same.stl
    ln same.stl link.stl
    expect 2 '' "would replace the file of --trace" -- ogive sim dram --trace same.stl --commands ./link.stl
    same far.stl same.stl
    expect 2 '' "did you mean gemm" -- ogive sim dram --workload gem
    expect 2 '' "did you mean ddr4_2400" -- ogive sim dram --standard ddr4-2400
    expect 2 '' "did you mean Open" -- ogive sim dram --page-policy Opn
    expect 2 '' "200 is out of range, allowed: 1 .. 128" -- ogive sim dram --request-buffer-size 200
    expect 2 '' 'cut.stl:2' -- ogive sim dram --workload gemm --trace cut.stl
    expect 2 '' "NOPE|map" -- ogive sim dram --map NOPE
}

group_study() {
    local agent
    expect 0 'budget used up' '' -- ogive run --environment function --option dimensions=4 --minimize value \
        --agent genetic --budget 80 --store s.ogive
    grep -qE 'Best design' stdout || fail 'no result table'
    for agent in $(ogive list agents | tail -n +2 | grep -oE '^[a-z0-9_]+' | grep -v exhaustive); do
        expect 0 "best value [0-9]" '' -- search --agent "$agent" --store s2.ogive --name "$agent"
    done
    expect 0 'genetic' '' -- ogive studies s2.ogive
    expect 0 'default design' '' -- ogive best s2.ogive
    expect 0 'best 3 designs' '' -- ogive best s2.ogive --study genetic --top 3
    expect 0 '4,096 trials' '' -- search --agent exhaustive --budget 10000 --store s2.ogive --name all
    expect 0 'exact optimum' '' -- ogive best s2.ogive
    expect 0 - '' -- ogive export s2.ogive --study genetic -o g.csv
    head -1 g.csv | grep -q '^number,x1,.*,value,.*outcome,reason,loss,violation,repeat_of,source$' || fail 'columns of the CSV'
    [ "$(wc -l <g.csv)" = 61 ] || fail 'rows of the CSV'
    expect 0 '"trials"' '' -- ogive export s2.ogive --study genetic --format json
    if command -v python3 >/dev/null; then
        cp stdout g.json
        expect 0 '^60$' '' -- python3 -c "import json; print(len(json.load(open('g.json'))['trials']))"
    fi
    expect 2 '' 'choose one with --study' -- ogive export s2.ogive
    expect 0 '^<svg' '' -- ogive plot s2.ogive progress
    expect 0 '^<svg' '' -- ogive plot s2.ogive front --study genetic --x value --y regret
    expect 0 - '' -- ogive report s2.ogive -o page.html
    grep -q '"name":"genetic"' page.html && grep -q '"name":"all"' page.html || fail 'studies of the page'
    expect 0 '^<!doctype html>' '' -- ogive report s2.ogive --study genetic
    expect 2 '' 'did you mean genetic' -- ogive report s2.ogive --study genetci
    expect 2 '' 'nowhere' -- ogive report s2.ogive -o nowhere/page.html
    expect 2 '' 'is the store itself' -- ogive report s2.ogive -o s2.ogive
    # equal for any number of jobs; the seed matters
    search --agent genetic --store j1.ogive --jobs 1 --name g >/dev/null
    search --agent genetic --store j4.ogive --jobs 4 --name g >/dev/null
    search --agent genetic --store k.ogive --seed 7 --name g >/dev/null
    ogive export j1.ogive >j1.csv
    ogive export j4.ogive >j4.csv
    ogive export k.ogive >k.csv
    same j1.csv j4.csv
    cmp -s j1.csv k.csv && fail 'another seed gives the same record'
    # going on with a larger budget equals one long run
    search --agent genetic --store long.ogive --name g --budget 200 >/dev/null 2>&1
    expect 0 - '' -- search --agent genetic --store j1.ogive --name g --set budget.evaluations=200
    # nothing feasible, and why
    expect 1 'of 20 trials have no metrics, 20 of them for this reason: ' '' -- ogive run --environment function --option function=all_infeasible --minimize value --agent random --budget 20
    expect 1 'Constraint value <= -1 is broken by 20 of the 20 designs .*nearest has value = ' - -- ogive run --environment function --option function=sphere --minimize value --constraint 'value <= -1' --agent random --budget 20 --store n.ogive
    expect 1 'Constraint value <= -1 is broken by 20' '' -- ogive best n.ogive
    expect 0 '^.*: 1,000 trials' '' -- search --budget 1e3
    expect 2 '' 'at least 1 or 0.001s' -- search --budget 0.0001s
    expect 2 '' 'at least 1 or 0.001s' -- search --budget 1.5
    expect 2 '' "did you mean --agent-option" -- search --agent-optoin population=5
    expect 2 '' "progress: it has no choice of axes" -- ogive plot n.ogive progress --x value
    # designs of one's own first, and trials of other tools
    printf 'x1,x2\n0.5,1\n-2,3\n' >own.csv
    expect 0 'trials' '' -- ogive run --environment function --option dimensions=2 --minimize value --agent tpe --budget 10 --enqueue own.csv --store own.ogive --name own
    expect 0 '^1,-2,3,.*,enqueued$' '' -- ogive export own.ogive
    cp stdout own.trials.csv
    expect 0 'warm: 10 trials imported' '' -- ogive import own.trials.csv --environment function --option dimensions=2 --minimize value --store own.ogive --name warm
    expect 0 '15 trials .*10 resumed' '' -- ogive run --environment function --option dimensions=2 --minimize value --agent genetic --budget 5 --store own.ogive --name warm
    expect 0 '^9,.*,imported$' '' -- ogive export own.ogive --study warm
    expect 0 '' '' -- ogive import own.trials.csv --environment function --option dimensions=2 --minimize value --designs again.csv
    [ "$(sed -n 3p again.csv)" = -2,3 ] || fail 'designs of trials'
    printf 'x1,x2\n0.5,1\n-2,300\n' >own.csv
    expect 2 '' 'own.csv:3: x2: 300 is out of range' -- ogive run --environment function --option dimensions=2 --minimize value --agent tpe --budget 10 --enqueue own.csv
    expect 2 '' 'no column has metric value' -- ogive import own.csv --environment function --option dimensions=2 --minimize value --store own.ogive --name no
    # a program outside proposes
    expect 0 '4 trials .*all designs seen' '' -- ogive run --environment function --option dimensions=2 --minimize value --budget 50 --set "proposer=[sh, $source_directory/examples/proposers/sweep.sh]"
    if command -v python3 >/dev/null; then
        expect 0 '30 trials' '' -- ogive run "$source_directory/examples/demo.yaml" --set "proposer=[python3, $source_directory/examples/proposers/climb.py]" --budget 30 --batch 3 --store own.ogive --name outside
        expect 0 '40 trials \(.* 30 resumed\)' '' -- ogive run "$source_directory/examples/demo.yaml" --set "proposer=[python3, $source_directory/examples/proposers/climb.py]" --budget 40 --batch 3 --store own.ogive --name outside
    fi
    expect 2 '' 'proposer sh: exit status 3: out of ideas .where a study has a store' -- ogive run --environment function --minimize value --budget 5 --set 'proposer=[sh, -c, "echo out of ideas >&2; exit 3"]'
    sed -n '/^#!.bin.sh/,/^done/p' "$source_directory/docs/your-own-agent.md" >page.sh
    same page.sh "$source_directory/examples/proposers/sweep.sh"
    # everything of a file on the command line
    printf 'environment: {name: function, options: {function: sphere, dimensions: 3}}\nobjectives:\n  - minimize: value\nconstraints: ["value <= 100"]\nagent: {name: genetic, options: {population: 8}}\nbudget: {evaluations: 50}\nseed: 3\nname: same\n' >file.yaml
    ogive run file.yaml --store f.ogive --quiet >/dev/null
    ogive run --environment function --option function=sphere --option dimensions=3 --minimize value \
        --constraint 'value <= 100' --agent genetic --agent-option population=8 --budget 50 --seed 3 \
        --name same --store c.ogive --quiet >/dev/null
    ogive export f.ogive >f.csv
    ogive export c.ogive >c.csv
    same f.csv c.csv
}

# What surrounds the best design is evaluated where its environment is still the recorded one, and may be run.
group_report() {
    printf 'a,b,time-\n1,x,5\n2,x,3\n3,x,4\n1,y,6\n2,y,7\n3,y,2\n' >table.csv
    expect 0 - '' -- ogive run --environment table --option file=table.csv --minimize time --agent random \
        --budget 2 --seed 3 --store table.ogive --quiet
    expect 0 '"note":""' '' -- ogive report table.ogive
    match stdout '"origins":\[[01],[1-9],0,0,0\]'
    cp "$work/stdout" first.html
    expect 0 - '' -- ogive report table.ogive
    same "$work/stdout" first.html
    expect 0 '"note":"not asked for' '' -- ogive report table.ogive --no-evaluate
    match stdout '"origins":\[[01],0,'
    expect 0 '"note":"the time was over"' '' -- ogive report table.ogive --seconds 0
    echo '4,x,9' >>table.csv
    expect 0 '"note":"the environment is no longer the recorded one' '' -- ogive report table.ogive
    match stdout '"origins":\[[01],0,'

    # what agents tell of their search
    expect 0 - '' -- ogive run --environment table --option file=table.csv --minimize time --agent ippo \
        --agent-option batch=2 --budget 6 --store team.ogive --quiet
    expect 0 '^trials,name,part,value$' '' -- ogive export team.ogive --diagnostics
    match stdout '^6,entropy,a,0\.[0-9]+$'
    expect 0 '"diagnostics":\[\{"name":"entropy","part":"a","n":\[2,4,6\]' '' -- ogive report team.ogive
    expect 2 '' 'csv only' -- ogive export team.ogive --diagnostics --format json
    rm table.csv
    expect 0 '"note":"the environment cannot be opened: .*table\.csv' '' -- ogive report table.ogive

    # looking at a record runs nothing that it names, unless that is allowed
    cat >tool.yaml <<EOF
parameters: {size: {integer: [1, 9], initial: 3}}
metrics: {time: {regex: "time ([0-9]+)"}}
shell: true
command: "echo >>$work/ran; echo time \$OGIVE_size"
EOF
    expect 0 - '' -- ogive run --environment command --option file=tool.yaml --minimize time --agent random \
        --budget 4 --seed 1 --store tool.ogive --quiet
    rm "$work/ran"
    expect 0 'to be allowed \(--foreign\)' '' -- ogive report tool.ogive
    [ ! -e "$work/ran" ] || fail "a report ran the program of its record"
    expect 0 '"note":""' '' -- ogive report tool.ogive --foreign
    [ -s "$work/ran" ] || fail "--foreign ran nothing"
}

group_evaluate() {
    printf 'x3,x1\n1,0\n0,1\n' >d.csv
    expect 0 '^x1,x2,x3,value,.*outcome,reason$' 'designs in' -- ogive evaluate function --option function=onemax --option dimensions=3 --designs d.csv
    sed -n 2p stdout | grep -q '^0,0,1,' || sed -n 2p stdout | grep -q '^false,false,true,' || fail 'order of the columns'
    expect 0 - '' -- bash -c "'$program' evaluate function --option function=onemax --option dimensions=3 --designs - --quiet <d.csv"
    # what evaluate and export write can be evaluated again
    ogive evaluate function --designs d.csv --quiet >again.csv
    expect 0 - '' -- ogive evaluate function --designs again.csv --quiet
    same stdout again.csv
    ogive run --environment function --metric d=value+1 --minimize d --agent random --budget 9 --store e.ogive --quiet >/dev/null
    ogive export e.ogive --timing >e.csv
    expect 0 - '' -- ogive evaluate function --designs e.csv --quiet
    [ "$(wc -l <stdout)" = 10 ] || fail 'an export was not evaluated again'
    printf 'x1,xx2\n1,1\n' >d.csv
    expect 2 '' "d.csv:1: no parameter 'xx2', did you mean x2" -- ogive evaluate function --designs d.csv
    printf 'x1,x1\n1,1\n' >d.csv
    expect 2 '' "d.csv:1: .*twice" -- ogive evaluate function --designs d.csv
    printf 'x1,x2\n1,1\n99,1\n1\n"1,1\n0,0\n' >d.csv
    expect 2 '' "3 bad rows" -- ogive evaluate function --designs d.csv
    for line in 3 4 5; do
        match stderr "d.csv:$line: "
    done
    : >d.csv
    expect 2 '' "empty" -- ogive evaluate function --designs d.csv
    printf 'x1\n' >d.csv
    expect 2 '' "no design" -- ogive evaluate function --designs d.csv
    head -c 4000 "$program" >d.csv
    expect 2 '' "d.csv" -- ogive evaluate function --designs d.csv
    expect 2 '' "designs FILE is missing" -- ogive evaluate function
    { echo x1; yes 77 | head -n 30; } >d.csv
    expect 2 '' "30 bad rows \(the first 20" -- ogive evaluate function --designs d.csv
    # many designs, on one and four threads
    { echo x1,x2; for i in $(seq 500); do echo "$((i % 5)),$((i % 3))"; done; } >d.csv
    ogive evaluate function --designs d.csv --jobs 1 --quiet >1.csv
    ogive evaluate function --designs d.csv --jobs 4 --quiet >4.csv
    same 1.csv 4.csv
    [ "$(wc -l <1.csv)" = 501 ] || fail 'rows'
    expect 0 'power_mw' - -- bash -c "echo page_policy >p.csv; echo Closed >>p.csv; '$program' evaluate dram --option requests=500 --designs p.csv"
}

group_dram() {
    expect 0 'read_latency_p99_ns' '' -- ogive sim dram --requests 1000
    expect 0 '"time_ns"' '' -- ogive sim dram --requests 1000 --json --page_policy Closed --scheduler=FrFcfsGrp
    printf '0: read 0x40\n10: write 0x80\n' | gzip >two.stl.gz
    expect 0 'reads +1 ' '' -- ogive sim dram --trace two.stl.gz
    expect 0 ': 1 request simulated' '' -- ogive sim dram --requests 1
    local standard
    for standard in ddr3_1600 ddr4_2400 ddr4_3200 ddr5_4800 lpddr4_3200 hbm2; do
        expect 0 - '' -- ogive sim dram --standard $standard --requests 3000 --workload random_mixed --commands c.csv
        head -1 c.csv | grep -q '^cycle,cmd,rank,bankgroup,bank,row,column' || fail 'columns of the command trace'
        expect 0 'legal' '' -- ogive check dram-commands c.csv --standard $standard
    done
    ogive sim dram --standard ddr4_2400 --requests 3000 --workload random --commands c.csv >/dev/null
    # a refresh that is lost and a row that is opened twice
    awk -F, '$2 == "ACT" && !done {print; done = 1} {print}' c.csv >twice.csv
    expect 1 'violations?' '' -- ogive check dram-commands twice.csv --standard ddr4_2400
    printf 'cycle,cmd,rank,bankgroup,bank,row,column\n1,ACT,0,0,0,5,-1\n2,NOPE,0,0,0,5,0\n' >bad.csv
    expect 2 '' 'bad.csv:3' -- ogive check dram-commands bad.csv
}

# true for a picture that is whole: it begins, ends, and holds no number that is none
picture() {
    checks=$((checks + 1))
    grep -q '^<svg ' "$1" && grep -q '^</svg>' "$1" || fail "$1 is no picture"
    ! grep -qE "[ ='](-?nan|-?inf)[ ']" "$1" || fail "$1 holds what is no number"
}

group_pictures() {
    local kind
    for seed in 1 2; do
        expect 0 - '' -- ogive run --environment dram --option requests=300 --option preset=archgym \
            --minimize read_latency_average_ns --minimize energy_pj --constraint 'power_mw <= 1200' \
            --agent nsga2 --budget 120 --seed $seed --quiet --store two.ogive --name "s$seed"
    done
    expect 0 - '' -- ogive run --environment dram --option requests=300 --minimize power_mw --agent random --budget 40 \
        --quiet --store one.ogive --name one
    expect 0 '' '' -- ogive plot one.ogive progress -o one.svg
    picture one.svg
    expect 2 '' "needs 2 to 8 objectives, study one has 1" -- ogive plot one.ogive hypervolume
    expect 2 '' "no second objective or constraint: choose metrics" -- ogive plot one.ogive front
    for kind in $(ogive help plot | grep -oE '^  KIND .*|^ +(timeline or outcomes.*)' | grep -oE '\b[a-z]+\b' | grep -v '^or$'); do
        expect 0 '' '' -- ogive plot two.ogive "$kind" --study s1 -o "$kind.svg"
        picture "$kind.svg"
        expect 0 '' '' -- ogive plot two.ogive "$kind" --study s1 -o "$kind.csv"
        [ "$(wc -l <"$kind.csv")" -ge 2 ] || fail "$kind.csv is empty"
        expect 0 - '' -- ogive plot two.ogive "$kind" --study s1 --format csv
        same stdout "$kind.csv"
    done
    # both runs together; one study alone where a kind shows one
    for kind in progress front hypervolume; do
        expect 0 '^<svg' '' -- ogive plot two.ogive "$kind"
    done
    expect 2 '' 'it shows one study, and there are 2 \(s1, s2\): choose with --study' -- ogive plot two.ogive effect
    expect 0 'Effect of page_policy' '' -- ogive plot two.ogive effect --study s1 --parameter page_policy --metric energy_pj
    expect 0 'Interaction of scheduler and arbiter' '' -- ogive plot two.ogive interaction --study s1 --parameter scheduler --parameter arbiter
    expect 2 '' "did you mean scheduler\?" -- ogive plot two.ogive effect --study s1 --parameter scheduled
    expect 2 '' "neither in .svg nor in .csv" -- ogive plot two.ogive front -o front.png
    expect 2 '' "did you mean neighbourhood\?" -- ogive plot two.ogive neighborhood
    ogive plot two.ogive neighbourhood --study s1 --no-evaluate --format csv >open.csv
    grep -q ',open,' open.csv || fail 'all neighbours are on record'
    ! grep -q ',open,' neighbourhood.csv || fail 'neighbours were not evaluated'
    # the numbers are those of other commands
    ogive importance two.ogive --study s1 --metric energy_pj --format csv >expected.csv
    ogive plot two.ogive importance --study s1 --metric energy_pj --format csv |
        while IFS=, read -r parameter alone total best; do
            [ "$parameter" = parameter ] ||
                grep -q "\"energy_pj\",$parameter,,$alone,$total,$best," expected.csv || echo "$parameter"
        done >differ
    [ ! -s differ ] || fail "other importances: $(tr '\n' ' ' <differ)"
    # the gallery: its commands as they stand there give the pictures that it shows
    sed -n '/^## Each of them/,/^## While/{/^```sh$/,/^```$/{/^```/d;p}}' "$source_directory/docs/plots.md" >gallery.sh
    grep -q 'sim dram' gallery.sh || fail 'the gallery lacks commands'
    # shellcheck disable=SC1091
    . ./gallery.sh >gallery.log 2>&1 || { fail 'a command of the gallery fails'; cat gallery.log; }
    while read -r kind; do
        picture "$kind.svg"
        [ -s "$source_directory/docs/pictures/$kind.svg" ] || fail "the gallery lacks $kind.svg"
    done < <(grep -ohE '\b(plot|dram)_[a-z_]+\.svg' gallery.sh | sed 's/\.svg$//' | sort -u)
    # simulator pictures
    expect 0 - '' -- ogive sim dram --workload bfs -n 500 --timeline t.svg --from 100 --to 900 --commands c.csv
    picture t.svg
    expect 0 - '' -- ogive sim dram --workload bfs -n 500 --timeline t.csv --to 100000
    [ "$(grep -c '_data,' t.csv)" = 500 ] || fail 'not a burst a request'
    [ "$(grep -c '^activate,' t.csv)" = "$(grep -c ',ACT,' c.csv)" ] || fail 'not a span an activate'
    expect 0 'gemm on ddr3_1600' '' -- ogive sim dram --workload bfs --workload gemm -n 500 --energy e.svg --roofline r.svg
    picture e.svg
    picture r.svg
    expect 0 '^<svg' '' -- ogive sim dram --workload bfs --workload gemm -n 500 --roofline - --energy e.csv
    [ "$(wc -l <e.csv)" = 19 ] || fail 'not nine parts of energy each'
    expect 0 - '' -- ogive sim dram --workload bfs --workload gemm -n 500 --roofline r.csv
    grep -q '^gemm,102.4,' r.csv || fail 'no peak'
    expect 2 '' 'to 5 ns is not behind --from 10 ns' -- ogive sim dram --timeline t.svg --from 10 --to 5
    expect 2 '' 'the simulation ends at' -- ogive sim dram -n 10 --timeline t.svg --from 1000000
    expect 2 '' 'of one workload or trace, not of 2' -- ogive sim dram --workload bfs --workload gemm --timeline t.svg
    expect 2 '' 'neither in .svg nor in .csv' -- ogive sim dram --energy e.pdf
    expect 2 '' 'both write to standard output' -- ogive sim dram --energy - --roofline -
    expect 2 '' 'are of --timeline' -- ogive sim dram --from 5
}

# ask PORT PATH [HEADER]: the answer to a request, with its head.
ask() {
    exec 5<>"/dev/tcp/127.0.0.1/$1"
    printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n%s\r\n' "$2" "$1" "${3-}" >&5
    cat <&5
    exec 5<&-
}

group_serve() {
    expect 2 '' 'there is no store' -- ogive serve no.ogive
    expect 2 '' '65535' -- ogive serve no.ogive --port 65536
    search --store s.ogive --name first --budget 20 >/dev/null
    local signal port server
    for signal in INT TERM; do
        # in a shell without jobs, programs in the background ignore SIGINT
        rm -f served code
        (set -m; "$program" serve s.ogive >served 2>problem & echo $! >server; wait $!; echo $? >code) &
        until grep -qs '^http://127.0.0.1:[0-9]*/ shows s.ogive; Ctrl-C ends$' served || [ -s code ]; do sleep 0.1; done
        if grep -q 'without the web server' problem; then
            echo 'built without the web server'
            return 0
        fi
        server=$(cat server)
        port=$(sed 's/.*:\([0-9]*\).*/\1/' served)
        expect 0 '^HTTP/1.1 200 OK' '' -- ask "$port" /
        expect 0 '"name":"first"' '' -- ask "$port" /api/studies
        expect 0 '^HTTP/1.1 404 ' '' -- ask "$port" /etc/passwd
        expect 2 '' 'cannot be had' -- ogive serve s.ogive --port "$port"
        kill -$signal "$server"
        wait
        [ "$(cat code)" = 0 ] || fail "ended by SIG$signal with $(cat code)"
    done
}

group_watch() {
    expect 2 '' 'there is no store' -- ogive watch no.ogive --once
    # before there is a store, until its studies have ended
    # the program itself, not a shell around it, so that signals reach it
    "$program" watch w.ogive --interval 0.1 >lines 2>&1 &
    local watcher=$!
    until grep -q 'waiting: there is no store' lines; do sleep 0.1; done
    search --store w.ogive --name first --budget 300 >/dev/null
    wait $watcher || fail "a watch of studies that ended ended with $?"
    grep -q '^first: 300 of 300 trials (100 %).*best value .*300 accepted.*budget used up$' lines ||
        fail "the last line is: $(tail -n 1 lines)"
    expect 0 '^first: 300 of 300 trials' '' -- ogive watch w.ogive --once
    expect 0 '^first: ' '' -- ogive watch w.ogive --study first
    expect 2 '' "did you mean first" -- ogive watch w.ogive --once --study frist
    ! grep -q "$(printf '\033')" lines || fail 'escapes in a log'
    # one that was killed counts as running until someone says stop
    "$program" run --environment function --option function=onemax --option dimensions=40 --minimize value --agent random \
        --budget 100000000 --store k.ogive --quiet >/dev/null 2>&1 &
    local run=$!
    until ogive watch k.ogive --once 2>/dev/null | grep -q 'accepted'; do sleep 0.1; done
    kill -9 $run
    wait $run 2>/dev/null
    "$program" watch k.ogive --interval 0.1 >killed 2>&1 &
    watcher=$!
    until [ -s killed ]; do sleep 0.1; done
    kill -TERM $watcher
    wait $watcher
    [ $? = 130 ] || fail 'a watch that was stopped ends with another code'
    ! grep -q 'budget used up' killed || fail 'a killed study has ended'
    command -v script >/dev/null || return 0
    # on a terminal: in place, and all is as before when it ends
    terminal() {
        checks=$((checks + 1))
        script -qec "$1" /dev/null >screen </dev/null
    }
    local escape
    escape=$(printf '\033')
    terminal "env TERM=xterm LANG=C.UTF-8 '$program' watch w.ogive" || fail 'a watch on a terminal fails'
    grep -qF "$escape[?1049h" screen && grep -qF "$escape[?1049l" screen || fail 'the screen is not put back'
    grep -qF "$escape[?25l" screen && grep -qF "$escape[?25h" screen || fail 'the cursor is not put back'
    ! grep -qE "$escape\\[[0-9]*m" screen || fail 'colours despite NO_COLOR'
    grep -q '█' screen || fail 'no bar'
    terminal "env -u NO_COLOR TERM=xterm LANG=C '$program' watch w.ogive"
    grep -qE "$escape\\[[0-9]*m" screen || fail 'no colours'
    ! grep -q '█' screen || fail 'letters that the locale lacks'
    # the front is that of the picture: its distinct points are counted
    ogive run --environment dram --option requests=300 --option workload=local --option preset=controller \
        --minimize read_latency_average_ns --minimize power_mw --agent nsga2 --budget 150 --quiet --store f.ogive >/dev/null
    local members
    members=$(ogive plot f.ogive front --format csv | awk -F, '$6 == 1 { print $3, $4 }' | sort -u | wc -l)
    [ "$members" -ge 3 ] || fail "a front of $members designs"
    terminal "env TERM=xterm LANG=C.UTF-8 '$program' watch f.ogive --once"
    grep -q "front of $members designs" screen || fail "not a front of $members designs: $(grep front screen)"
    # no screen is too small
    terminal "stty rows 4 cols 20; env TERM=xterm '$program' watch f.ogive" || fail 'a small screen'
    terminal "env TERM=dumb '$program' watch w.ogive"
    ! grep -q "$escape" screen || fail 'escapes on a dumb terminal'
    terminal "env TERM=xterm COLUMNS=40 LANG=C '$program' watch w.ogive --once"
    [ "$(tr -d '\r' <screen | awk '{ if (length > most) most = length } END { print most }')" -le 40 ] ||
        fail 'lines wider than COLUMNS'
}

group_examples() {
    local file
    for file in "$source_directory"/examples/*.yaml; do
        [ -e "$file" ] || continue
        case $file in
        */compare_functions.yaml)
            expect 0 'Ranks over' - -- ogive compare "$file" --seeds 3 --quiet
            continue
            ;;
        */compare_*)
            # the exact optimum takes minutes
            expect 0 'Ranks over' - -- ogive compare "$file" --seeds 2 --budget 20 --set optimum=best_known --set sample=11 --quiet
            continue
            ;;
        */tune_*)
            expect 0 'tuned' - -- ogive tune "$file" --quiet
            continue
            ;;
        esac
        expect 0 'trials in' - -- ogive run "$file" --budget 20 --set store=null --quiet
    done
}

# new environments: written, tested by their own tests, never written over
group_new() {
    local kind name
    for kind in plugin process command; do
        name=ring_$kind
        expect 0 "$name/test.sh" '' -- ogive new environment "$name" --kind $kind
        expect 0 'all tests passed' - -- env OGIVE="$program" INCLUDE="$source_directory/include" "$name/test.sh"
        expect 2 '' 'is there already' -- ogive new environment "$name" --kind $kind
        grep -q '@NAME@' "$name"/* && fail "a mark is left in $name"
    done
    # a test that cannot fail is none
    sed -i 's/, 32.0\{0,1\}/, 31/; s/32 \/ depth/31 \/ depth/' ring_plugin/ring_plugin.c ring_process/ring_process.py \
        ring_command/ring_command.sh
    for kind in plugin process command; do
        expect 1 'expected: 4,8,fifo,32,784' - -- env OGIVE="$program" INCLUDE="$source_directory/include" "ring_$kind/test.sh"
    done
    expect 2 '' 'install Ogive, or make INCLUDE=' -- make -s -B -C ring_plugin CC='cc -nostdinc' INCLUDE=/nonexistent
    # the start of a plugin compiles without a warning
    expect 0 - '' -- cc -std=c17 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fsyntax-only \
        -I"$source_directory/include" ring_plugin/ring_plugin.c
    # the folder may be there, files of other names too
    mkdir models
    echo mine >models/notes
    expect 0 'models/ring.py' '' -- ogive new environment ring --kind process --folder models
    grep -qx mine models/notes || fail 'another file was touched'
    # one file that is in the way: nothing is written
    mkdir half
    echo mine >half/test.sh
    expect 2 '' 'half/test.sh: is there already' -- ogive new environment ring --folder half
    [ "$(ls half)" = test.sh ] || fail 'a part was written'
    echo >nofolder
    expect 2 '' 'nofolder: cannot be made a folder' -- ogive new environment ring --folder nofolder
    expect 2 '' 'absent/x: cannot be made a folder' -- ogive new environment ring --folder absent/x
    for name in Ring 2ring '' 'a b' 'a;b' ../ring a-b "$(printf 'x%.0s' {1..41})"; do
        expect 2 '' 'cannot be the name of an environment' -- ogive new environment "$name"
    done
    expect 2 '' "'dram' is an environment of the program" -- ogive new environment dram
    expect 2 '' 'kind' -- ogive new environment ring --kind plugn
    [ ! -e ring ] || fail 'a refused environment left a folder'
}

# the hostile: a full disk, names of all kinds, evaluators that misbehave
group_hostile() {
    local kind name process
    # a disk that gets full, played by a limit on files: told, and nothing lost or spoilt
    expect 0 - '' -- search --budget 3000 --store whole.ogive --option dimensions=40
    expect 2 '' 'full.ogive: (disk I/O error|the disk is full)' -- bash -c "trap '' XFSZ; ulimit -f 200; '$program' run \
        --environment function --option function=onemax --option dimensions=40 --minimize value --agent random \
        --budget 3000 --quiet --store full.ogive"
    expect 0 - '' -- ogive studies full.ogive
    expect 0 - '' -- search --budget 3000 --store full.ogive --option dimensions=40
    for kind in whole full; do
        # what is behind the designs and their metrics is of the clock
        ogive export $kind.ogive | cut -d, -f1-44 >$kind.csv
    done
    same whole.csv full.csv
    # names with all that means something somewhere
    cat >names.yaml <<'EOF'
parameters:
  mode:
    choices: ["it's", 'say "hi"', "a;touch owned", "$(touch owned)", "`touch owned`", "two\nlines", "a,b", "--help",
              "{here}", "%s%n", "*", "é", " a b "]
  n: {integer: [0, 3]}
metrics: {length: {better: larger, regex: "length=([0-9]+)"}, copy: {regex: "n=([0-9])"}}
command: [sh, -c, "printf 'length=%d n=%d' \"${#1}\" \"$2\"", sim, "{mode}", "{n}"]
EOF
    name="it's; \"one\" \$(touch owned)"
    expect 0 'trials in' '' -- ogive run --environment command --option file=names.yaml --maximize length \
        --agent random --budget 52 --quiet --store names.ogive --name "$name"
    expect 0 'mode,n,length,copy' '' -- ogive export names.ogive
    cp stdout names.csv
    expect 0 - '' -- ogive evaluate command --option file=names.yaml --designs names.csv -q
    [ "$(grep -c ',feasible,' stdout)" = 52 ] || fail "$(grep -c ',feasible,' stdout) of 52 designs are feasible"
    grep -q '^"a,b",2,3,2,feasible' stdout || fail 'a name with a comma'
    expect 0 - '' -- ogive report names.ogive --foreign --output names.html
    expect 0 - '' -- ogive best names.ogive
    expect 2 '' "one" -- ogive run --environment function --minimize value --agent random --budget 5 --quiet \
        --store names.ogive --name "$name"
    [ ! -e owned ] || fail 'a name was run'
    # an evaluator that never says hello, one that leaves, one that babbles, one that floods
    for kind in 'sleep 100' 'exit 7' 'echo hello' 'yes | tr -d \\n'; do
        printf 'command: [sh, -c, "%s"]\nlimits: {seconds: 0.3, output_kib: 64}\n' "$kind" >bad.yaml
        expect 2 '' 'environment process: .*sh[: ]' -- ogive run --environment process --option file=bad.yaml \
            --minimize cost --agent random --budget 5 --quiet
    done
    # no evaluator outlives its study, one that does not listen neither
    cat >stay.sh <<'EOF'
echo $$ >>"$1"
read -r line
echo '{"type":"hello","protocol":1,"parameters":{"n":{"integer":[0,9]}},"metrics":{"cost":{"better":"smaller"}}}'
while read -r line; do
    case $line in *evaluate*) ;; *) continue ;; esac
    id=${line#*\"id\":}
    echo "{\"type\":\"result\",\"id\":${id%%,*},\"metrics\":{\"cost\":1}}"
done
sleep 1000
EOF
    echo "command: [sh, '{here}/stay.sh', '$work/processes']" >stay.yaml
    expect 0 'trials in' '' -- ogive run --environment process --option file=stay.yaml --minimize cost --agent random \
        --budget 5 --quiet
    for process in $(cat processes); do
        ! kill -0 "$process" 2>/dev/null || fail 'an evaluator outlives its study'
    done
}

# what counts as one task, and what `best` says of it
group_best() {
    # a part of the space that was tried whole is no proof for the whole space
    expect 0 'all designs' '' -- ogive run --environment function --option function=onemax --option dimensions=6 \
        --minimize value --space x1=false --agent exhaustive --budget 32 --store b.ogive --name part
    match stdout '32 trials .*all designs seen'
    expect 0 - '' -- search --option dimensions=6 --budget 20 --name whole --store b.ogive
    expect 0 - '' -- ogive best b.ogive
    [ "$(grep -c '^function: ' stdout)" = 2 ] || fail 'a restricted space was taken for the whole one'
    # derived metrics of one name and other expressions are other tasks
    expect 0 - '' -- search --metric d=value+1 --constraint 'd < 99' --name d1 --store d.ogive
    expect 0 - '' -- search --metric d=value+2 --constraint 'd < 99' --name d2 --store d.ogive
    expect 0 - '' -- ogive best d.ogive
    [ "$(grep -c '^function: ' stdout)" = 2 ] || fail 'other derived metrics were merged'
    # runs without a result found nothing
    for seed in 1 2; do
        search --constraint 'value > 99' --seed $seed --store none.ogive >/dev/null
    done
    expect 1 ' 0 of 2 ' '' -- ogive best none.ogive
    match stdout 'best known found'
    # the same agent with other options or budget is another row
    for seed in 1 2; do
        search --agent genetic --seed $seed --store rows.ogive --name a$seed >/dev/null
        search --agent genetic --agent-option population=8 --seed $seed --store rows.ogive --name b$seed >/dev/null
        search --agent genetic --budget 30 --seed $seed --store rows.ogive --name c$seed >/dev/null
    done
    expect 0 'genetic \(population=8, 60 evaluations\) +2 ' '' -- ogive best rows.ogive
    match stdout 'genetic \(default options, 30 evaluations\) +2 '
    expect 0 - '' -- ogive best rows.ogive --study a1 --study a1
    grep -q 'runs' stdout && fail 'a study named twice counts twice'
}

# Commands in the documents and in the help: their names and options exist (--help ends the reading).
# Workers beside a study on a file; what goes wrong with servers goes wrong in one message.
group_workers() {
    search --store alone.ogive >/dev/null
    search --store shared.ogive --workers --coordinate >/dev/null &
    local run=$! tries=0
    until [ -s shared.ogive ] || [ $((tries += 1)) -gt 600 ]; do sleep 0.1; done
    expect 0 'designs evaluated for 1 study' '' -- ogive worker --store shared.ogive --jobs 1 --idle 5
    wait "$run"
    for store in alone shared; do
        ogive export "$store.ogive" -o "$store.csv"
        cut -d, -f1-15 "$store.csv" >"$store.trials"
    done
    same alone.trials shared.trials
    expect 0 '^0 designs evaluated for 0 studies' '' -- env OGIVE_STORE=alone.ogive "$program" worker --once
    expect 0 '^0 designs evaluated for 0 studies' '' -- \
        env OGIVE_STORE=alone.ogive OGIVE="$program" OGIVE_IDLE=0.1 bash "$source_directory/examples/slurm/workers.sh"
    expect 1 '' 'OGIVE_STORE' -- env -u OGIVE_STORE bash "$source_directory/examples/slurm/workers.sh"
    expect 2 '' '--store: the store of the studies is needed' -- env -u OGIVE_STORE "$program" worker
    expect 2 '' 'there is no store nowhere.ogive' -- ogive worker --store nowhere.ogive
    expect 2 '' 'to let workers evaluate, the study needs a store' -- search --coordinate
    if ! ogive studies postgresql://localhost/ 2>&1 | grep -q 'built without PostgreSQL'; then
        expect 2 '' 'postgresql://me@127.0.0.1:1/x: no connection' -- \
            ogive studies 'postgresql://me:secret@127.0.0.1:1/x'
        for url in 'postgresql://me:secret%@h/x' 'postgresql://me:a@secret@h/x' 'postgresql://me:1/secret@h/x'; do
            expect 2 '' 'the URL of the store is malformed' -- ogive worker --store "$url"
            grep -q secret "$work/stderr" && fail "a password in a message"
        done
    fi
    expect 2 '' 'true or false expected' -- search --set workers=perhaps
}

group_documents() {
    local line file
    while read -r line; do
        line=${line%%|*}
        line=${line%%>*}
        line=${line%%&&*}
        line=${line%% #*}
        expect 0 'Usage' '' -- eval "ogive ${line#*ogive } --help"
    done < <(
        for file in "$source_directory"/README.md "$source_directory"/docs/*.md "$source_directory"/docs/*/*.md; do
            [ -e "$file" ] && sed -e ':join' -e '/\\$/{N;s/\\\n *//;b join' -e '}' "$file" |
                grep -E '^ *(\$ )?(\./)?(build/)?ogive [a-z]' | grep -vE 'COMMAND|\[options\]'
        done
        ogive help --markdown | sed -n '/^Examples/,/^```/p' | grep -E '^ *ogive [a-z]'
    )
    [ $checks -ge 10 ] || fail "only $checks commands found"
}

# comparisons and tunings from outside
group_compare() {
    local file
    printf 'environments: [{name: function, options: {function: onemax, dimensions: 12}}]\nobjectives: {minimize: value}\nagents: [random, genetic]\nbudget: 60\nseeds: 4\noptimum: 0\n' >c.yaml
    expect 0 '^function: minimize value' '' -- ogive compare c.yaml --quiet
    expect 0 'tables and pictures in out' '' -- ogive compare c.yaml -o out --jobs 1 --quiet
    for file in results.csv summary.csv overall.csv timing.csv convergence-function.svg overall.svg ranks.svg runs; do
        [ -s "out/$file" ] || fail "no out/$file"
    done
    [ "$(wc -l <out/results.csv)" = 33 ] || fail 'rows of results.csv'
    expect 0 '8 made before' '' -- ogive compare c.yaml -o out --quiet
    expect 0 - '' -- ogive compare c.yaml -o out4 --jobs 4 --quiet
    for file in results.csv summary.csv overall.csv convergence-function.svg overall.svg ranks.svg; do
        same "out/$file" "out4/$file"
    done
    expect 0 '8 made before' '' -- ogive compare c.yaml -o out --seeds 5 --quiet
    expect 0 '^8 runs in' '' -- ogive compare c.yaml -o out --fresh --budget 20,40 --quiet
    expect 0 'regret @20' '' -- ogive compare c.yaml --budget 20,40 --set agents=[anneal,random] --quiet
    expect 2 '' "no.yaml" -- ogive compare no.yaml
    expect 2 '' "COMPARE.yaml is missing" -- ogive compare
    expect 2 '' "did you mean genetic" -- ogive compare c.yaml --set agents=genetci
    expect 2 '' "folder" -- ogive compare c.yaml -o c.yaml
    printf 'environments: [function]\nobjektives: {minimize: value}\n' >bad.yaml
    expect 2 '' "bad.yaml:2:1: unknown key 'objektives', did you mean objectives" -- ogive compare bad.yaml
    printf 'agent: genetic\noptions: {population: [4, 8]}\nenvironments: [{name: function, options: {function: onemax, dimensions: 12}}]\nobjectives: {minimize: value}\nbudget: 60\nseeds: 2\nheld_out: 3\nlottery: 2\noptimum: 0\nsearch: {budget: 4}\n' >t.yaml
    expect 0 'tuned by random' '' -- ogive tune t.yaml -o tuned --quiet
    cp stdout first.txt
    expect 0 'tuned by random' '' -- ogive tune t.yaml -o tuned --quiet
    same stdout first.txt
    expect 0 'minimize regret' '' -- ogive best tuned/tune.ogive
    expect 2 '' "t.yaml|did you mean population" -- ogive tune t.yaml --set options=[populaton]
}

# learn a proxy, search on it, simulate what it finds
group_proxy() {
    local task=(--environment function --option function=sphere --option dimensions=5 --minimize value)
    expect 0 - '' -- ogive run "${task[@]}" --agent random --budget 120 --name drawn --store p.ogive --quiet
    expect 0 '' 'Proxy of function, learnt from 120 designs' -- ogive proxy fit p.ogive --model boosting -o p.proxy
    match stderr '\*  boosting'
    match stderr 'Feasibility: every design had metrics'
    expect 0 '' '' -- ogive proxy fit p.ogive --model boosting -o again.proxy --jobs 1 --quiet
    same p.proxy again.proxy
    expect 0 '\*  boosting' '' -- ogive proxy show p.proxy
    expect 0 '^value_uncertainty|value_uncertainty ' '' -- ogive describe proxy --option file=p.proxy
    expect 0 '^proxy-genetic-1: 200 trials' '' -- ogive run --environment proxy:p.proxy --minimize value --agent genetic --budget 200 --quiet
    printf 'environment: proxy:p.proxy\nobjectives: {minimize: value}\nagent: anneal\nbudget: 100\n' >p.yaml
    expect 0 '100 trials' '' -- ogive run p.yaml --store q.ogive --quiet
    expect 0 '150 trials' '' -- ogive run p.yaml --store q.ogive --quiet --budget 150
    expect 0 '' '' -- ogive proxy screen p.proxy --minimize value -n 12 --evaluations 2000 -o best.csv --quiet
    [ "$(wc -l <best.csv)" = 13 ] || fail 'rows of best.csv'
    expect 0 '^rest: 40 trials' '' -- ogive run "${task[@]}" --agent genetic --budget 40 --enqueue best.csv --name rest --store p.ogive --quiet
    # better than chance: the best of 12 screened designs against the best of 120 drawn ones
    expect 0 - '' -- ogive run "${task[@]}" --agent random --budget 12 --enqueue best.csv --name screened --store p.ogive --quiet
    cp stdout screened
    expect 0 - '' -- ogive run "${task[@]}" --agent random --budget 120 --name drawn --store p.ogive --quiet
    [ "$(sed 's/.* //' screened stdout | sort -g | head -n 1)" = "$(sed 's/.* //' screened)" ] || fail 'the proxy finds nothing'
    expect 0 '' 'learnt from 1[0-9][0-9] designs' -- ogive proxy fit p.ogive --model ridge -o all.proxy
    # refusals
    expect 2 '' '--output FILE is missing' -- ogive proxy fit p.ogive
    expect 2 '' 'is the store itself' -- ogive proxy fit p.ogive -o p.ogive
    expect 2 '' "no metric 'vlaue', did you mean value" -- ogive proxy fit p.ogive --metric vlaue -o x.proxy
    expect 2 '' "did you mean ridge" -- ogive proxy fit p.ogive --model rigde -o x.proxy
    search --store few.ogive --budget 15 >/dev/null
    expect 2 '' 'at least 20 are needed' -- ogive proxy fit few.ogive -o x.proxy
    search --store few.ogive --option dimensions=13 --name other >/dev/null
    expect 2 '' 'choose its studies with --study' -- ogive proxy fit few.ogive -o x.proxy
    [ -e x.proxy ] && fail 'x.proxy was written'
    expect 2 '' 'p.yaml:1: this is no JSON' -- ogive proxy show p.yaml
    expect 2 '' 'No such file' -- ogive run --environment proxy:no.proxy --minimize value --agent random --budget 5
    expect 2 '' 'file' -- ogive run --environment proxy --minimize value --agent random --budget 5
    # the commands of the pages, with one model, which saves time
    ln -s "$source_directory/examples" examples
    local line
    while read -r line; do
        expect 0 - - -- eval "$line"
    done < <(sed -n '/^```sh/,/^```/{/^```/d;p}' "$source_directory/docs/proxy.md" "$source_directory/docs/environments/proxy.md" |
        sed 's/ *#.*//; s/proxy fit/& --model boosting/')
    [ "$checks" -ge 29 ] || fail 'the pages lack commands'
}

# the record after SIGKILL and resuming equals that of an uninterrupted run
group_crash() {
    local options=(run --environment function --option function=nk_landscape --option dimensions=60 --minimize value
        --agent genetic --budget 300000 --name crash --quiet) round
    ogive "${options[@]}" --store whole.ogive >/dev/null || fail 'the whole run failed'
    ogive export whole.ogive >whole.csv
    for round in 1 2 3; do
        "$program" "${options[@]}" --store killed.ogive >/dev/null 2>&1 &
        local pid=$!
        sleep "0.$((round * 2))"
        kill -KILL $pid 2>/dev/null && echo "killed in round $round"
        wait $pid 2>/dev/null
    done
    expect 0 - - -- ogive "${options[@]}" --store killed.ogive
    ogive export killed.ogive >killed.csv
    same whole.csv killed.csv
    # two runs of one study at once are refused, other studies of the store are not
    "$program" "${options[@]}" --store shared.ogive >/dev/null 2>&1 &
    local busy=$!
    sleep 0.3
    expect 2 '' 'crash' -- ogive "${options[@]}" --store shared.ogive
    expect 0 - - -- search --store shared.ogive --name other
    kill -KILL $busy 2>/dev/null
    wait $busy 2>/dev/null
    # Ctrl-C ends cleanly, with what was found, and the same command goes on
    "$program" "${options[@]}" --store stopped.ogive >stopped.txt 2>stopped.err &
    local pid=$!
    sleep 0.4
    kill -INT $pid
    wait $pid
    local code=$?
    [ $code = 130 ] || [ $code = 0 ] || fail "exit code $code after Ctrl-C"
    [ $code = 0 ] || grep -q 'Ctrl-C again stops at once' stopped.err || fail 'nothing said after Ctrl-C'
    grep -q 'best value' stopped.txt || fail 'no result after Ctrl-C'
    expect 0 - - -- ogive "${options[@]}" --store stopped.ogive
    ogive export stopped.ogive >stopped.csv
    same whole.csv stopped.csv
}

"group_$group"
echo "$checks checks, $wrong wrong"
[ "$wrong" = 0 ]
