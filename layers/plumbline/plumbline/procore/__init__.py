"""The Procore client: pure readers and builders, and the few modules that speak HTTP."""
