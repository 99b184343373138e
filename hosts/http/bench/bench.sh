#!/usr/bin/env bash
# Compares this host with `wasmtime serve` (pooling allocator on): the same component,
# the same load generator on the same CPUs, alternating rounds.
#
# Reads ANYHOST_HTTP_BIN, WASMTIME, WASI_HTTP_RUST and WASI_HTTP_RUST_AOT (paths), and
# ROUNDS, ROUND_SECONDS, CONNECTIONS.
set -euo pipefail

: "${ANYHOST_HTTP_BIN:?path of the http host}"
: "${WASMTIME:?path of the wasmtime command line}"
: "${WASI_HTTP_RUST:?path of the component}"
: "${WASI_HTTP_RUST_AOT:?path of the precompiled component}"
rounds=${ROUNDS:-5}
seconds=${ROUND_SECONDS:-5}
connections=${CONNECTIONS:-16}

work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT

# start NAME COMMAND...: runs a server until it listens; sets pid, addr, and in
# start_ms the time from the start of the process to its listening line.
start() {
  local name=$1 line begin=${EPOCHREALTIME/./}
  shift
  mkfifo "$work/pipe"
  "$@" >/dev/null 2>"$work/pipe" &
  pid=$!
  pids+=("$pid")
  exec {lines}<"$work/pipe"
  rm "$work/pipe"
  until read -r line <&"$lines"; [[ $line =~ http://([0-9.:]+) ]]; do
    kill -0 "$pid" || { echo "$name does not start: $line" >&2; exit 1; }
  done
  addr=${BASH_REMATCH[1]}
  start_ms=$(((${EPOCHREALTIME/./} - begin) / 100))
  start_ms=${start_ms::-1}.${start_ms: -1}
  # A server that cannot write its stderr must not stop.
  cat <&"$lines" >/dev/null &
}

ours() {
  start anyhost "$ANYHOST_HTTP_BIN" --component "$WASI_HTTP_RUST" \
    --aot "$WASI_HTTP_RUST_AOT" --addr 127.0.0.1:0
}

theirs() {
  start wasmtime "$WASMTIME" serve -O pooling-allocator --addr 127.0.0.1:0 "$WASI_HTTP_RUST"
}

stop() {
  kill -KILL "$1"
  wait "$1" 2>/dev/null || true
}

# load ADDR: prints requests/s, p50 and p99 in milliseconds, and errors.
load() {
  wrk --threads 1 --connections "$connections" --duration "${seconds}s" --latency \
    "http://$1/World" | awk '
    function ms(t) { return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000 }
    $1 == "50%" { p50 = ms($2) }
    $1 == "99%" { p99 = ms($2) }
    $1 == "Requests/sec:" { rate = $2 }
    /Non-2xx|Socket errors/ { errors = 1 }
    END { printf "%.0f %.2f %.2f %s\n", rate, p50, p99, errors ? "ERRORS" : "" }'
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

rss() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }

# first_thousand ADDR: 1,000 requests on 10 connections at once.
first_thousand() {
  local request="GET /World HTTP/1.1\r\nhost: bench\r\n" all='' n
  for ((n = 1; n < 100; n++)); do all+="$request\r\n"; done
  all+="${request}connection: close\r\n\r\n"
  for ((n = 0; n < 10; n++)); do
    {
      exec {socket}<>"/dev/tcp/${1/://}"
      printf '%b' "$all" >&"$socket"
      cat <&"$socket"
    } &
  done | grep --text --only-matching 'HTTP/1.1 200' | awk 'END { exit NR != 1000 }'
}

# requests COUNT ADDR: at least so many more.
requests() {
  local left=$1 made
  while ((left > 0)); do
    made=$(wrk --threads 1 --connections 10 --duration 2s "http://$2/World" |
      awk '/requests in/ { print $1 }')
    left=$((left - made))
  done
}

compare_load() {
  local name round figures
  ours; local our_pid=$pid our_addr=$addr
  theirs; local their_pid=$pid their_addr=$addr
  load "$our_addr" >/dev/null
  load "$their_addr" >/dev/null
  printf '%-6s %-10s %10s %8s %8s\n' round host req/s p50/ms p99/ms
  for ((round = 1; round <= rounds; round++)); do
    for name in anyhost wasmtime; do
      figures=$(load "$([[ $name == anyhost ]] && echo "$our_addr" || echo "$their_addr")")
      echo "$figures" >>"$work/$name"
      # shellcheck disable=SC2086 # the figures are words
      printf '%-6s %-10s %10s %8s %8s %s\n' "$round" "$name" $figures
    done
  done
  for name in anyhost wasmtime; do
    printf '%-6s %-10s %10s %8s %8s\n' median "$name" \
      "$(cut -d' ' -f1 "$work/$name" | median)" \
      "$(cut -d' ' -f2 "$work/$name" | median)" \
      "$(cut -d' ' -f3 "$work/$name" | median)"
  done
  awk -v a="$(cut -d' ' -f1 "$work/anyhost" | median)" \
    -v w="$(cut -d' ' -f1 "$work/wasmtime" | median)" \
    'BEGIN { printf "ratio of req/s: %.2f\n", a / w }'
  stop "$our_pid"
  stop "$their_pid"
}

compare_start() {
  local name run
  for name in ours theirs; do
    for ((run = 0; run < 11; run++)); do
      "$name"
      stop "$pid"
      echo "$start_ms"
    done >"$work/start"
    echo "start to listening, $name: $(median <"$work/start") ms (median of 11)"
  done
}

compare_memory() {
  local name first
  for name in ours theirs; do
    "$name"
    first_thousand "$addr"
    first=$(rss "$pid")
    requests 99000 "$addr"
    awk -v n="$name" -v a="$first" -v b="$(rss "$pid")" 'BEGIN {
      printf "RSS, %s: %d KiB after 1,000 requests, %d KiB after 100,000 (%+.1f %%)\n",
        n, a, b, (b / a - 1) * 100 }'
    stop "$pid"
  done
}

echo "$connections connections, rounds of $seconds s, $(nproc) CPUs, load generator among them"
compare_load
compare_start
compare_memory
