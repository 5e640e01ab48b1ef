"""The console in a real browser, over the deployed local stack."""
