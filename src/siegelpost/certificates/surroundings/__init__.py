"""What stands around this server: its names in the DNS, its addresses, the router, and what is seen from outside."""
