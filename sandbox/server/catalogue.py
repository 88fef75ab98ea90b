"""``GET /v1/languages``: what this server runs."""

from fastapi import APIRouter, Request

from sandbox import languages
from sandbox.protocol import Message
from sandbox.server.running import service

router = APIRouter()


class LanguageInfo(Message):
    """One language that this server runs."""

    name: str
    aliases: tuple[str, ...]
    compiled: bool
    source: str
    """What its source file is called."""
    version: str
    """What the compiler or interpreter says of itself."""
    image: str
    """The digest of the image that it is in."""


@router.get("/v1/languages")
async def list_languages(request: Request) -> tuple[LanguageInfo, ...]:
    """The languages of this server's image."""
    found = service(request)
    versions = await found.versions()
    image = found.pool.image
    return tuple(
        LanguageInfo(
            name=one.name,
            aliases=one.aliases,
            compiled=bool(one.compile),
            source=one.source,
            version=versions[one.name],
            image=image.digest,
        )
        for one in map(languages.find, image.languages)
    )
