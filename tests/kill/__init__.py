"""The central system is killed again and again while stations charge; what it acknowledged must be there."""
