#!/usr/bin/env bash
# A network plugin of CNI 1.0: each pod has an address of its own below 10.88.0.0/16, at the end of a cable to the node.
#
# Its parameters are environment variables that begin with CNI_, and a JSON text on standard input, which has nothing
# that it does not know. It prints what it has made.
set -euo pipefail
cat >/dev/null
next=${0%/*}/next

case $CNI_COMMAND in
  VERSION) echo '{"cniVersion": "1.0.0", "supportedVersions": ["1.0.0"]}' ;;
  ADD)
    exec {lock}>>"$next"
    flock "$lock"
    number=$(($(wc -c <"$next") + 2))
    printf . >>"$next"
    exec {lock}>&-
    address=10.88.$((number / 250)).$((number % 250)) cable=pod$number
    ip link add "$cable" type veth peer name "$CNI_IFNAME" netns "$CNI_NETNS"
    ip address add 10.88.0.1 peer "$address" dev "$cable"
    ip link set "$cable" up
    nsenter --net="$CNI_NETNS" ip address add "$address" peer 10.88.0.1 dev "$CNI_IFNAME"
    nsenter --net="$CNI_NETNS" ip link set "$CNI_IFNAME" up
    nsenter --net="$CNI_NETNS" ip route add default via 10.88.0.1
    echo "{\"cniVersion\": \"1.0.0\", \"interfaces\": [{\"name\": \"$CNI_IFNAME\", \"sandbox\": \"$CNI_NETNS\"}],
      \"ips\": [{\"address\": \"$address/32\", \"gateway\": \"10.88.0.1\", \"interface\": 0}]}"
    ;;
  # The other end goes with it; the namespace may be gone already.
  DEL) [[ ! -e ${CNI_NETNS-} ]] || nsenter --net="$CNI_NETNS" ip link delete "$CNI_IFNAME" 2>/dev/null || true ;;
esac
