"""The simulator against a small central system written by hand for it."""
