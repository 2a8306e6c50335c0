"""The synthetic province of Sơn La: invented people in a plausible administration."""
