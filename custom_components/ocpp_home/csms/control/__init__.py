"""What should be: pure functions of records, without a clock, without waiting, without Home Assistant."""
