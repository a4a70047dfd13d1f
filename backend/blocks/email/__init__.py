"""E-mail: send over SMTP, search, read and move over IMAP, and start runs by what arrives."""
