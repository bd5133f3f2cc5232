# The HTTP API as ECS runs it, on arm64 and x86-64, with its root file system read-only: it writes to /tmp alone.
#
#   docker build -f infra/docker/api.Dockerfile -t omnigen-api .
#   docker run --read-only --tmpfs /tmp -p 8080:8080 --env-file ... omnigen-api
#
# The web app isn't in it: CloudFront serves that. Nor is FFmpeg: uploads are looked into with PyAV.
#
# Which image this tag means changes with every patch of Debian or Python. A release names its digest, which can't be
# looked up without a registry: --build-arg PYTHON=python:3.13-slim-bookworm@sha256:...
ARG PYTHON=python:3.13-slim-bookworm

FROM ${PYTHON} AS build
ARG UV_VERSION=0.13.9
RUN pip install --no-cache-dir "uv==${UV_VERSION}"
WORKDIR /build
COPY infra/docker/install.sh infra/docker/
COPY pyproject.toml uv.lock ./
RUN infra/docker/install.sh api /opt/packages
COPY src/omnigen /opt/omnigen/omnigen
# Nothing can be written beside the code later on, so its bytecode is made now.
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/packages /opt/omnigen

FROM ${PYTHON}
# Packages first: their layer stays the same from release to release.
COPY --from=build /opt/packages /opt/packages
COPY --from=build /opt/omnigen /opt/omnigen
ENV PYTHONPATH=/opt/omnigen:/opt/packages \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    OMNIGEN_PROFILE=aws \
    OMNIGEN_HOST=0.0.0.0 \
    OMNIGEN_PORT=8080 \
    OMNIGEN_DATA_DIR=/tmp/omnigen
# What ECS mounts there belongs to root, and nobody else may write to it, unless the image names the same path: then it
# gets the owner and the mode that /tmp has here.
VOLUME ["/tmp"]
USER 65532:65532
EXPOSE 8080
# urlopen raises, and Python exits with 1, for whatever isn't a success.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-I", "-S", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"OMNIGEN_PORT\"]}/health', timeout=4)"]
ENTRYPOINT ["python", "-m", "omnigen.entrypoints.http"]
