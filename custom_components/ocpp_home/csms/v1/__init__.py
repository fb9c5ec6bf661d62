"""OCPP 1.6: what its messages mean, in the words of the model."""
