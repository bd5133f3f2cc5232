#!/bin/sh
# Installs what one artifact needs (an extra of pyproject.toml), exactly as uv.lock pins it, into a folder of its own.
#
#   infra/docker/install.sh EXTRA FOLDER [flags of `uv pip install`]
#
# Both images and the generator's zip come from here; so do their tests. Only wheels: nothing is compiled, no code
# of a package runs while it is installed. OmniGen itself is not among them: its source is copied.
set -eu
extra=$1 folder=$2
shift 2
wanted=$(mktemp)
trap 'rm -f "$wanted"' EXIT
uv=${UV:-uv}
"$uv" export --quiet --frozen --no-default-groups --extra "$extra" --no-emit-project --output-file "$wanted" >/dev/null
"$uv" pip install --quiet --no-deps --require-hashes --only-binary :all: --target "$folder" "$@" --requirement "$wanted"
