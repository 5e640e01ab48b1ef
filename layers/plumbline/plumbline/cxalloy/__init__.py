"""The CxAlloy TQ client: pure readers of its answers, and one door for HTTP."""
