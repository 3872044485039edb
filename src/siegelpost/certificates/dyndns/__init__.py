"""Dynamic DNS: the public name's A and AAAA records follow the line's address, each by itself."""
