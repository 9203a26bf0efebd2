"""What is true of programmes, studies and people: pure Python, no database, clock or chance of its own."""
