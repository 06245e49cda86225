#!/bin/sh
# Makes what is served as /hits.js of the script that people read: `make script`.
cd "$(dirname "$0")" || exit
exec node_modules/.bin/terser --ecma 2020 --compress passes=3 --mangle -- \
  "${1:-../../hitsvc/pages/assets/hits.js}"
