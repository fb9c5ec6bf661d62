"""A real Home Assistant in a folder of its own, with simulated stations, a house and its sun."""
