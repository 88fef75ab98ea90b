"""``lovelace sandbox serve``: its options are the fields of ``Settings``, so that none is undocumented."""

import inspect
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import typer
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from sandbox.errors import BadRequest
from sandbox.settings import Settings


def serve(**options: Any) -> None:
    """Serve the sandbox over HTTP; /openapi.json says how it is spoken to.

    SIGTERM finishes what was accepted, a second one ends at once; SIGHUP goes over to a newly built image.
    """
    from sandbox import engine, image, serving
    from sandbox.keys import Keys
    from sandbox.server import app as application

    settings = settings_of(options)
    keys = Keys(settings.keys)
    serving.check_reachable(settings.host, guarded=settings.anonymous or len(keys) > 0)
    image.find(engine.connect())  # a missing engine or image is one clear line, before we listen
    listener = serving.listen(settings.host, settings.port)
    serving.serve(application(settings, keys), listener, grace_seconds=settings.grace_seconds)


def settings_of(options: dict[str, Any]) -> Settings:
    """The settings that the options say. Raises BadRequest."""
    try:
        return Settings.model_validate(options)
    except ValidationError as error:
        first = error.errors()[0]
        option = str(first["loc"][0]).replace("_", "-")
        raise BadRequest(f"--{option} {first['input']}: {first['msg']}") from error


def _option(name: str, field: FieldInfo) -> inspect.Parameter:
    repeated = get_origin(field.annotation) is tuple
    simple = {int, float, str, bool, Path}.intersection((field.annotation, *get_args(field.annotation)))
    kind: Any = list[str] if repeated else simple.pop()
    if field.default is None:
        kind |= None
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=[] if repeated else field.default,
        annotation=Annotated[kind, typer.Option(help=field.description)],
    )


_parameters = [_option(name, field) for name, field in Settings.model_fields.items()]
serve.__signature__ = inspect.Signature(_parameters)  # type: ignore[attr-defined]  # what typer reads
serve.__annotations__ = {parameter.name: parameter.annotation for parameter in _parameters}
