"""The actions of the integration, called by their names in a real Home Assistant."""
