"""What is promised of the house, shown with a real Home Assistant as a process of its own and stations outside of it."""
