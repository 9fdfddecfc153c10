# Sourced by bin/up and bin/test: find and install what the system lacks, and cargo.
# shellcheck shell=bash

fail() { echo "porchlight: $*" >&2; exit 1; }
say() { echo "porchlight: $*" >&2; }

memory_below_4gb() { [ "$(awk '/^MemTotal:/ {print $2}' /proc/meminfo 2>/dev/null || echo 9999999)" -lt 4194304 ]; }

has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null; }
has_redis() { command -v redis-server >/dev/null || command -v valkey-server >/dev/null; }

# Prints the names of missing packages that building and running need, one a line.
missing_packages() {
  command -v cc >/dev/null || echo gcc
  [ -e /usr/include/stdio.h ] || echo libc6-dev
  command -v setpriv >/dev/null || echo util-linux
  command -v awk >/dev/null || echo mawk
  [ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
  [ -n "${DATABASE_URL:-}" ] || has_postgres || echo postgresql
  [ -n "${REDIS_URL:-}" ] || has_redis || echo redis-server
}

# install_packages NAME...: with apt, as root or by sudo; one sentence where that cannot be.
install_packages() {
  [ $# -gt 0 ] || return 0
  command -v apt-get >/dev/null || fail "these packages are missing, under their Debian names; install them and start again: $*"
  local as=()
  if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
      as=(sudo)
    else
      fail "these packages are missing; run as root: apt-get install -y $*"
    fi
  fi
  say "installing $*"
  "${as[@]}" bash -s -- "$@" <<'ROOT' || fail "installing failed; run as root: apt-get install -y $*"
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
# We want the programs only. A policy keeps the packages from starting services of their own
# while they are installed, and no cluster is made.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' > "$policy"; chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get update -q >&2
if [[ " $* " == *" postgresql "* ]]; then
  apt-get install -y -q --no-install-recommends postgresql-common >&2
  conf=/etc/postgresql-common/createcluster.conf
  grep -qs '^create_main_cluster' "$conf" || echo 'create_main_cluster = false' >> "$conf"
fi
apt-get install -y -q --no-install-recommends "$@" >&2
if [[ " $* " == *" redis-server "* ]] && command -v systemctl >/dev/null; then
  systemctl disable redis-server >&2 2>/dev/null || true
fi
ROOT
}

# Root runs the place as a user of its own; make it if it is missing.
make_user() {
  [ "$(id -u)" = 0 ] || return 0
  getent passwd porchlight >/dev/null && return 0
  useradd --system --user-group --no-create-home --home-dir /var/lib/porchlight --shell /usr/sbin/nologin porchlight ||
    fail "the user porchlight cannot be made; make it with: useradd --system porchlight"
}

# find_cargo ROOT: sets PATH so that cargo is found, and checks the version of Rust.
find_cargo() {
  command -v cargo >/dev/null || PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"
  command -v cargo >/dev/null || fail "Rust is missing: install it from https://rustup.rs (1.89 or newer) and start again."
  local version minor
  version=$(cd "$1" && rustc --version 2>/dev/null) || fail "rustc does not run: repair Rust with rustup, or install it from https://rustup.rs."
  version=${version#rustc 1.}
  minor=${version%%.*}
  [ "$minor" -ge 89 ] 2>/dev/null || fail "Rust 1.$minor is too old: run 'rustup update' to get 1.89 or newer."
}
