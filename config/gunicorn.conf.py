"""How hitsvc's web server runs: gunicorn's settings, in Python.

`hitsvc serve` reads this file at its start, on a laptop and in the image alike. To
change it, edit a copy and name that in HITSVC_GUNICORN_CONF. What other names mean:
https://gunicorn.org/reference/settings/. Left out are those that are no choice: the
socket, the kind of workers, and what makes them end together.

`settings` are the service's own, from HITSVC_* variables and the command line; see
docs/settings.md.
"""

import os

from hitsvc.serve import log_config, usable_cpus
from hitsvc.settings import Settings

settings: Settings = globals().get("settings") or Settings.load(os.environ)

# One process for each CPU, also where a container is given less than the machine has.
# The memory store lives in one process.
workers = 1 if settings.redis_url == "memory" else settings.workers or usable_cpus()

# Connections that each worker keeps. Above that it closes idle ones, the oldest first,
# and answers 503 if none is idle. The limit on open files is raised as it needs.
worker_connections = settings.max_connections
# Connections that the kernel keeps waiting while the workers are busy.
backlog = 2048

# Seconds. Above what proxies keep an idle connection for (nginx: 60), so that none
# sends a request into a connection that is being closed.
keepalive = 75
# A worker that has not shown signs of life for so long is replaced.
timeout = 30
# What a stopping worker may take to answer what it has begun to. Below Compose's
# stop_grace_period.
graceful_timeout = 10

# What one client may ask of us. gunicorn's limit_request_* do not hold here: these
# three are ours.
request_bytes = 24 * 1024  # head, at most 16 KB, and body; then 414, 431 or 413
request_seconds = 10  # until all of a request has come
unread_seconds = 30  # for which a client may leave an answer unread

# The workers' sign of life is a file: on a disk, a busy disk could delay it.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None  # noqa: S108

# No second way in: gunicorn's control socket would be a file in the home directory.
control_socket_disable = True

# Text or JSON, to standard error. gunicorn's own access log has no effect: the
# service's is HITSVC_ACCESS_LOG.
loglevel = settings.log_level
logconfig_dict = log_config(settings.log_level, settings.log_format)
