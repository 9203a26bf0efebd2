"""What is true: pure Python, with no database, no clock and no chance of its own."""
