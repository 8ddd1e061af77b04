"""Sanctions and trade lists that the user fetched: read, kept, matched with developers. None is shipped."""
