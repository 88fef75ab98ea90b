"""``GET /``: the state of things for a person. No script; it asks again by itself every five seconds."""

import asyncio
from collections.abc import Iterable, Sequence
from html import escape

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from evaluator.daemon import records
from evaluator.daemon.records import Condition, FaultSeen, Slow
from evaluator.daemon.service import service

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Refresh": "5",
}
STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin: 0 0 2rem }
caption { text-align: left; font-weight: 600; padding: .5rem 0 }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8886; vertical-align: top }
td { overflow-wrap: anywhere }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
dl { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem }
dt { opacity: .75 } dd { margin: 0; font-size: 1.6rem; font-variant-numeric: tabular-nums }
"""
router = APIRouter()
Cell = str | int | float


@router.get("/", response_class=HTMLResponse, include_in_schema=False)
async def status(request: Request) -> HTMLResponse:
    """Queue, rate, outcomes, the slowest, failures of ours."""
    found = service(request)
    condition = await found.condition()
    slow, failed = await asyncio.to_thread(
        found.database.read, lambda tables: (records.slowest(tables), records.faults(tables))
    )
    return HTMLResponse(render(condition, slow, failed), headers=HEADERS)


@router.get("/style.css", include_in_schema=False)
async def style() -> HTMLResponse:
    """What the page looks like."""
    return HTMLResponse(STYLE, media_type="text/css", headers={"Cache-Control": "max-age=3600"})


def render(condition: Condition, slow: Sequence[Slow], failed: Sequence[FaultSeen]) -> str:
    """The whole page."""
    figures = {
        **{f"waiting, {lane}": f"{number:,}" for lane, number in condition.waiting.items()},
        "longest wait": f"{condition.oldest_seconds:.0f} s",
        "in work": f"{condition.running:,}",
        "in the last minute": f"{condition.last_minute:,}",
    }
    shown = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in figures.items())
    workers = [
        (one.name, one.slots, f"{one.silent_seconds:.0f} s ago", one.trouble or "none") for one in condition.workers
    ]
    parts = (
        _table("Outcomes", ("outcome", "number"), sorted(condition.outcomes.items())),
        _table("Workers", ("name", "slots", "heard of", "trouble"), workers),
        _table("Slowest of the latest 1,000", ("evaluation", "task", "outcome", "seconds"),
               [(one.evaluation, one.task_id, one.outcome, one.seconds) for one in slow]),
        _table("Failures of ours, ever", ("code", "number"), sorted(condition.faults.items())),
        _table("The latest of them", ("evaluation", "code", "message", "when"),
               [(one.evaluation, one.code, one.message, f"{one.seconds_ago:.0f} s ago") for one in failed]),
    )  # fmt: skip
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Lovelace evaluator</title>'
        '<link rel="stylesheet" href="style.css"></head><body><main><h1>Lovelace evaluator</h1>'
        f"<dl>{shown}</dl>{''.join(parts)}</main></body></html>"
    )


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    cells = list(rows)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in cells)
    empty = f'<tr><td colspan="{len(heads)}">none</td></tr>'
    like = cells[0] if cells else heads
    head = "".join(f'<th scope="col"{_class(cell)}>{escape(name)}</th>' for name, cell in zip(heads, like, strict=True))
    top = f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
    return f"<table>{top}<tbody>{body or empty}</tbody></table>"


def _class(value: Cell) -> str:
    return "" if isinstance(value, str) else ' class="number"'


def _cell(value: Cell) -> str:
    match value:
        case str():
            text = escape(value)
        case int():
            text = f"{value:,}"
        case float():
            text = f"{value:,.2f}"
    return f"<td{_class(value)}>{text}</td>"
