#!/bin/sh
# What people and Compose do with the store; it runs inside the store's container.
#
#   serve    start the store; Redis and Valkey alike
#   check    tell if the container may have too little memory for MAXMEMORY
#   healthy  exit with 0 if it answers the app's user
#   cli ...  a command line as the user "admin", who can read but not change
#   backup   write a consistent copy of all data to standard output, while it runs
#   restore  make standard input, such a copy, the data; the store must be stopped
set -eu
secrets=/run/hitsvc

program() { command -v "redis-$1" || command -v "valkey-$1"; }

cli() {
  REDISCLI_AUTH=$(cat "$secrets/admin-password") "$(program cli)" --user admin --no-auth-warning "$@"
}

fact() { # SECTION FIELD
  cli info "$1" | tr -d '\r' | sed -n "s/^$2://p"
}

# When the kernel ends the store for its memory, it is away until it has loaded its data.
check() {
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null ||
    cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || echo max)
  echo "${MAXMEMORY:-256mb} $limit" | awk '
    $2 == "max" { exit }
    {
      unit = substr(tolower($1), match($1 "x", /[^0-9]/), 1)
      size = $1 * (unit == "k" ? 1024 : unit == "m" ? 1024^2 : unit == "g" ? 1024^3 : 1)
      if (size == 0 || size * 2 > $2) # 0 is no bound
        printf "the container may have %d MB, less than twice HITSVC_STORE_MAXMEMORY (%s): raise HITSVC_STORE_MEMORY too\n", $2 / 1024^2, $1
    }'
}

case ${1-} in
serve)
  check
  exec "$(program server)" /opt/hitsvc/redis.conf \
    --appendfsync "${APPENDFSYNC:-always}" --maxmemory "${MAXMEMORY:-256mb}"
  ;;
check)
  check
  ;;
healthy)
  answer=$(REDISCLI_AUTH=$(cat "$secrets/password") "$(program cli)" --user hitsvc --no-auth-warning ping)
  [ "$answer" = PONG ]
  ;;
cli)
  shift
  cli "$@"
  ;;
backup)
  # One that runs already may have begun before the last hit: wait, then make another.
  for _ in $(seq 600); do
    case $(cli bgsave 2>&1) in
    *started*) break ;;
    *progress*) sleep 1 ;;
    *) echo "the store refuses to save; see its log" >&2; exit 1 ;;
    esac
  done
  while [ "$(fact persistence rdb_bgsave_in_progress)" = 1 ]; do sleep 1; done
  [ "$(fact persistence rdb_last_bgsave_status)" = ok ] || { echo "saving failed; see the store's log" >&2; exit 1; }
  cat /data/dump.rdb
  ;;
restore)
  cd /data
  # With an append-only file a store never reads dump.rdb: the copy must become the
  # base of that file.
  cat >restored.rdb
  "$(program check-rdb)" restored.rdb >&2 || { rm restored.rdb; echo "not a backup; nothing was changed" >&2; exit 1; }
  rm -rf before-restore
  [ ! -d appendonlydir ] || mv appendonlydir before-restore
  mkdir appendonlydir
  mv restored.rdb appendonlydir/appendonly.aof.1.base.rdb
  echo "file appendonly.aof.1.base.rdb seq 1 type b" >appendonlydir/appendonly.aof.manifest
  sync
  echo "restored; the data before it lie in the volume's before-restore" >&2
  ;;
*)
  echo "usage: store.sh serve | check | healthy | cli COMMAND | backup | restore" >&2
  exit 2
  ;;
esac
