"""What people see: one folder for each audience, and what they share."""
