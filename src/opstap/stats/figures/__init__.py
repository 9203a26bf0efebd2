"""Figures that stand alone: SVG with its own style, Dutch or English, legible without colour, the same bytes each time.

- Tufte ER. The Visual Display of Quantitative Information, 2nd ed. Graphics Press 2001
- Okabe M, Ito K. Color universal design: how to make figures that are friendly to colour-blind people. 2008

Series differ by lightness, dash and mark; the name of each stands at its end. A title tells who cannot see.
"""
