"""Who may: roles, the relations in which a role stands to a record, and the one table of permissions."""

from opstap.domain.access.roles import Relation, Role, Standing
from opstap.domain.access.table import TABLE, Permission, may

__all__ = ["TABLE", "Permission", "Relation", "Role", "Standing", "may"]
