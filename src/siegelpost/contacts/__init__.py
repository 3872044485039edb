"""The people an office deals with: prospects, owners, buyers, tenants."""
