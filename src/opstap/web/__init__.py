"""What people see: one folder per audience, and what they share."""
