"""Questionnaires as data: items, routing, licence and texts; and the published rules that score them."""
