"""Stands for a voice library Home Assistant imports and the demonstration never uses; building it needs a compiler."""


class MicroVad:
    """Hears nothing."""
