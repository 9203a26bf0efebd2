"""What is remembered: the tables, their migrations and the triggers that guard them. Only acts come here."""
