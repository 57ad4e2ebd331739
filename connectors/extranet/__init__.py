"""The training bodies' Extranet: what they enter on their actions, and their accounts."""
