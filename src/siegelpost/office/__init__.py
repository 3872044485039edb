"""The office: who it is, who works in it, how they sign in, and the legal texts it uses."""
