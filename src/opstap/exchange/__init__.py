"""Other people's formats: bytes from records that were handed over. No queries, no Django."""
