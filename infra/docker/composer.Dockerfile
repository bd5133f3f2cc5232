# The composer as Lambda runs it, on arm64 and x86-64: every file is readable by anyone, /tmp alone is written to.
#
#   docker build -f infra/docker/composer.Dockerfile -t omnigen-composer .
#
# Its base is that of the API, with Lambda's runtime client from uv.lock, and not AWS's Python image: it is one base to
# patch, and the very command below is what the tests and the AWS stand-in start.
#
# FFmpeg is the static build of imageio-ffmpeg's wheel: the very one that every test runs, pinned by its hash, where
# Debian's 5.1 would be another. It is GPL-3.0: who hands this image on owes its source (docs/LICENCES.md).
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
# The wheel names its binary for platform and version; we want one name for all.
RUN infra/docker/install.sh composer /opt/packages \
    && mkdir /opt/bin \
    && mv /opt/packages/imageio_ffmpeg/binaries/ffmpeg-* /opt/bin/ffmpeg
COPY src/omnigen /opt/omnigen/omnigen
# Nothing can be written beside the code later on, so its bytecode is made now.
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/packages /opt/omnigen

FROM ${PYTHON}
# What changes least comes first: its layers stay the same from release to release.
COPY --from=build /opt/bin /opt/bin
COPY --from=build /opt/packages /opt/packages
COPY --from=build /opt/omnigen /opt/omnigen
ENV PYTHONPATH=/opt/omnigen:/opt/packages \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    OMNIGEN_PROFILE=aws \
    OMNIGEN_FFMPEG=/opt/bin/ffmpeg \
    OMNIGEN_DATA_DIR=/tmp/omnigen
USER 65532:65532
# Lambda asks its runtime client, not the image, whether it is well.
HEALTHCHECK NONE
ENTRYPOINT ["python", "-m", "awslambdaric"]
CMD ["omnigen.entrypoints.lambdas.composer.handler"]
