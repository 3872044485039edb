"""What recipients do: look, take, order, answer, refuse, withdraw."""
