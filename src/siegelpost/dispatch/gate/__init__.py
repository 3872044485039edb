"""The gate: what a recipient must declare before the content opens, by which rule, and for what offer."""
