"""The provider by which one learns to add another: a standard block, a trigger, and a service that runs locally."""
