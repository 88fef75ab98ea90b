"""``lovelace sandbox serve``: its options are the fields of ``Settings``, so that none is undocumented."""

import contextlib
from typing import TYPE_CHECKING, Any

import typer

from sandbox import languages
from sandbox.commands.options import taking, validated
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

    settings = validated(Settings, options)
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


taking(Settings, serve)
