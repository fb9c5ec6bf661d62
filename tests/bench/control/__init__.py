"""What the controller is worth: beside other people's rules and beside what hindsight would have done."""
