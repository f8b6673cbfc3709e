"""The accounts that an embedded AWS starts with."""
