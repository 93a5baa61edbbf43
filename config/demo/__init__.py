"""The demo: a cast of people and letters in every state, walked there through the real actions."""
