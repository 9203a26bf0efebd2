"""What can be done: one function per act, and the doors by which a record is reached.

Every act is keyword-only with `by=` first, runs in one transaction, asks who may (`domain.access`) and whether it
is allowed now (`domain.journey`), writes, and leaves exactly one event in the audit trail.
"""
