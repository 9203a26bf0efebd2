"""The part of an address that stands for a row whose number would tell something: `<veiled:number>`."""

from __future__ import annotations

from opstap.acts.veil import MOST, unveil, veil


class Veiled:
    """Turns the number of a row into the one that stands in the address, and back."""

    regex = "[0-9]{1,13}"

    def to_python(self, value: str) -> int:
        """Give the row's number; an address with a number that cannot be is no address."""
        number = int(value)
        if number > MOST:
            raise ValueError(value)
        return unveil(number)

    def to_url(self, value: int | str) -> str:
        """Give the number that stands in the address."""
        return str(veil(int(value)))
