"""Messages on the wire: bytes come back as they were, however they are written down."""

import json
import os

import pytest
from pydantic import ValidationError

from sandbox.protocol import MEBIBYTE, Ended, Execution, Limits, Message, Peak, Program, Run, Step

TEXTS = [b"", b"plain", "naïve \U0001f40d\u2028".encode(), b'"\\\n\0\x1f\x7f\x80', b"\xff\xfe", os.urandom(99)]
NO_BASE64 = ["A", "AA=", "A===", "====", "AAAA=", "AA==AA==", "AA A", "A\nAA", "AA-_", "AAAé", "\0"]


def messages() -> list[Message]:
    step = Step(
        ended=Ended.EXITED,
        exit_code=0,
        stdout=b"\xff",
        stderr="\U0001f40d".encode(),
        cpu_seconds=1e-7,
        wall_seconds=1 / 3,
        peak_memory_bytes=2**62,
        peak=Peak.EXACT,
        files={"a": b"\0", "b": b"\xc3"},
        files_refused={"c": "missing"},
    )
    return [
        step,
        Execution(language="python", version="3", image="sha256:0", compile=None, runs=(step, step)),
        Program(language="python", source=b"\xff", limits=Limits(output_bytes=MEBIBYTE + 1)),
        *(Run(stdin=text, arguments=("x", "\N{SNAKE}")) for text in TEXTS),
    ]


@pytest.mark.parametrize("message", messages(), ids=lambda message: type(message).__name__)
@pytest.mark.parametrize("exclude_defaults", [True, False])
def test_json_says_what_pydantics_own_says(message: Message, exclude_defaults: bool) -> None:
    ours = message.to_json(exclude_defaults=exclude_defaults)
    assert json.loads(ours) == json.loads(message.model_dump_json(exclude_defaults=exclude_defaults))
    assert type(message).model_validate_json(ours) == message


@pytest.mark.parametrize("text", NO_BASE64)
def test_what_is_no_base64_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Run.model_validate({"stdin": {"base64": text}})
