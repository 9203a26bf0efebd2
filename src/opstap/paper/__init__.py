"""What is printed: a sheet from words that were handed over, as HTML and as PDF. No queries, no Django."""
