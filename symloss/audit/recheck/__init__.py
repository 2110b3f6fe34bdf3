"""Confirms witnesses, apart from the search that found them."""
