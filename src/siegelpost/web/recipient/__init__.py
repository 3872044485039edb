"""The public pages: what recipients of a dispatch see, without a login and without a cookie."""
