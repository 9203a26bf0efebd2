"""The pages of a therapist or coach: the people they look after, one case, sessions and plans."""
