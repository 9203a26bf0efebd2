"""Template tags, loaded in a page with `{% load participant %}`."""
