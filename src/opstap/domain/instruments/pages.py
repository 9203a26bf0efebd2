"""How a questionnaire is divided into pages: by its structure alone, so that no answer moves a question to another."""

from __future__ import annotations

from opstap.domain.instruments.model import Item, ItemId, Questionnaire

#: Kinds that fill a page of their own: a table, a list that grows, a text to write, a line to look at.
BY_ITSELF = ("hours", "group", "text", "visual")


def pages(questionnaire: Questionnaire, most: int) -> list[list[ItemId]]:
    """Divide the items over pages of at most `most`, in order. A grid is never cut, and stands by itself.

    An item that routing opens never stands on the page of the item that opens it: it is not known there yet whether it
    is asked.
    """
    found: list[list[ItemId]] = []
    page: list[Item] = []
    for item in questionnaire.items:
        if page and not _goes_along(questionnaire, page, item, most):
            found.append([one.id for one in page])
            page = []
        page.append(item)
    return [*found, [one.id for one in page]]


def _goes_along(questionnaire: Questionnaire, page: list[Item], item: Item, most: int) -> bool:
    grids = [questionnaire.grid_of(one.id) for one in (page[-1], item)]
    if grids[0] or grids[1]:
        return grids[0] == grids[1]
    if len(page) >= most or page[-1].kind in BY_ITSELF or item.kind in BY_ITSELF:
        return False
    return item.when is None or item.when.item not in [one.id for one in page]
