# Sourced by the launcher and by the scripts beside this file: where the build root is and how to enter it.
# shellcheck shell=bash

fail() {
  printf 'anyhost: %s\n' "$*" >&2
  exit 1
}

shopt -s extglob
repo=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
buildroot=$repo/tools/buildroot
[[ ${HOME-} || ${XDG_CACHE_HOME-} || ${ANYHOST_CACHE-} ]] ||
  fail "HOME is not set: set it, or ANYHOST_CACHE to a folder for the build root and the caches"
cache=$(realpath -m -- "${ANYHOST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/anyhost}")
[[ $cache != *[[:space:]]* ]] ||
  fail "the cache folder '$cache' has white space in its name: set ANYHOST_CACHE to another one"
[[ $(uname -sm) == 'Linux x86_64' ]] || fail "the build root is for Linux on x86_64, this is $(uname -sm)"

# Whose targets are meant: Bazel takes the nearest folder with a MODULE.bazel. A workspace that depends on the module anyhost
# is built as this checkout is.
workspace=$PWD
until [[ $workspace == / || -e $workspace/MODULE.bazel ]]; do workspace=$(dirname -- "$workspace"); done
grep -qszE 'bazel_dep\([^)]*name = "anyhost"' "$workspace/MODULE.bazel" || workspace=$repo

# One root for each content of what makes it, so checkouts of different commits never disturb each other.
made_of=$(cat "$buildroot"/{packages,lock,make,fetch,add,steps.sh,generator.sed,rules_rust.sed} | sha256sum | cut -c1-12)
key=$(echo "$made_of $cache" | sha256sum | cut -c1-12)
root=$cache/root-$key

# The machine's own certificates, wherever they are below the folder for them; and what names their content.
own_certificates=/usr/local/share/ca-certificates
certificates() { find -L "$own_certificates" -name '*.crt' -type f -printf '%P\0' 2>/dev/null | LC_ALL=C sort -z || true; }
certificates_digest() { certificates | (cd "$own_certificates" 2>/dev/null && xargs -0 -r cat) | sha256sum | cut -c1-12; }

# replaced FOLDER: the packages of a root and of its add-ons that are not as locked (< locked, > there).
replaced() {
  local list part
  for list in "$1"/etc/anyhost/manifest "$1"/etc/anyhost/add-ons/*; do
    [[ -e $list ]] || continue
    part=${list##*/}
    awk -v part="${part/#manifest/base}" '$4 ~ "(^|,)" part "(,|$)" { print $1, $2, $3 }' "$buildroot/lock" |
      diff - "$list" | grep '^[<>]' || true
  done
}

# write_settings FOLDER: what depends on where the root and the caches are. The disk cache is that of the lock, whatever
# add-ons there are; a root that could not have all that is locked has a disk cache of its own.
write_settings() {
  local content settings=$1/etc/anyhost/bazelrc
  replaced "$1" >"$1/etc/anyhost/replaced"
  content=$(cat "$buildroot/"{lock,generator.sed,rules_rust.sed} "$1/etc/anyhost/replaced" | sha256sum | cut -c1-12)
  echo "$root" >"$1/etc/anyhost/root"
  cat >"$settings.part" <<END
common --disk_cache=$cache/disk-$content
common --repo_env=ANYHOST_BUILD_ROOT=$content
common --repository_cache=$cache/repositories
common --repo_env=CARGO_HOME=$cache/cargo
common --repo_env=npm_config_cache=$cache/npm
common --repo_env=PIP_CACHE_DIR=$cache/pip
common --repo_env=TMPDIR=$cache/tmp
common --repo_env=CARGO_BAZEL_GENERATOR_URL=file:///usr/local/bin/cargo-bazel
END
  mv "$settings.part" "$settings"
}

# modules_rc: the path of Bazel's settings that say where the modules are, for the workspace.
modules_rc() {
  local file settings
  settings=$(<"$repo/tools/modules/overrides.bazelrc")
  file=$cache/modules-$(echo "$repo $workspace" | sha256sum | cut -c1-12).bazelrc
  settings=${settings//%anyhost%/"$repo"}
  [[ $workspace == "$repo" ]] || settings+=$'\n'"common \"--override_module=anyhost=$repo\""
  # Another ./bazel may read it at the same time. Those of checkouts that nobody has used for long go, and come back with them.
  [[ -e $file && $(<"$file") == "$settings" ]] || {
    find "$cache" -maxdepth 1 -name 'modules-*.bazelrc' -mtime +30 -delete
    echo "$settings" >"$file.$$" && mv "$file.$$" "$file"
  }
  echo "$file"
}

# enter_root COMMAND...: replaces this process by COMMAND inside the read-only build root. The machine's own folders
# (homes, /tmp, …) are seen as they are; its programs, libraries and settings are not.
# Set root_bind=--bind to write to the root. /proc is bound and not mounted anew, because Bazel's linux-sandbox could
# not mount its own over a new one.
enter_root() {
  # What `bazel run` starts is inside already.
  [[ ! -e /etc/anyhost/manifest ]] || exec "$@"
  local path name view=(--tmpfs /)
  for path in /*; do
    [[ ! -d $path || -L $path || $path == /@(boot|dev|etc|lost+found|proc|run|sys|usr|var) || -e $root/$path && $path == /@(bin|lib*|sbin) ]] ||
      view+=(--bind "$path" "$path")
  done
  for path in "$root"/*; do
    name=/${path##*/}
    if [[ -L $path ]]; then
      view+=(--symlink "$(readlink "$path")" "$name")
    elif [[ $name == /@(etc|usr|var) ]]; then
      view+=("${root_bind:---ro-bind}" "$path" "$name")
    fi
  done
  # The root's own folders hide these from a checkout or a cache that is below one of them.
  for path in "$repo" "$workspace" "$cache"; do
    [[ $path != /@(run|usr|var)/* ]] || view+=(--bind "$path" "$path")
  done
  # Programs that ask who they are, as cargo for a home, find no ordinary user in the root's own list.
  local users
  if ((EUID != 0)); then
    exec {users}< <(cat "$root/etc/passwd" && echo "$(id -un):x:$EUID:$(id -g)::$cache/home:/bin/bash")
    view+=(--ro-bind-data "$users" /etc/passwd)
  fi
  for name in resolv.conf hosts; do
    [[ ! -e /etc/$name ]] || view+=(--ro-bind "$(realpath "/etc/$name")" "/etc/$name")
  done
  local ca=/etc/ssl/certs/ca-certificates.crt
  local env=(
    ANYHOST_CACHE="$cache" HOME="$cache/home" USER="$(id -un)" LANG=C.UTF-8 TERM="${TERM:-dumb}"
    PATH=/usr/local/bin:/usr/sbin:/usr/bin
    SSL_CERT_FILE="$ca" NODE_EXTRA_CA_CERTS="$ca" PIP_CERT="$ca"
  )
  for name in {http,https,no}_proxy {HTTP,HTTPS,NO}_PROXY COLORTERM NO_COLOR ANYHOST_STRICT; do
    [[ ! ${!name-} ]] || env+=("$name=${!name}")
  done
  # Names and passwords for registries are where the user's own programs keep them.
  local auth=${REGISTRY_AUTH_FILE:-${DOCKER_CONFIG:-${HOME-}/.docker}/config.json}
  [[ ! ${REGISTRY_AUTH_FILE-} && ! -e $auth ]] || env+=(REGISTRY_AUTH_FILE="$(realpath -m -- "$auth")")
  # The machine's own daemons, for hosts that are told to use them: /run, where they listen, is another one inside.
  local sockets=() socket=${DOCKER_HOST-}
  [[ ! $socket ]] || env+=(DOCKER_HOST="$socket")
  for path in /run/docker.sock /run/containerd/containerd.sock "/run/user/$EUID/docker.sock" "${socket#unix://}"; do
    path=$(realpath -m -- "${path:-/}")
    [[ ! -S $path ]] || sockets+=(--bind "$path" "$path")
  done
  # What rules of repositories write to be run goes to this tmp: the machine's /tmp may be mounted noexec.
  mkdir -p "$cache"/{home,tmp}

  # Bubblewrap stays the parent of what it runs and passes no signals on. So it only makes the namespaces, around a
  # cat that ends with this shell's image, and this very process enters them: signals, terminal, standard input and
  # exit status are then those of the command itself.
  local pid join=()
  coproc holder { exec env -i bwrap "${view[@]}" --tmpfs /run "${sockets[@]}" --dev-bind /dev /dev --bind /proc /proc --bind /sys /sys \
    /bin/sh -c 'echo $$ && exec cat' 2>&1; }
  read -r pid <&"${holder[0]}" || true
  [[ $pid =~ ^[0-9]+$ ]] ||
    fail "bubblewrap cannot enter $root: ${pid:-it says nothing}$( ((EUID == 0)) || echo "; if this machine keeps ordinary users from making user namespaces, allow it or run ./bazel as root")"
  exec {mount_ns}<"/proc/$pid/ns/mnt"
  join=(--mount="/proc/self/fd/$mount_ns")
  if ((EUID != 0)); then
    exec {user_ns}<"/proc/$pid/ns/user"
    join=(--user="/proc/self/fd/$user_ns" --preserve-credentials "${join[@]}")
  fi
  # shellcheck disable=SC2016 # the last shell, in the root, expands these
  exec env -i "${env[@]}" nsenter "${join[@]}" /bin/bash -c \
    'cd -- "$1" && eval "exec $2" && shift 2 && exec "$@"' anyhost "$PWD" "$mount_ns<&- ${user_ns+$user_ns<&-} ${users+$users<&-}" "$@"
}
