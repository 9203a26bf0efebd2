"""Where someone who thinks of death can turn at once, per country; shown with the answer, whoever else is told."""

from __future__ import annotations

from dataclasses import dataclass

#: The European emergency number (Directive (EU) 2018/1972, article 109).
EMERGENCY = "112"


@dataclass(frozen=True)
class Helpline:
    """A telephone line for people who think of suicide: its name, its number, and where one can chat."""

    name: str
    telephone: str
    site: str


#: NL: 113 is free, day and night (ANP, 3 October 2025). BE: the line for Flanders and Brussels.
HELPLINES = {
    "nl": Helpline("113 Zelfmoordpreventie", "113", "113.nl"),
    "be": Helpline("Zelfmoordlijn 1813", "1813", "zelfmoord1813.be"),
}
