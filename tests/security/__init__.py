"""What hostile stations, cars, networks and pages can do to a home: nothing."""
