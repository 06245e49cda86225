# The service's image: two stages, so that neither uv, nor a compiler, nor a cache is in
# the result. What a hit passes is compiled; `--build-arg HITSVC_COMPILE=0` leaves that out.
# It builds with and without BuildKit. The update bot writes the base's digest behind
# its tag: .github/renovate.json5.
ARG PYTHON_TAG=3.13-slim

FROM python:${PYTHON_TAG} AS build
ENV UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1 \
    UV_PROJECT_ENVIRONMENT=/app/.venv \
    UV_PYTHON=/usr/local/bin/python \
    UV_PYTHON_DOWNLOADS=never
WORKDIR /src
ARG HITSVC_COMPILE=1
# Debian's own Python, in another base than python's, has its headers in a package.
RUN test "$HITSVC_COMPILE" = 0 || { apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends gcc libc6-dev >/dev/null \
 && { test -e "$(python -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h" \
   || apt-get install -y -qq --no-install-recommends python3-dev >/dev/null; }; }
# One known uv or none: all else is checked by it, against the hashes in uv.lock.
COPY docker/uv-requirements.txt docker/
RUN python -m pip install --no-cache-dir --disable-pip-version-check \
    --root-user-action=ignore --only-binary :all: --require-hashes \
    --requirement docker/uv-requirements.txt
# The dependencies change more rarely than the code, so they have a layer of their own.
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-default-groups --extra logos --extra png --no-install-project \
 && UV_PROJECT_ENVIRONMENT=/build uv sync --locked --no-default-groups --group build \
    --no-install-project
COPY README.md LICENSE hatch_build.py ./
COPY config/gunicorn.conf.py config/
COPY hitsvc hitsvc
# The 3,400 icons are modules that are read and never run.
RUN /build/bin/python -m hatchling build --target wheel --directory /dist \
 && uv pip install --python /app/.venv --no-deps --no-index /dist/*.whl \
 && rm -r /app/.venv/lib/python*/site-packages/simplepycons/__pycache__

FROM python:${PYTHON_TAG}
RUN groupadd --gid 10001 hitsvc \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent \
    --shell /usr/sbin/nologin hitsvc \
 # A new volume that is mounted there belongs to the same user.
 && install -d -o 10001 -g 10001 -m 0700 /data \
 # Nothing here has to become somebody else.
 && find / -xdev -type f -perm /6000 -exec chmod a-s {} +
COPY --from=build /app/.venv /app/.venv
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    HITSVC_DATA_DIR=/data \
    PORT=8000
WORKDIR /app
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
# Slim images have no curl. This asks PORT, so a container with a HITSVC_BIND needs a
# health check of its own.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-I", "-S", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
ENTRYPOINT ["hitsvc"]
CMD ["serve"]
