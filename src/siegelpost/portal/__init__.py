"""The doors by which programs hand properties over as to a portal: FTP, with TLS or without, and SFTP.

Each is a process of its own. It knows an account by its password and writes into its folder, and nothing else.
"""
