"""Cards of the household, from the form to the station."""
