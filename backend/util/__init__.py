"""What every layer may use: settings, errors, the HTTP client, the clock, the log."""
