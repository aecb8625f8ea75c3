#!/usr/bin/env bash
# Requests per second of Ogive and of other DRAM simulators on the same traces, on one core.
#
#   bench/peers.sh [WORKLOAD]...     all workloads when none is named
#
# The simulators are the user's own builds; one that is not named is skipped:
#   OGIVE_PEER_DRAMSYS     program DRAMSys, version 5.1
#   OGIVE_PEER_DRAMSIM3    built checkout of DRAMsim3 (src/dramsim3.h, libdramsim3.so)
#   OGIVE_PEER_RAMULATOR   built checkout of Ramulator 2.1 (src/ramulator, libramulator.so)
# Others: OGIVE_PEER_REQUESTS (default 100000; sparse and idle_long a fifth), OGIVE_PEER_RUNS
# (default 3, the best counts). Method and caveats: docs/benchmarks.md.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/.."

requests=${OGIVE_PEER_REQUESTS:-100000}
runs=${OGIVE_PEER_RUNS:-3}
folder=build/peers
simulators=(ogive)

fail() {
    echo "peers.sh: $*" >&2
    exit 2
}

# built-in workloads and their share of the requests, in fifths
workloads='
stream 5
stream_write 5
stream_mixed 5
random 5
random_mixed 5
strided 5
conflict 5
strided_lines 5
hot_rows 5
burst_idle 5
sparse 1
local 5
multi_stream 5
idle_long 1
'

# DDR4-2400R (JESD79-4B, 16-16-16), 8 Gb x8, in clock cycles; one rank of eight devices
clock_ps=833 cl=16 cwl=12 rcd=16 rp=16 ras=39 rc=55 wr=18 rtp=9 burst=4 ccd_s=4 ccd_l=6
rrd_s=4 rrd_l=6 wtr_s=3 wtr_l=9 faw=26 rfc=421 refi=9363 rtrs=1
rows=65536 columns=1024

dramsys_configuration() { # TRACE.stl
    cat <<JSON
{"simulation": {
  "simulationid": "peers",
  "simconfig": {"SimulationName": "peers", "PowerAnalysis": false, "DatabaseRecording": false,
    "EnableWindowing": false, "WindowSize": 1000, "Debug": false, "SimulationProgressBar": false,
    "CheckTLM2Protocol": false, "StoreMode": "NoStorage", "UseMalloc": false, "AddressOffset": 0},
  "mcconfig": {"PagePolicy": "Open", "Scheduler": "FrFcfs", "SchedulerBuffer": "Bankwise",
    "RequestBufferSize": 8, "CmdMux": "Oldest", "RespQueue": "Fifo", "Arbiter": "Simple",
    "RefreshPolicy": "AllBank", "RefreshMaxPostponed": 0, "RefreshMaxPulledin": 0,
    "PowerDownPolicy": "NoPowerDown", "MaxActiveTransactions": 64, "RefreshManagement": false},
  "addressmapping": {"BYTE_BIT": [$(seq -s, 0 2)], "COLUMN_BIT": [$(seq -s, 3 12)],
    "BANKGROUP_BIT": [13, 14], "BANK_BIT": [15, 16], "ROW_BIT": [$(seq -s, 17 32)]},
  "memspec": {"memoryId": "ddr4_2400", "memoryType": "DDR4",
    "memarchitecturespec": {"burstLength": $((2 * burst)), "dataRate": 2, "width": 8,
      "nbrOfDevices": 8, "nbrOfChannels": 1, "nbrOfRanks": 1, "nbrOfBankGroups": 4,
      "nbrOfBanks": 16, "nbrOfRows": $rows, "nbrOfColumns": $columns},
    "memtimingspec": {"tCK": $clock_ps, "AL": 0, "CL": $cl, "RL": $cl, "WL": $cwl, "DQSCK": 0,
      "RCD": $rcd, "RP": $rp, "RAS": $ras, "RC": $rc, "WR": $wr, "RTP": $rtp, "FAW": $faw,
      "CCD_S": $ccd_s, "CCD_L": $ccd_l, "RRD_S": $rrd_s, "RRD_L": $rrd_l, "WTR_S": $wtr_s,
      "WTR_L": $wtr_l, "REFI": $refi, "RFC": $rfc, "RFC2": 313, "RFC4": 193, "REFM": 1,
      "RPRE": 1, "WPRE": 1, "RTRS": $rtrs, "CKE": 6, "CKESR": 7, "XP": 8, "XPDLL": 325,
      "XS": 433, "XSDLL": 768, "ACTPDEN": 2, "PRPDEN": 2, "REFPDEN": 2}},
  "tracesetup": [{"name": "$1", "clkMhz": 1200}]
}}
JSON
}

dramsim3_configuration() {
    cat <<INI
[dram_structure]
protocol = DDR4
bankgroups = 4
banks_per_group = 4
rows = $rows
columns = $columns
device_width = 8
BL = $((2 * burst))
[timing]
tCK = 0.$clock_ps
AL = 0
CL = $cl
CWL = $cwl
tRCD = $rcd
tRP = $rp
tRAS = $ras
tRFC = $rfc
tREFI = $refi
tRPRE = 1
tWPRE = 1
tRRD_S = $rrd_s
tRRD_L = $rrd_l
tWTR_S = $wtr_s
tWTR_L = $wtr_l
tFAW = $faw
tWR = $wr
tRTP = $rtp
tCCD_S = $ccd_s
tCCD_L = $ccd_l
tCKE = 6
tCKESR = 7
tXS = 433
tXP = 8
tRTRS = $rtrs
[power]
VDD = 1.2
IDD0 = 48
IDD2P = 25
IDD2N = 34
IDD3P = 37
IDD3N = 43
IDD4W = 123
IDD4R = 135
IDD5AB = 250
IDD6x = 30
[system]
channel_size = 8192
channels = 1
bus_width = 64
address_mapping = rochbabgraco
queue_structure = PER_BANK
refresh_policy = RANK_LEVEL_STAGGERED
row_buf_policy = OPEN_PAGE
cmd_queue_size = 8
trans_queue_size = 32
[other]
epoch_period = 100000000
output_level = 0
INI
}

# Its timing rules are lists [level, earlier commands, later commands, distance, window]; levels
# 1 rank, 2 bank group, 3 bank; commands 0 ACT 1 PRE 2 PREA 3 RD 4 WR 5 RDA 6 WRA 7 REF.
ramulator_configuration() {
    local write_end=$((cwl + burst))
    cat <<YAML
frontend: {impl: External, clock_ratio: 1}
memory_system:
  impl: GenericDRAM
  clock_ratio: 1
  channel_mapper: {impl: PassThroughChannelMapper}
  controllers:
    - impl: GenericDDR
      read_buffer_size: 32
      write_buffer_size: 32
      scheduler: {impl: FRFCFS}
      refresh_manager: {impl: AllBank, scatter_interval: 0, debug: false}
      row_policy: {impl: Open}
      addr_mapper: {impl: PassThroughAddrMapper}
      dram:
        impl: DDR4
        org: {dq: 8, count: [1, 1, 4, 4, $rows, $columns]}
        timing: [2400, $burst, $cl, $rcd, $rp, $ras, $rc, $wr, $rtp, $cwl, $ccd_s, $ccd_l,
                 $rrd_s, $rrd_l, $wtr_s, $wtr_l, $faw, $rfc, $refi, 2, $clock_ps]
        channel_width: 64
        read_latency: $((cl + burst))
        timing_constraints:
          - [1, [3, 5], [3, 5], $ccd_s]
          - [1, [4, 6], [4, 6], $ccd_s]
          - [2, [3, 5], [3, 5], $ccd_l]
          - [2, [4, 6], [4, 6], $ccd_l]
          - [1, [3, 5], [4, 6], $((cl + burst - cwl + 2))]
          - [1, [4, 6], [3, 5], $((write_end + wtr_s))]
          - [2, [4, 6], [3, 5], $((write_end + wtr_l))]
          - [1, [0], [0], $rrd_s]
          - [2, [0], [0], $rrd_l]
          - [3, [0], [0], $rc]
          - [1, [0], [0], $faw, 4]
          - [3, [0], [3, 4, 5, 6], $rcd]
          - [3, [0], [1], $ras]
          - [1, [0], [2], $ras]
          - [3, [3], [1], $rtp]
          - [1, [3], [2], $rtp]
          - [3, [4], [1], $((write_end + wr))]
          - [1, [4], [2], $((write_end + wr))]
          - [3, [1], [0], $rp]
          - [1, [2], [0], $rp]
          - [3, [5], [0], $((rtp + rp))]
          - [3, [6], [0], $((write_end + wr + rp))]
          - [1, [0], [7], $rc]
          - [1, [1, 2], [7], $rp]
          - [1, [5], [7], $((rtp + rp))]
          - [1, [6], [7], $((write_end + wr + rp))]
          - [1, [7], [0, 2], $rfc]
YAML
}

# Every runner prints "cycles seconds" for one run of a trace: processor seconds of the simulation.
run_ogive() {
    "$folder/ogive" run "$1"
}

run_dramsim3() {
    "$folder/dramsim3" "$folder/dramsim3.ini" "$1" "$folder"
}

run_ramulator() {
    "$folder/ramulator" "$folder/ramulator.yaml" "$1"
}

# dramsys_seconds TRACE.stl: processor seconds of the whole process
dramsys_seconds() {
    dramsys_configuration "$PWD/$1" >"$folder/dramsys.json"
    local TIMEFORMAT='%3U %3S'
    { time "$OGIVE_PEER_DRAMSYS" "$folder/dramsys.json" "$folder" >"$folder/dramsys.log" 2>&1; } 2>&1 |
        awk '{ printf "%.3f\n", $1 + $2 }'
}

# The smaller of processor seconds and the clock seconds that DRAMSys prints: its trace is parsed
# during the simulation, by a second thread whose processor time is not simulation.
run_dramsys() {
    local seconds
    seconds=$(dramsys_seconds "$1")
    awk -v clock="$clock_ps" -v seconds="$seconds" -v fixed="$dramsys_fixed" '
        BEGIN { seconds -= fixed }
        /Total Time:/ { cycles = $4 / clock }
        /^Simulation took/ { if ($3 < seconds) seconds = $3 }
        END { if (cycles) printf "%.0f %.6f\n", cycles, seconds; else print "failed" }
        ' "$folder/dramsys.log"
}

# A run of 100 requests is all process start: what every DRAMSys run costs besides simulating.
dramsys_measure_fixed() {
    local seconds
    for _ in 1 2 3 4 5; do
        seconds=$(dramsys_seconds "$folder/random.stl")
        dramsys_fixed=$(awk -v a="${dramsys_fixed:-1}" -v b="$seconds" 'BEGIN { print a < b ? a : b }')
    done
}

write_trace() { # WORKLOAD REQUESTS
    local file=$folder/$1.stl
    "$folder/ogive" save "$1" "$2" "$file"
    # one port for all: the peers read neither comments nor several initiators from one file
    sed -i 's/[[:space:]]*#.*//; /^$/d' "$file"
}

build_ogive() {
    cmake --preset release -DBUILD_TESTING=OFF >"$folder/build.log"
    cmake --build --preset release --target peer_ogive >>"$folder/build.log" ||
        { cat "$folder/build.log" >&2; exit 1; }
    cp build/bench/peer_ogive "$folder/ogive"
}

build_peers() {
    local flags=(-std=c++20 -O3 -DNDEBUG) root
    if [ -n "${OGIVE_PEER_DRAMSYS:-}" ]; then
        [ -x "$OGIVE_PEER_DRAMSYS" ] || fail "OGIVE_PEER_DRAMSYS=$OGIVE_PEER_DRAMSYS is no program"
        simulators+=(dramsys)
    else
        echo "DRAMSys skipped: OGIVE_PEER_DRAMSYS names no program"
    fi
    if [ -n "${OGIVE_PEER_RAMULATOR:-}" ]; then
        root=$OGIVE_PEER_RAMULATOR
        [ -e "$root/libramulator.so" ] || fail "OGIVE_PEER_RAMULATOR=$root: no libramulator.so there"
        "${CXX:-c++}" "${flags[@]}" -I "$root/src" bench/peers/ramulator.cpp -o "$folder/ramulator" \
            -L "$root" -Wl,-rpath,"$root" -lramulator
        ramulator_configuration >"$folder/ramulator.yaml"
        simulators+=(ramulator)
    else
        echo "Ramulator 2.1 skipped: OGIVE_PEER_RAMULATOR names no built checkout"
    fi
    if [ -n "${OGIVE_PEER_DRAMSIM3:-}" ]; then
        root=$OGIVE_PEER_DRAMSIM3
        [ -e "$root/libdramsim3.so" ] || fail "OGIVE_PEER_DRAMSIM3=$root: no libdramsim3.so there"
        "${CXX:-c++}" "${flags[@]}" -I "$root/src" bench/peers/dramsim3.cpp -o "$folder/dramsim3" \
            -L "$root" -Wl,-rpath,"$root" -ldramsim3
        dramsim3_configuration >"$folder/dramsim3.ini"
        simulators+=(dramsim3)
    else
        echo "DRAMsim3 skipped: OGIVE_PEER_DRAMSIM3 names no built checkout"
    fi
}

# measure NAME REQUESTS: appends "workload simulator requests cycles seconds [seconds]" of every run
measure() {
    local simulator run
    for simulator in "${simulators[@]}"; do
        for ((run = 0; run < runs; run++)); do
            echo "$1 $simulator $2 $("run_$simulator" "$folder/$1.stl" || true)" >>"$folder/runs.txt"
            ! tail -n 1 "$folder/runs.txt" | grep -qE 'livelock|failed' || break
        done
    done
}

print_tables() {
    awk -v list="${simulators[*]}" '
        function speed(x) { return x >= 1e6 ? sprintf("%.2f M", x / 1e6) : sprintf("%.0f k", x / 1e3) }
        BEGIN {
            n = split(list, simulators, " ")
            label["ogive"] = "Ogive"; label["dramsys"] = "DRAMSys"
            label["ramulator"] = "Ramulator 2.1"; label["dramsim3"] = "DRAMsim3"
        }
        {
            if (!($1 in seen)) { seen[$1] = 1; names[++count] = $1 }
            cycles[$1, $2] = $4
            if ($4 !~ /^[0-9]+$/) next
            if ($3 / $5 > rate[$1, $2]) rate[$1, $2] = $3 / $5
            if (NF >= 6 && $3 / $6 > simulate[$1]) simulate[$1] = $3 / $6
        }
        END {
            print "Requests per second, best run of each:\n"
            printf "| workload | Ogive | Ogive, opened once"
            for (s = 2; s <= n; s++) printf " | %s", label[simulators[s]]
            print (n > 1 ? " | to the fastest | opened once |" : " |")
            for (s = 1; s <= n + (n > 1 ? 4 : 2); s++) printf "|---"
            print "|"
            for (w = 1; w <= count; w++) {
                name = names[w]
                printf "| %s | %s | %s", name, speed(rate[name, "ogive"]), speed(simulate[name])
                fastest = 0
                for (s = 2; s <= n; s++) {
                    r = rate[name, simulators[s]]
                    printf " | %s", r ? speed(r) : cycles[name, simulators[s]]
                    if (r > fastest) fastest = r
                }
                if (fastest > 0) {
                    ratio = rate[name, "ogive"] / fastest; once = simulate[name] / fastest
                    printf " | %.1fx | %.1fx", ratio, once
                    logs += log(ratio); logs_once += log(once); rows++
                    if (!least || ratio < least) least = ratio
                    if (!least_once || once < least_once) least_once = once
                }
                print " |"
            }
            if (rows) {
                printf "\nOgive against the fastest of the others: geometric mean %.1fx, least %.1fx;", \
                    exp(logs / rows), least
                printf " opened once %.1fx, least %.1fx\n", exp(logs_once / rows), least_once
            }
            print "\nSimulated clock cycles:\n"
            printf "| workload"
            for (s = 1; s <= n; s++) printf " | %s", label[simulators[s]]
            print " |"
            for (s = 0; s <= n; s++) printf "|---"
            print "|"
            for (w = 1; w <= count; w++) {
                printf "| %s", names[w]
                for (s = 1; s <= n; s++) printf " | %s", cycles[names[w], simulators[s]]
                print " |"
            }
        }' "$folder/runs.txt"
}

for name in "$@"; do
    grep -q "^$name " <<<"$workloads" ||
        fail "no workload named '$name'; there are:$(cut -d' ' -f1 <<<"$workloads" | tr '\n' ' ')"
done
mkdir -p "$folder"
: >"$folder/runs.txt"
build_ogive
build_peers
dramsys_fixed=
if [ -n "${OGIVE_PEER_DRAMSYS:-}" ]; then
    write_trace random 100
    dramsys_measure_fixed
fi
while read -r name fifths; do
    [ -n "$name" ] || continue
    [ $# = 0 ] || [[ " $* " == *" $name "* ]] || continue
    count=$((requests * fifths / 5))
    write_trace "$name" "$count"
    measure "$name" "$count"
done <<<"$workloads"
printf '\n%s, %s, load %s\n\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" \
    "$(cc --version | head -n 1)" "$(cut -d' ' -f1 /proc/loadavg)"
print_tables
