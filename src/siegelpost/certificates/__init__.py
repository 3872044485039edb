"""The office's own certificate: what its page shows and does, beside what runs by itself."""
