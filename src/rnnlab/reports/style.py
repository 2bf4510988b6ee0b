"""How pages look, light or dark as the reader's system is, in colours that the colour-blind tell apart too."""

from html import escape

LIGHT = ("#0072b2", "#c44e00", "#007f5c", "#a3397a", "#7a5c00", "#3f8fc0", "#5b5b5b", "#6a3d9a")
"""After Okabe and Ito (2008), darkened until they are legible as thin lines on white."""

DARK = ("#56b4e9", "#ff9a57", "#3fd0a4", "#e69ac6", "#f0e442", "#8ab8ff", "#c0c0c0", "#c3a6ff")

LAYOUT = """
:root { color-scheme: light dark; --ink: #1b1b1b; --soft: #5a5a5a; --line: #d8d8d8; --paper: #ffffff; --card: #fafafa;
  --link: #0b57d0; }
body { margin: 0 auto; max-width: 80rem; padding: 1.5rem 1rem 3rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 2.5rem 0 .5rem; }
h3 { font-size: .95rem; line-height: 1.3; margin: 0 0 .4rem; overflow-wrap: anywhere; }
p { margin: .25rem 0; } .soft, .remarks { color: var(--soft); font-size: .9rem; overflow-wrap: anywhere; }
.answer { font-size: 1.1rem; margin: 0 0 .75rem; overflow-wrap: anywhere; }
.remarks { list-style: none; padding: 0; margin: .5rem 0; }
a { color: var(--link); overflow-wrap: anywhere; } a:focus-visible { outline: 2px solid var(--link); }
.tables { display: flex; flex-wrap: wrap; gap: .5rem 3rem; align-items: start; }
.wide { overflow-x: auto; max-width: 100%; margin: .25rem 0 .75rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--soft); font-weight: 600; } tbody tr:hover { background: var(--card); }
th:first-child, td:first-child { padding-left: 0; }
.number { text-align: right; }
.legend { list-style: none; padding: 0; margin: .75rem 0; display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; }
svg.key { display: inline-block; width: 2rem; height: .5rem; margin-right: .45rem; vertical-align: middle; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1rem;
  align-items: start; }
figure { margin: 0; padding: .8rem .9rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  min-width: 0; }
figcaption { color: var(--soft); font-size: .82rem; line-height: 1.4; margin-top: .4rem; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem; line-height: 1.45; }
figure .legend { margin: 0 0 .4rem; font-size: .85rem; }
.confusion { font-size: .8rem; } .confusion th, .confusion td { padding: .15rem .25rem; border: 0; min-width: 1.3rem; }
.confusion th { color: var(--ink); text-align: center; } .confusion td { text-align: center; }
.confusion td { background: color-mix(in srgb, var(--link) calc(var(--s) * 70%), transparent); }
.config td, .made td { white-space: normal; overflow-wrap: anywhere; } .made td:first-child { white-space: nowrap; }
.tables .wide:has(.made) { flex: 1 1 24rem; }
details { margin-top: 2rem; } summary { font-weight: 600; cursor: pointer; }
svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--soft); font: 12px system-ui, sans-serif; }
svg text.name, svg text.value { fill: var(--ink); paint-order: stroke; stroke: var(--card); stroke-width: 4px; }
.grid { stroke: var(--line); stroke-width: 1; }
.trained { fill: var(--soft); opacity: .13; } .zero { stroke: var(--soft); stroke-width: 1.5; }
.plain { --c: var(--soft); }
.curve { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
.band { fill: var(--c); opacity: .16; }
.interval { stroke: var(--c); stroke-width: 6; opacity: .35; } .mark { stroke: var(--c); stroke-width: 2.5; }
.dot { fill: var(--c); fill-opacity: .55; stroke: var(--card); stroke-width: .5; }
a:hover .dot, a:focus .dot { fill-opacity: 1; stroke: var(--ink); stroke-width: 1; }
.curve.c1 { stroke-dasharray: 9 4; } .curve.c2 { stroke-dasharray: 5 4; } .curve.c3 { stroke-dasharray: 2 3; }
.curve.c4 { stroke-dasharray: 9 3 2 3; } .curve.c5 { stroke-dasharray: 5 3 2 3; }
.curve.c6 { stroke-dasharray: 9 3 2 3 2 3; } .curve.c7 { stroke-dasharray: 1 2; }
"""

NIGHT = (
    ":root { --ink: #ececec; --soft: #b0b0b0; --line: #3a3a3a; --paper: #15171a; --card: #1c1f23; --link: #8ab4f8; }"
)


def _colours(values: tuple[str, ...]) -> str:
    return " ".join(f".c{place} {{ --c: {value}; }}" for place, value in enumerate(values))


STYLE = f"{LAYOUT}{_colours(LIGHT)}\n@media (prefers-color-scheme: dark) {{ {NIGHT} {_colours(DARK)} }}\n"

HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
"""


def page(title: str, body: str) -> str:
    """A whole page: no script, nothing from a network."""
    return f"{HEAD.format(style=STYLE, title=escape(title))}{body}\n</body>\n</html>\n"
