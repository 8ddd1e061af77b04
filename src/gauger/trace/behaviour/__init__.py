"""Evidence from behaviour: is a model nearer to a candidate teacher than to independent controls?"""
