"""What every dialect of OCPP does alike: asking a station, reading its clock and its registers."""
