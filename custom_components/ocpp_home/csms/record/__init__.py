"""What a session came to: its course, its cost, the totals of a month, and how they are handed on."""
