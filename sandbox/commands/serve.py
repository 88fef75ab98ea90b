"""``lovelace sandbox serve``: its options are the fields of ``Settings``, so that none is undocumented."""

import contextlib
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

import typer
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from sandbox import languages
from sandbox.errors import BadRequest, ImageMissing
from sandbox.settings import Settings

if TYPE_CHECKING:
    from docker import APIClient


def serve(context: typer.Context, **options: Any) -> None:
    """Serve the sandbox over HTTP; /openapi.json says how it is spoken to.

    SIGTERM finishes what was accepted, a second one ends at once; SIGHUP goes over to a newly built image.
    """
    from sandbox import engine, serving
    from sandbox.keys import Keys, hand_over
    from sandbox.server import app as application

    settings = settings_of(options)
    hand_over(settings.keys)
    keys = Keys(settings.keys)
    serving.check_reachable(settings.host, guarded=settings.anonymous or len(keys) > 0)
    served = languages_of(engine.connect(), settings.tier)  # no engine or image: one clear line, before we listen
    listener = serving.listen(settings.host, settings.port)
    serving.serve(application(settings, keys, served, context.obj), listener, grace_seconds=settings.grace_seconds)


def languages_of(client: "APIClient", tier: str | None) -> tuple[str, ...]:
    """Those of ``tier``, or of the largest that is built. Raises BadRequest, ImageMissing."""
    from sandbox import image

    tiers = languages.tiers()
    if tier is not None and tier not in tiers:
        raise BadRequest(f"unknown tier {tier!r}; there are: {', '.join(tiers)}")
    for name in [tier] if tier else reversed(tiers):
        with contextlib.suppress(ImageMissing):
            return image.find(client, tiers[name]).languages
    raise ImageMissing(f"no image is built: run `lovelace sandbox build {tier or 'core'}`")


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


_context = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
_parameters = [_context, *(_option(name, field) for name, field in Settings.model_fields.items())]
serve.__signature__ = inspect.Signature(_parameters)  # type: ignore[attr-defined]  # what typer reads
serve.__annotations__ = {parameter.name: parameter.annotation for parameter in _parameters}
