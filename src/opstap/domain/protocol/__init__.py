"""The shape of a programme and its study, as data: load it, check it, compare versions of it."""

from opstap.domain.protocol.load import ProtocolError, UnknownProgramme, find, load, programme_names, read
from opstap.domain.protocol.model import Protocol
from opstap.domain.protocol.problems import Problem

__all__ = ["Problem", "Protocol", "ProtocolError", "UnknownProgramme", "find", "load", "programme_names", "read"]
