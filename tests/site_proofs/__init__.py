"""What is promised of the house: a real Home Assistant as a process of its own, and stations outside of it."""
