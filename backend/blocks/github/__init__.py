"""GitHub: issues, pull requests, files, releases, repositories, search, and what happens there."""
