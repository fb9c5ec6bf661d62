"""Reservations, from the calendar to the station."""
