"""Where does a model really come from, as far as its bytes can tell?"""
