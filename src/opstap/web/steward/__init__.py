"""The pages of the steward: people and roles, the audit trail, the protocols in force."""
