"""The rooms of the settings API, one router each, and what they share."""
