"""The processes of a running server: a supervisor, workers that answer HTTPS, one process for jobs."""
