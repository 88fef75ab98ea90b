"""Command-line options made of a settings model, so that none is undocumented."""

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin

import typer
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from sandbox.errors import BadRequest

Model = TypeVar("Model", bound=BaseModel)


def taking(
    settings: type[BaseModel], command: Callable[..., None], environment: Mapping[str, str] | None = None
) -> Callable[..., None]:
    """``command``, so that typer gives it an option for each field; some may come from the ``environment`` too.

    Parameters of its own stay in front of them.
    """
    named = environment or {}
    own = inspect.signature(command, eval_str=True).parameters.values()
    parameters = [parameter for parameter in own if parameter.kind is not inspect.Parameter.VAR_KEYWORD]
    parameters += [_option(name, field, named.get(name)) for name, field in settings.model_fields.items()]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what typer reads
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return command


def validated(settings: type[Model], options: Mapping[str, Any]) -> Model:
    """The settings that the options say. Raises BadRequest."""
    try:
        return settings.model_validate(options)
    except ValidationError as error:
        first = error.errors()[0]
        option = str(first["loc"][0]).replace("_", "-")
        raise BadRequest(f"--{option} {first['input']}: {first['msg']}") from error


def _option(name: str, field: FieldInfo, variable: str | None) -> inspect.Parameter:
    repeated = get_origin(field.annotation) is tuple
    secret = field.annotation is SecretStr
    simple = {int, float, str, bool, Path}.intersection((field.annotation, *get_args(field.annotation)))
    kind: Any = list[str] if repeated else str if secret else simple.pop()
    if field.default is None:
        kind |= None
    default = field.default.get_secret_value() if secret else field.default
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=[str(one) for one in default] if repeated else default,
        annotation=Annotated[kind, typer.Option(help=field.description, envvar=variable)],
    )
