"""The mark on everything that is shown while arms are made up: titles, the figures themselves, and each row of a file.

A table or a figure travels without its page. So the title of each says it, a figure carries it across its drawing,
and a CSV file has a column for it: last, so that who reads columns by name or by place reads what they read before.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape

from opstap.reports.blocks import Block, Figure, Section, Table
from opstap.reports.context import Context

#: The column of a file of a blinded analysis, and what stands in each row of it.
COLUMN, CELL = "arms_made_up", "yes: no result by arm means anything"


def marked(context: Context, sections: list[Section]) -> list[Section]:
    """Mark every table and figure as one with made-up arms."""
    _ = context.words.gettext
    said = _("arms shuffled")

    def mark(block: Block) -> Block:
        if isinstance(block, Table):
            data = block.data.assign(**{COLUMN: CELL})
            return replace(block, title=f"{block.title} ({said})", data=data)
        if isinstance(block, Figure):
            return replace(
                block,
                title=f"{block.title} ({said})",
                wide=watermark(block.wide, said),
                narrow=watermark(block.narrow, said),
            )
        return block

    return [replace(section, blocks=[mark(block) for block in section.blocks]) for section in sections]


def watermark(svg: str, words: str) -> str:
    """Write words across a drawing, behind nothing and above everything, so pale that the drawing can be read."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if box is None:
        raise ValueError("a drawing without viewBox cannot be marked")
    width, height = float(box[1]), float(box[2])
    parts = []
    # One mark for each 160 px of height: a part that is cut out still shows one.
    count = max(1, round(height / 160))
    for place in range(count):
        y = height * (place + 0.5) / count
        parts.append(
            f'<text class="m stamp" transform="rotate(-9 {width / 2:.1f} {y:.1f})" x="{width / 2:.1f}" y="{y:.1f}">'
            f"{escape(words)}</text>"
        )
    return svg.removesuffix("</svg>") + "".join(parts) + "</svg>"
