"""What a message costs: this central system beside the barest server that could answer at all."""
