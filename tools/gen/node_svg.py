"""The picture of a block: the node as the builder draws it, light and dark in one SVG.

Measures are those of frontend/src/components/canvas/geometry.ts and styles/node.css, colours those of the tokens.
The same block gives the same text, so a picture is renewed only when something of it has changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backend.data.block import Block, BlockKind
from tools.gen.lucide import icon
from tools.gen.marks import logos, pin_shapes
from tools.gen.node_face import Face, Field, Row, Side, face_of
from tools.gen.svg_style import style
from tools.gen.svg_text import cut, lines, plain, width

HEAD, FOOT, ROW, ROWS_PADDING, FRAME = 44, 28, 22, 5, 1
NARROW, WIDEST = 208, 320
NOTE_LINE = 19
_MARGIN = 24
_FIELD = 32
_GAP = 12
_PAD = 12
_LEFT_SHARE = 0.5
"""How much of a row its input may have, where both sides are too long."""
_PIN, _DRAWN = 13, 12
_ICON = 24
_FIELD_ICON = "key-round"
_READY_ICON = "circle"


def picture(block: Block) -> str:
    """The SVG of a block."""
    face = face_of(block)
    return _note(face) if face.kind is BlockKind.NOTE else _node(face)


def words_of(block: Block) -> str:
    """The same in words, for those who do not see it."""
    return _words(face_of(block))


# -- a block -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where things are, in px from the corner of the block."""

    face: Face
    width: float
    is_round: bool

    @property
    def rows(self) -> int:
        return max(self.face.inputs.height, self.face.outputs.height)

    @property
    def rows_end(self) -> int:
        return FRAME + HEAD + (2 * ROWS_PADDING + self.rows * ROW if self.rows else 0)

    @property
    def foot(self) -> int:
        padding = ROWS_PADDING if not self.rows and self.face.fields else 0
        return self.rows_end + padding + _FIELD * len(self.face.fields)

    @property
    def height(self) -> int:
        return self.foot + FOOT + FRAME

    @property
    def left_radius(self) -> int:
        return 22 if self.is_round else 8


def _node(face: Face) -> str:
    is_round = face.kind is BlockKind.TRIGGER
    plan = _Plan(face, _width_of(face, is_round), is_round)
    is_deep = face.kind is BlockKind.AGENT
    body = [*_body(plan, is_deep), *_head(plan), *_rows(plan), *_connections(plan), *_foot(plan)]
    return _svg(face, plan.width, plan.height, "".join(body))


def _width_of(face: Face, is_round: bool) -> float:
    """As wide as the words need, in steps of the grid, and no wider than is sensible."""
    head = _head_x(is_round) + max(width(face.title, 13, is_bold=True), width(face.sub, 11)) + _PAD
    rows = [
        2 * _PAD + 2 * FRAME + _left_width(face.inputs, place) + _GAP + _right_width(face.outputs, place)
        for place in range(max(face.inputs.height, face.outputs.height))
    ]
    fields = [56 + width(field.words, 12) + width("required", 11) + _GAP for field in face.fields]
    widest = max([head, *rows, *fields])
    return min(WIDEST, max(NARROW, -(-widest // 8) * 8))


def _left_width(side: Side, place: int) -> float:
    if place >= len(side.rows):
        return width(_more(side), 11) if place < side.height else 0
    row = side.rows[place]
    return width(row.label, 12) + (5 + width("required", 11) if row.is_required else 0)


def _right_width(side: Side, place: int) -> float:
    if place >= len(side.rows):
        return width(_more(side), 11) if place < side.height else 0
    return width(side.rows[place].label, 12)


def _more(side: Side) -> str:
    return f"+ {side.more} more"


def _head_x(is_round: bool) -> int:
    """Where the title begins: after the frame, the tile and the gap."""
    return FRAME + (14 if is_round else 10) + 26 + 9


def _body(plan: _Plan, is_deep: bool) -> Iterator[str]:
    wide, high = plan.width, plan.height
    if is_deep:
        yield f'<path class="edge" d="{_outline(plan, 0, 6, wide, high)}"/>'
        yield f'<path class="frame foot" d="{_outline(plan, 0.5, 5.5, wide - 1, high - 1)}"/>'
    else:
        yield f'<path class="edge" d="{_outline(plan, 0, 1, wide, high)}"/>'
    yield f'<path class="face" d="{_outline(plan, 0.5, 0.5, wide - 1, high - 1)}"/>'


def _outline(plan: _Plan, x: float, y: float, wide: float, high: float) -> str:
    left, right = plan.left_radius - x, 8 - x
    return (
        f"M{_n(x + left)} {_n(y)}h{_n(wide - left - right)}a{_n(right)} {_n(right)} 0 0 1 {_n(right)} {_n(right)}"
        f"v{_n(high - 2 * right)}a{_n(right)} {_n(right)} 0 0 1 -{_n(right)} {_n(right)}h-{_n(wide - left - right)}"
        f"a{_n(left)} {_n(left)} 0 0 1 -{_n(left)} -{_n(left)}v-{_n(high - 2 * left)}"
        f"a{_n(left)} {_n(left)} 0 0 1 {_n(left)} -{_n(left)}z"
    )


def _head(plan: _Plan) -> Iterator[str]:
    face, x = plan.face, _head_x(plan.is_round)
    room = plan.width - x - 8
    tile = x - 9 - 26
    yield f'<rect class="foot line" x="{tile + 0.5}" y="10.5" width="25" height="25" rx="5.5"/>'
    yield _mark(face, tile + 5, 15)
    yield _text("title", x, 20, cut(face.title, room, 13, is_bold=True))
    yield _text("sub", x, 35, cut(face.sub, room, 11))
    yield f'<path class="line" d="M1 {HEAD + 0.5}h{_n(plan.width - 2)}"/>'


def _mark(face: Face, x: float, y: float) -> str:
    """The provider's logo where there is one, else the block's own icon, at 16."""
    logo = logos().get(face.provider or "")
    if logo is None:
        return _icon(face.icon, x, y, 16, 1.75)
    look = ' class="words"' if logo.is_ink else ""
    return f'<svg{look} x="{x}" y="{y}" width="16" height="16" viewBox="{logo.view_box}">{logo.shapes}</svg>'


def _icon(name: str, x: float, y: float, size: float, stroke: float) -> str:
    """`stroke` is in the icon's own measure, of 24, as the page has it."""
    scale = f"translate({_n(x)} {_n(y)})scale({_n(size / _ICON)})"
    return f'<g class="icon" transform="{scale}" stroke-width="{_n(stroke)}">{icon(name)}</g>'


def _rows(plan: _Plan) -> Iterator[str]:
    inputs, outputs = plan.face.inputs, plan.face.outputs
    room = plan.width - 2 * (_PAD + FRAME) - _GAP
    for place, row in enumerate(inputs.rows):
        taken = min(_right_width(outputs, place), room * (1 - _LEFT_SHARE))
        yield from _input(row, room - taken, place)
    for place, row in enumerate(outputs.rows):
        taken = min(_left_width(inputs, place), room * _LEFT_SHARE)
        yield _text("words end", plan.width - _PAD - FRAME, _base(place), cut(row.label, room - taken, 12))
        yield _pin(row, plan.width, place)
    if inputs.more:
        yield _text("sub", _PAD + FRAME, _base(len(inputs.rows)), _more(inputs))
    if outputs.more:
        yield _text("sub end", plan.width - _PAD - FRAME, _base(len(outputs.rows)), _more(outputs))


def _input(row: Row, room: float, place: int) -> Iterator[str]:
    beside = 5 + width("required", 11) if row.is_required else 0
    needed = '<tspan class="sub" dx="5">required</tspan>' if row.is_required else ""
    yield _text("words", _PAD + FRAME, _base(place), cut(row.label, room - beside, 12), needed)
    yield _pin(row, 0, place)


def _base(place: int) -> float:
    """The line on which the words of a row stand."""
    return _middle(place) + 4


def _middle(place: int) -> float:
    return FRAME + HEAD + ROWS_PADDING + place * ROW + ROW / 2


def _pin(row: Row, x: float, place: int) -> str:
    corner = f"{_n(x - _PIN / 2)} {_n(_middle(place) - _PIN / 2)}"
    # A free error pin is no alarm.
    kind = "any" if row.kind == "error" else row.kind
    look = f'class="pin {kind}" transform="translate({corner})scale({_n(_PIN / _DRAWN)})"/>'
    return pin_shapes()[row.kind].replace("/>", look)


def _connections(plan: _Plan) -> Iterator[str]:
    for place, field in enumerate(plan.face.fields):
        top = plan.foot - _FIELD * (len(plan.face.fields) - place)
        yield from _field(field, plan.width, top)


def _field(field: Field, wide: float, top: float) -> Iterator[str]:
    yield f'<rect class="field" x="10.5" y="{_n(top + 0.5)}" width="{_n(wide - 21)}" height="23" rx="5.5"/>'
    yield _icon(_FIELD_ICON, 17, top + 5, 14, 2)
    beside = width("required", 11) + _GAP if field.is_required else 0
    yield _text("words", 37, top + 16, cut(field.words, wide - 56 - beside, 12))
    if field.is_required:
        yield _text("sub end", wide - 18, top + 16, "required")


def _foot(plan: _Plan) -> Iterator[str]:
    """The foot, then the frame over all of it, below the pins' halves that stand out."""
    top, wide = plan.foot, plan.width
    left, right = plan.left_radius - 1, 7
    yield (
        f'<path class="foot" d="M1 {_n(top)}h{_n(wide - 2)}v{FOOT - right}a{right} {right} 0 0 1 -{right} {right}'
        f'h-{_n(wide - 2 - left - right)}a{left} {left} 0 0 1 -{left} -{left}z"/>'
    )
    yield f'<path class="line" d="M1 {_n(top + 0.5)}h{_n(wide - 2)}"/>'
    x = 16 if plan.is_round else 10
    yield _icon(_READY_ICON, x + 1, top + 7.5, 14, 2)
    yield _text("foottext", x + 21, top + 18.5, "Ready")


# -- a note --------------------------------------------------------------------------------------------------


def _note(face: Face) -> str:
    """Its title in bold, then what it says: a bar, and no frame."""
    written = lines(face.about, NARROW - 26, 13)
    high = 20 + (1 + len(written)) * NOTE_LINE
    text = [_text("title", 14, 10 + 14, face.title)]
    text += [_text("note", 14, 24 + place * NOTE_LINE, line) for place, line in enumerate(written, start=1)]
    return _svg(face, NARROW, high, f'<path class="bar" d="M1 0v{high}"/>{"".join(text)}')


# -- what both have ------------------------------------------------------------------------------------------


def _svg(face: Face, wide: float, high: float, body: str) -> str:
    whole_width, whole_height = _n(wide + 2 * _MARGIN), _n(high + 2 * _MARGIN)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole_width}" height="{whole_height}" '
        f'viewBox="0 0 {whole_width} {whole_height}" role="img" aria-labelledby="t d">'
        f'<title id="t">{plain(face.title)}</title><desc id="d">{plain(_words(face))}</desc>\n'
        f"<style>{style(body)}</style>\n"
        '<pattern id="m" width="20" height="20" patternUnits="userSpaceOnUse"><circle class="dot" cx="4" cy="4" r="1"/>'
        '</pattern><rect class="ground" width="100%" height="100%" rx="12"/>'
        '<rect width="100%" height="100%" rx="12" fill="url(#m)"/>\n'
        f'<g transform="translate({_MARGIN} {_MARGIN})">{body}</g>\n</svg>\n'
    )


def _text(look: str, x: float, y: float, words: str, more: str = "") -> str:
    return f'<text class="{look}" x="{_n(x)}" y="{_n(y)}">{plain(words)}{more}</text>'


def _words(face: Face) -> str:
    inputs = [f"{row.label}{' (required)' if row.is_required else ''}" for row in face.inputs.rows]
    said = [_listed("Inputs", inputs, face.inputs.more)]
    said += [_listed("Outputs", [row.label for row in face.outputs.rows], face.outputs.more)]
    said += [f"{'Needs' if field.is_required else 'Takes'} a {field.words}" for field in face.fields]
    what = f"The block {face.title}" if face.kind is not BlockKind.TRIGGER else f"The trigger {face.title}"
    if face.kind is BlockKind.NOTE:
        return "A note on the canvas: a title, and words."
    return ". ".join([what, *filter(None, said)]) + "."


def _listed(what: str, names: list[str], more: int) -> str:
    shown = [*names, f"{more} more"] if more else names
    return f"{what}: {', '.join(shown)}" if shown else ""


def _n(number: float) -> str:
    """As short as it may be: `12`, `12.5`, `1.083`."""
    return f"{number:.3f}".rstrip("0").rstrip(".")
