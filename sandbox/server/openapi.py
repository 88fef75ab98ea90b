"""The OpenAPI document: what endpoints that read their body themselves take, with examples that run as they stand."""

from collections.abc import Callable, Iterable
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

REFERENCE = "#/components/schemas/{model}"

PROGRAM_EXAMPLES: dict[str, Any] = {
    "hello": {"summary": "One run", "value": {"language": "python", "source": "print('hello')"}},
    "runs": {
        "summary": "Compiled once, run twice",
        "value": {
            "language": "cpp",
            "source": '#include <iostream>\nint main() { int n; std::cin >> n; std::cout << n * n << "\\n"; }\n',
            "runs": [{"stdin": "3\n"}, {"stdin": "4\n"}],
            "limits": {"cpu_seconds": 2, "memory_bytes": 67108864, "processes": 16, "disk_bytes": 1048576},
        },
    },
    "bytes": {
        "summary": "Bytes that are no text, a file beside the source, one brought back, in a container nobody has used",
        "value": {
            "language": "python",
            "source": "import sys; open('out', 'wb').write(open('data', 'rb').read() + sys.stdin.buffer.read())",
            "files": {"data": {"base64": "/wA="}},
            "runs": [{"stdin": {"base64": "/v8="}, "arguments": ["x"], "collect": ["out"]}],
            "fresh": True,
        },
    },
}
BATCH_EXAMPLES: dict[str, Any] = {
    "batch": {
        "summary": "Several programs; the second cannot be taken",
        "value": {
            "programs": [
                {"language": "python", "source": "print(1)"},
                {"language": "cobol", "source": ""},
                {"language": "py", "source": "print(2)", "runs": [{}, {"arguments": ["again"]}]},
            ]
        },
    },
}


def body_of(models: Iterable[str], examples: dict[str, Any]) -> dict[str, Any]:
    """The description of a request body that is one of ``models``."""
    schemas = [{"$ref": REFERENCE.format(model=model)} for model in models]
    schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema, "examples": examples}}}
    }


def document(application: FastAPI, models: Iterable[type[BaseModel]]) -> Callable[[], dict[str, Any]]:
    """What makes the document: FastAPI's own, and the schemas of ``models``, which it does not see."""
    made_by_fastapi = application.openapi

    def make() -> dict[str, Any]:
        if application.openapi_schema is None:
            found = made_by_fastapi()
            _, schemas = models_json_schema([(model, "validation") for model in models], ref_template=REFERENCE)
            components = found.setdefault("components", {})
            components["schemas"] = schemas["$defs"] | components.get("schemas", {})
            components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
            found["security"] = [{"key": []}, {}]
        assert application.openapi_schema is not None
        return application.openapi_schema

    return make
