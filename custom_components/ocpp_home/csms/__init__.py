"""The central system: pure Python, knows no Home Assistant, lifts out as a library unchanged."""
