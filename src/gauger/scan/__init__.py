"""Which models does this stack use, where, and through whom?"""
