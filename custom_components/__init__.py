"""Makes this folder a package, so that it wins over the one of the same name in Home Assistant's test bench."""
