"""What starts runs from outside: deliveries of webhooks, polls, schedules; and what makes graphs listen."""
