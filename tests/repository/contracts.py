"""A contract between rooms that may name a room before it is built."""

from importlinter.contracts.forbidden import ForbiddenContract


class BetweenRooms(ForbiddenContract):
    """Forbid imports from some rooms to others; a room that does not exist yet imports nothing."""

    type_name = "between_rooms"

    def check(self, graph, verbose):
        built = graph.modules
        self.source_modules = {room for room in self.source_modules if room.expression in built}
        self.forbidden_modules = {
            room
            for room in self.forbidden_modules
            if room.expression in built or not room.expression.startswith("opstap.")
        }
        return super().check(graph, verbose)
