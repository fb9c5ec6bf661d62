"""Security: who somebody is and how that is proved; nothing of sockets, nothing of messages."""
