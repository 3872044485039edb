"""What people see: the recipients' pages and the office."""
