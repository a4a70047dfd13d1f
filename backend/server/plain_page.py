"""Pages that the server writes itself, without a script: what a browser gets where the built page is not meant."""

from __future__ import annotations

from html import escape

from fastapi.responses import HTMLResponse

_STYLE = """
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 400 13px/20px "Geist", system-ui, sans-serif;
  background: light-dark(oklch(.953 .005 95), oklch(.170 .003 80)); color: light-dark(oklch(.215 .010 95), oklch(.950 .003 80)); }
main { width: min(440px, calc(100vw - 32px)); padding: 24px; box-sizing: border-box; border-radius: 8px;
  border: 1px solid light-dark(oklch(.835 .008 95), oklch(.385 .003 80)); background: light-dark(oklch(.997 .002 95), oklch(.238 .003 80));
  box-shadow: 0 1px 0 light-dark(oklch(.800 .010 95), oklch(.120 .003 80)); }
h1 { margin: 0 0 8px; font-size: 20px; line-height: 28px; font-weight: 600; letter-spacing: -0.015em; }
p { margin: 0 0 16px; color: light-dark(oklch(.420 .010 95), oklch(.770 .003 80)); overflow-wrap: anywhere; }
p:last-child { margin: 0; }
a { display: inline-flex; align-items: center; height: 32px; padding: 0 12px; border-radius: 6px; font-weight: 500; text-decoration: none;
  background: light-dark(oklch(.215 .010 95), oklch(.950 .003 80)); color: light-dark(oklch(.985 .002 95), oklch(.190 .003 80)); }
a:focus-visible { outline: 2px solid light-dark(oklch(.505 .215 264), oklch(.735 .135 262)); outline-offset: 2px; }
"""
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
{head}<title>{title} · Blockyard</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p role="status">{said}</p>
{link}</main>
</body>
</html>
"""
_LINK = '<p><a href="{path}">Go on</a></p>\n'


def plain_page(
    title: str, said: str, *, path: str | None = None, status: int = 200, head: str = ""
) -> HTMLResponse:
    """A heading, a sentence or two, and where to go on.

    `head` is HTML as it stands; all else is text.
    """
    link = "" if path is None else _LINK.format(path=escape(path))
    text = _PAGE.format(head=head, title=escape(title), style=_STYLE, said=escape(said), link=link)
    return HTMLResponse(text, status_code=status)
