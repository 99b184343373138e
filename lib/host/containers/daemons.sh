#!/usr/bin/env bash
# Private daemons: daemons.sh containerd|docker PATH
#
# Process 1 of namespaces of its own (mounts, network, processes). All that the daemons write is below a tmpfs on /run.
# It prints `ready CGROUP` when they answer, and lives until its standard input ends: the kernel closes that pipe when
# whoever started this has ended, for whatever reason. Its own end kills all that is left in the namespaces, and with
# the last process these vanish too. Only cgroups outlive them, so those are removed here.
set -euo pipefail
shopt -s nullglob
daemons=$1 PATH=$2
home=/run/anyhost
log=$home/log

# Where the kernel has cgroups: each hierarchy of v1, and v2.
hierarchies=(/sys/fs/cgroup /sys/fs/cgroup/*/)

# remove_cgroup NAME: in all hierarchies, from the leaves up; one that is in use stays.
remove_cgroup() {
  local hierarchy
  for hierarchy in "${hierarchies[@]}"; do
    [[ ! -d $hierarchy/$1 ]] || find "$hierarchy/$1" -depth -type d -exec rmdir {} + 2>>"$log" || true
  done
}

# started PID: when a process was started, in ticks since boot; nothing if there is none.
started() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  stat=${stat##*) }
  cut -d ' ' -f 20 <<<"$stat"
}

fail() {
  echo "$*" >&2
  exit 1
}

# await NAME PID COMMAND...: waits until the daemon answers the command.
await() {
  local name=$1 pid=$2 end=$((SECONDS + 60))
  shift 2
  until "$@" >>"$log.wait" 2>&1; do
    # What the daemon said last is why.
    kill -0 "$pid" 2>>"$log" || fail "$name has ended: $(tail -n 1 "$log.$name")"
    ((SECONDS < end)) || fail "$name does not answer for a minute: $(tail -n 1 "$log.$name")"
    sleep 0.05
  done
}

# Without --no-mtab it would first make /run/mount, outside.
mount --no-mtab -t tmpfs -o mode=0755 anyhost /run
mkdir -p "$home/tmp"
export PATH TMPDIR=$home/tmp HOME=$home

# /proc is still the one outside, where this process has another number. A cgroup whose owner is gone is removed; the
# time tells two processes of the same number from each other.
read -r self _ </proc/self/stat
cgroup=anyhost-$self-$(started "$self")
for old in /sys/fs/cgroup/anyhost-*-* /sys/fs/cgroup/*/anyhost-*-*; do
  IFS=- read -r _ pid time <<<"${old##*/}"
  [[ $(started "$pid") == "$time" ]] || remove_cgroup "${old##*/}"
done

mount -t proc proc /proc
ip link set lo up

cat >"$home/containerd.toml" <<END
version = 3
root = "$home/containerd"
state = "$home/containerd-state"
disabled_plugins = ["io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime", "io.containerd.grpc.v1.cri", "io.containerd.nri.v1.nri"]
[grpc]
address = "$home/containerd.sock"
END
containerd --config "$home/containerd.toml" >>"$log.containerd" 2>&1 </dev/null &
await containerd $! ctr --address "$home/containerd.sock" version

if [[ $daemons == docker ]]; then
  echo '{"features": {"containerd-snapshotter": true}}' >"$home/dockerd.json"
  dockerd --config-file "$home/dockerd.json" --data-root "$home/docker" --exec-root "$home/docker-state" \
    --pidfile "$home/dockerd.pid" --host "unix://$home/docker.sock" --containerd "$home/containerd.sock" \
    --cgroup-parent "/$cgroup" --exec-opt native.cgroupdriver=cgroupfs --shutdown-timeout 1 \
    >>"$log.dockerd" 2>&1 </dev/null &
  await dockerd $! docker --host "unix://$home/docker.sock" version
fi

echo "ready $cgroup"
exec 2>>"$log"
cat >>"$log" || true

# Whatever was not stopped in good order has had its time.
kill -KILL -1 || true
while processes=(/proc/[0-9]*/) && ((${#processes[@]} > 1)); do
  sleep 0.01
done
remove_cgroup "$cgroup"
