tgi_model = "CohereLabs/aya-expanse-8b"
