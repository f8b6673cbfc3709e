"""AWS Organizations: who may list an organization, and its listings in pages."""
