"""A state machine as a table: from each state, which moves lead where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class NotNow(Exception):
    """A move that the present state does not allow; says which moves it does allow."""

    def __init__(self, machine: str, state: str, move: str, allowed: list[str]) -> None:
        can = ", ".join(allowed) if allowed else "nothing more"
        super().__init__(f"{machine}: cannot {move} when {state}; possible now: {can}")
        self.machine, self.state, self.move, self.allowed = machine, state, move, allowed


@dataclass(frozen=True)
class Machine:
    """States and moves of one thing. `moves[state][move]` is the next state; a state without moves is an end."""

    name: str
    start: str
    moves: Mapping[str, Mapping[str, str]]

    @property
    def states(self) -> list[str]:
        """List the states, in the order written."""
        return list(self.moves)

    @property
    def ends(self) -> list[str]:
        """List the states that nothing leads out of."""
        return [state for state, out in self.moves.items() if not out]

    def allows(self, state: str, move: str) -> bool:
        """Tell whether the state allows the move."""
        return move in self.moves[state]

    def after(self, state: str, move: str) -> str:
        """Give the state after the move; NotNow when the table does not have it."""
        out = self.moves[state]
        if move not in out:
            raise NotNow(self.name, state, move, list(out))
        return out[move]

    def diagram(self) -> str:
        """Draw the table as a Mermaid state diagram, for the docs."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        for state, out in self.moves.items():
            lines += [f"    {state} --> {target}: {move.replace('_', ' ')}" for move, target in out.items()]
            if not out:
                lines.append(f"    {state} --> [*]")
        return "\n".join(lines)
