#!/bin/sh
# Makes the passwords at the first start, and what is derived from them.
#
#   password        the app's: 64 hexadecimal digits; kept once it is there
#   admin-password  the same for people at the store's command line; the app cannot read it
#   operator-password, operator-redis-url
#                   for the dashboard, `hitsvc set` and the other commands that change
#                   counts
#   admin-token     opens the dashboard and the API: HITSVC_ADMIN_TOKEN_FILE
#   redis-url       what the app reads as HITSVC_REDIS_URL_FILE
#   users.acl       the store's users; written anew at each start
#
# To change a password: remove its file and start everything again.
set -eu
umask 077
dir=${1:?the directory of the files}
commands=${APP_COMMANDS:?what the app may send}
operator_commands=${OPERATOR_COMMANDS:?what the commands of the operator may send}

put() { # MODE NAME: replaces a file at once, so that nobody reads half of one
  cat >"$dir/$2.new"
  chmod "$1" "$dir/$2.new"
  mv -f "$dir/$2.new" "$dir/$2"
}

ensure() { # MODE NAME
  [ -s "$dir/$2" ] && return
  od -An -v -N32 -tx1 /dev/urandom | tr -d ' \n' | put "$1" "$2"
  echo "made $2"
}

digest() { # NAME
  sha256sum <"$dir/$1" | cut -d ' ' -f 1
}

ensure 0440 password
ensure 0440 operator-password
ensure 0400 admin-password
ensure 0440 admin-token

# The prefix is text; in an ACL pattern these characters would be more than that.
prefix=$(printf %s "${HITSVC_KEY_PREFIX:-hits:}" | sed 's/[][?*\\]/\\&/g')

put 0440 redis-url <<URL
redis://hitsvc:$(cat "$dir/password")@store:6379/0
URL

put 0440 operator-redis-url <<URL
redis://operator:$(cat "$dir/operator-password")@store:6379/0
URL

# hitsvc may send exactly what the service sends, on the service's keys; the commands are
# in docker-compose.yml. operator may change and remove these too. admin can look at everything and make backups, but change nothing.
put 0400 users.acl <<ACL
user default off resetkeys resetchannels -@all
user hitsvc on #$(digest password) resetkeys resetchannels ~$prefix* -@all $commands
user operator on #$(digest operator-password) resetkeys resetchannels ~$prefix* -@all $operator_commands
user admin on #$(digest admin-password) resetkeys resetchannels ~* -@all +@read +ping +info +config|get +bgsave +bgrewriteaof +lastsave -keys
ACL
